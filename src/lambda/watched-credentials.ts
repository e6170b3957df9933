import type { CredentialProvider, ResolvedCredentials } from './resolved-credentials.ts';

/** Told of the keys that requests are signed with, for who must keep them out of what is shown. */
export type CredentialWatcher = (credentials: ResolvedCredentials) => void;

/** The provider, with everything that it gives told first. */
export function watched(provider: CredentialProvider, tell: CredentialWatcher): CredentialProvider {
  const told = (given: ResolvedCredentials | Promise<ResolvedCredentials>) => {
    if (given instanceof Promise) return given.then(note);
    return note(given);
  };
  const note = (credentials: ResolvedCredentials): ResolvedCredentials => {
    tell(credentials);
    return credentials;
  };
  return {
    identity: provider.identity,
    get account() {
      return provider.account;
    },
    get: () => told(provider.get()),
    invalidate: (credentials) => provider.invalidate?.(credentials),
    renew: (credentials) => told(provider.renew?.(credentials) ?? credentials),
  };
}
