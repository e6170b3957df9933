export type { Clock } from './clock.ts';
export { CredentialProviders } from './credential-providers.ts';
export type { CredentialStatus } from './credential-status.ts';
