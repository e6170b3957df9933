import type { MetricDefinition } from './metric-definition.ts';

/** Of results that are kept and shared. */
export const cacheMetricCatalogue = {
  cacheLookups: {
    name: 'lambda_ext_proc_cache_lookups_total',
    type: 'counter',
    help: 'Requests of steps with a cache, by what the cache had for them.',
    labels: { result: ['hit', 'miss', 'shared', 'uncacheable'] },
  },
  cacheEvictions: {
    name: 'lambda_ext_proc_cache_evictions_total',
    type: 'counter',
    help: 'Results that are no longer kept, by reason.',
    labels: { reason: ['expired', 'entries', 'bytes', 'reload'] },
  },
  cacheEntries: {
    name: 'lambda_ext_proc_cache_entries',
    type: 'gauge',
    help: 'Results of functions that are kept now.',
    labels: {},
  },
  cacheBytes: {
    name: 'lambda_ext_proc_cache_bytes',
    type: 'gauge',
    help: 'Bytes that kept results take, as a part of the buffered bytes.',
    labels: {},
  },
  storeRequests: {
    name: 'lambda_ext_proc_result_store_requests_total',
    type: 'counter',
    help: 'Questions to the result store and results for it, by what became of them.',
    labels: {
      operation: ['get', 'put'],
      result: ['hit', 'miss', 'rejected', 'timeout', 'error', 'skipped', 'stored'],
    },
  },
  storeConnected: {
    name: 'lambda_ext_proc_result_store_connected',
    type: 'gauge',
    help: 'Workers that are connected to the result store; absent where the policies have none.',
    labels: {},
  },
} as const satisfies Record<string, MetricDefinition>;
