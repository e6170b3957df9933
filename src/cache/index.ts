export { type Eviction, type Kept, type KeptLimits, MAX_KEPT_BYTES } from './kept-results.ts';
export { type CacheRequest, type Found, type Lookup, ResultCache } from './result-cache.ts';
export { resultKey } from './result-key.ts';
