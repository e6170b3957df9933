export type { Clock } from './clock.ts';
export { CredentialProviders, type CredentialProvidersOptions } from './credential-providers.ts';
export type { CredentialStatus } from './refreshing-provider.ts';
