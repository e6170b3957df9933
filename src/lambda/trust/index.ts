export { TrustStores } from './trust-stores.ts';
