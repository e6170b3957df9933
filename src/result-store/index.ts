export { ResultStore, type ResultStoreOptions } from './result-store.ts';
export type { StoreEntry } from './store-lookup.ts';
export {
  parseStoreUrl,
  SECRET_CHARACTERS,
  type StoreAddress,
  type StoreSettings,
  type StoreSource,
  type StoreTls,
} from './store-settings.ts';
