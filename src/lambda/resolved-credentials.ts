/** Keys that a request is signed with. */
export interface ResolvedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Milliseconds since 1970; undefined: they do not expire. */
  readonly expiration?: number | undefined;
}

/** One identity's credentials: at once where they are there, the same object until they are refreshed. */
export interface CredentialProvider {
  get(): ResolvedCredentials | Promise<ResolvedCredentials>;
  /** The service called these expired: they are not given again. */
  invalidate?(credentials: ResolvedCredentials): void;
}
