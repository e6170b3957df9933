import type { Registry } from 'prom-client';
import type { LabelValue } from './catalogue.ts';
import { createCounter, createGauge } from './create-metric.ts';

/** What is kept, and what has become of requests for it since the start. */
export interface CacheState {
  readonly entries: number;
  readonly bytes: number;
  readonly lookups: Readonly<Record<LabelValue<'cacheLookups', 'result'>, number>>;
  readonly evictions: Readonly<Record<LabelValue<'cacheEvictions', 'reason'>, number>>;
  /** Drops what has expired: called before values are read. */
  sweep(): void;
}

/** Metrics whose values are asked for at each scrape: counting on the way of requests costs an addition. */
export function cacheMetrics(cache: CacheState, registry: Registry): void {
  createCounter('cacheLookups', registry, (counter) => {
    counter.reset();
    for (const [result, count] of Object.entries(cache.lookups)) counter.inc({ result }, count);
  });
  createCounter('cacheEvictions', registry, (counter) => {
    cache.sweep();
    counter.reset();
    for (const [reason, count] of Object.entries(cache.evictions)) counter.inc({ reason }, count);
  });
  createGauge('cacheEntries', registry, (gauge) => gauge.set(cache.entries));
  createGauge('cacheBytes', registry, (gauge) => gauge.set(cache.bytes));
}
