import type { TraceSpan } from '../tracing/index.ts';

/** Keys that a request is signed with. */
export interface ResolvedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Milliseconds since 1970; undefined: they do not expire. */
  readonly expiration?: number | undefined;
  /** The account that they belong to, where the source tells it. */
  readonly account?: string | undefined;
  /**
   * Of an instance or a container: where their source is away when they expire, AWS's SDKs go on with them
   * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html).
   */
  readonly outlivesSource?: boolean | undefined;
}

/** For so long the same credentials are not sent again after a service called them expired. */
export const REJECTED_MS = 60_000;

export function sameKeys(a: ResolvedCredentials, b: ResolvedCredentials): boolean {
  return (
    a.accessKeyId === b.accessKeyId && a.secretAccessKey === b.secretAccessKey && a.sessionToken === b.sessionToken
  );
}

/** One identity's credentials: at once where they are there, the same object until they are refreshed. */
export interface CredentialProvider {
  /** The same for the same identity, another for each other one; tells nothing of it. */
  readonly identity: string;
  /** The account that the identity belongs to, where it is known by now. */
  readonly account: string | undefined;
  /** `span`: of whoever asks; what has to be asked for its sake is a child of it. */
  get(span?: TraceSpan): ResolvedCredentials | Promise<ResolvedCredentials>;
  /**
   * AWS called these expired: before the next use the source is asked again, at most every few seconds, and what is expired is
   * not taken again from it.
   */
  invalidate?(credentials: ResolvedCredentials): void;
  /**
   * Others than these for somebody whose word counts for itself alone (an endpoint of a policy, a region that does not know
   * them): the source is asked again, at most every few seconds, while these serve everybody else. The same where it has no
   * others. Does not reject.
   */
  renew?(credentials: ResolvedCredentials): ResolvedCredentials | Promise<ResolvedCredentials>;
}
