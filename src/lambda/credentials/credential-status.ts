/** The state of one identity's credentials. Times in milliseconds since the epoch. */
export interface CredentialStatus {
  readonly source: string;
  /** There are valid ones. */
  readonly ok: boolean;
  /** There were valid ones at some time. */
  readonly worked: boolean;
  /** Why they are not available, or cannot be refreshed. */
  readonly reason: string | undefined;
  readonly obtainedAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** By this machine's clock they have expired, but they are still used. */
  readonly pastExpiry: boolean;
}
