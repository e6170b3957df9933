export { CredentialProviders, type CredentialProvidersOptions } from './credential-providers.ts';
export type { Clock, CredentialStatus } from './refreshing-provider.ts';
