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

/** The store that processes share, and what has become of what it was asked since the start. */
export interface StoreState {
  readonly isConfigured: boolean;
  readonly isConnected: boolean;
  readonly lookups: Readonly<Partial<Record<LabelValue<'storeRequests', 'result'>, number>>>;
  readonly writes: Readonly<Partial<Record<LabelValue<'storeRequests', 'result'>, number>>>;
}

/** See cacheMetrics. */
export function storeMetrics(store: StoreState, registry: Registry): void {
  createCounter('storeRequests', registry, (counter) => {
    counter.reset();
    for (const [operation, counts] of [
      ['get', store.lookups],
      ['put', store.writes],
    ] as const) {
      for (const [result, count] of Object.entries(counts)) counter.inc({ operation, result }, count);
    }
  });
  createGauge('storeConnected', registry, (gauge) => {
    gauge.reset();
    if (store.isConfigured) gauge.set(store.isConnected ? 1 : 0);
    else gauge.remove();
  });
}
