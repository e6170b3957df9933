import type { TraceSpan } from '../tracing/index.ts';

/** Keys that a request is signed with. */
export interface ResolvedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Milliseconds since 1970; undefined: they do not expire. */
  readonly expiration?: number | undefined;
  /** The account that they belong to, if the source names it. */
  readonly account?: string | undefined;
  /**
   * Of an instance or a container: if their source is not available when they expire, AWS's SDKs continue to use them
   * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html).
   */
  readonly outlivesSource?: boolean | undefined;
}

/** How long the same credentials are not sent again after a service called them expired. */
export const REJECTED_MS = 60_000;

export function sameKeys(a: ResolvedCredentials, b: ResolvedCredentials): boolean {
  return (
    a.accessKeyId === b.accessKeyId && a.secretAccessKey === b.secretAccessKey && a.sessionToken === b.sessionToken
  );
}

/** One identity's credentials: at once if they are loaded; the same object until they are refreshed. */
export interface CredentialProvider {
  /** The same for the same identity, different for every other one; reveals nothing about it. */
  readonly identity: string;
  /** The account that the identity belongs to, where it is known by now. */
  readonly account: string | undefined;
  /** `span`: of the request; loads that it causes are its children. */
  get(span?: TraceSpan): ResolvedCredentials | Promise<ResolvedCredentials>;
  /**
   * AWS called these expired: before the next use the source is asked again, at most every few seconds, and expired credentials are
   * not accepted from it again.
   */
  invalidate?(credentials: ResolvedCredentials): void;
  /**
   * Other credentials for an endpoint whose statement counts for itself only (of a policy, or a region that does not know
   * them): the source is asked again, at most every few seconds, while these serve everybody else. The same where it has no
   * others. Does not reject.
   */
  renew?(credentials: ResolvedCredentials): ResolvedCredentials | Promise<ResolvedCredentials>;
}
