import type { MetricDefinition } from './metric-definition.ts';

/** Of results that are kept and shared. */
export const cacheMetricCatalogue = {
  cacheLookups: {
    name: 'lambda_ext_proc_cache_lookups_total',
    type: 'counter',
    help: 'Requests of steps with a cache, by result of the lookup.',
    labels: { result: ['hit', 'miss', 'shared', 'uncacheable'] },
  },
  cacheEvictions: {
    name: 'lambda_ext_proc_cache_evictions_total',
    type: 'counter',
    help: 'Results that were removed from the cache, by reason.',
    labels: { reason: ['expired', 'entries', 'bytes', 'reload'] },
  },
  cacheEntries: {
    name: 'lambda_ext_proc_cache_entries',
    type: 'gauge',
    help: 'Results in the cache.',
    labels: {},
  },
  cacheBytes: {
    name: 'lambda_ext_proc_cache_bytes',
    type: 'gauge',
    help: 'Bytes of the results in the cache; they are a part of the buffered bytes.',
    labels: {},
  },
  storeRequests: {
    name: 'lambda_ext_proc_result_store_requests_total',
    type: 'counter',
    help: 'Reads from and writes to the result store, by result.',
    labels: {
      operation: ['get', 'put'],
      result: ['hit', 'miss', 'rejected', 'timeout', 'error', 'skipped', 'stored'],
    },
  },
  storeConnected: {
    name: 'lambda_ext_proc_result_store_connected',
    type: 'gauge',
    help: 'Workers that are connected to the result store; absent if the policies have none.',
    labels: {},
  },
} as const satisfies Record<string, MetricDefinition>;
