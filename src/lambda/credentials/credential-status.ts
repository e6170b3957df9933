/** How credentials of one identity stand. Times in milliseconds since the epoch. */
export interface CredentialStatus {
  readonly source: string;
  /** There are valid ones. */
  readonly ok: boolean;
  /** There were valid ones at some time. */
  readonly worked: boolean;
  /** Why they cannot be had, or not be refreshed. */
  readonly reason: string | undefined;
  readonly obtainedAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** By this machine's clock they have expired, and they are used on. */
  readonly pastExpiry: boolean;
}
