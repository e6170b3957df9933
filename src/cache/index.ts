export type { Kept } from './kept-results.ts';
export { type CacheRequest, ResultCache } from './result-cache.ts';
export { type KeyParts, resultKey, sharedKey } from './result-key.ts';
