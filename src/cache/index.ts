export type { Kept } from './kept-results.ts';
export { type CacheRequest, ResultCache } from './result-cache.ts';
export { resultKey } from './result-key.ts';
