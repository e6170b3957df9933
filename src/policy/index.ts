export type * from './api-policies.ts';
export { type ErrorKey, errorCatalogue } from './error-catalogue.ts';
