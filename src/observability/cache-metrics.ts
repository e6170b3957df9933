import type { Registry } from 'prom-client';
import type { LabelValue } from './catalogue.ts';
import { createCounter, createGauge } from './create-metric.ts';

/** The cached results, and the outcomes of lookups since the start. */
export interface CacheState {
  readonly entries: number;
  readonly bytes: number;
  readonly lookups: Readonly<Record<LabelValue<'cacheLookups', 'result'>, number>>;
  readonly evictions: Readonly<Record<LabelValue<'cacheEvictions', 'reason'>, number>>;
  /** Drops expired results: called before values are read. */
  sweep(): void;
}

/** Metrics whose values are read at each scrape: counting in the path of requests costs only an addition. */
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

/** The shared result store, and the outcomes of its commands since the start. */
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
