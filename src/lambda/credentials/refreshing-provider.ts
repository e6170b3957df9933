import type { TraceSpan } from '../../tracing/index.ts';
import { InvocationError } from '../invocation-error.ts';
import { type CredentialProvider, REJECTED_MS, type ResolvedCredentials, sameKeys } from '../resolved-credentials.ts';
import type { Clock } from './clock.ts';
import { credentialError } from './credential-error.ts';
import type { CredentialStatus } from './credential-status.ts';
import { backoff, nextWordAt, refreshAt, validUntil } from './refresh-schedule.ts';

export interface RefreshingProviderOptions {
  /** For logs, readiness and metrics: never a key. */
  readonly source: string;
  readonly identity: string;
  /** Where it is known before there are credentials. */
  readonly account?: string | undefined;
  /** `span`: of the request that needs it; undefined: no request waits. */
  readonly load: (span: TraceSpan | undefined) => Promise<ResolvedCredentials>;
  /** What an unfinished load has found so far, for a request that stops waiting. */
  readonly progress?: (() => string) | undefined;
  /** A different value means that the source has changed, for credentials without an expiry. Never rejects. */
  readonly stamp?: (() => Promise<string>) | undefined;
  readonly clock: Clock;
  /** Called when a load fails, and (with undefined) when one succeeds again. */
  readonly onRefresh: (source: string, error: InvocationError | undefined) => void;
  /** Called for each load that has ended. */
  readonly onLoad?: ((source: string, ok: boolean) => void) | undefined;
}

/** A request waits no longer than this for credentials, whatever the source does. */
const WAIT_MS = 10_000;
/** A load that has not ended by then (a credential_process that hangs) is given up, and another one may start. */
const ABANDON_MS = 60_000;
/** How often credentials without an expiry are loaded again, and how often their source is checked for a change. */
const RECHECK_MS = 300_000;
const STAMP_MS = 5_000;
/**
 * Keys that look expired and have just come from their source are used, as the SDK does: this machine's clock may be ahead,
 * and the service decides. They are used for this long, and soon loaded again.
 */
const LATE_MS = 30_000;
const LATE_RECHECK_MS = 10_000;
/** If the wall clock goes back by more, it was set: scheduled times that were near are far now. */
const SET_BACK_MS = 1_000;
/** A provider idle for this long is no longer refreshed, and is evicted. */
export const IDLE_MS = 3_600_000;

/**
 * Credentials of one identity: given at once while they are valid, refreshed in the background before they expire, by
 * one load at a time. While a refresh fails, credentials that are still valid are used; expired ones only if they belong to
 * an instance or a container, or have just come from their source.
 */
export class RefreshingProvider implements CredentialProvider {
  readonly #options: RefreshingProviderOptions;
  #current: ResolvedCredentials | undefined;
  #account: string | undefined;
  #obtainedAt = 0;
  #worked = false;
  #validUntil = 0;
  #refreshAt = 0;
  #load: Promise<ResolvedCredentials> | undefined;
  #failure: InvocationError | undefined;
  #failures = 0;
  #told = false;
  #retryAt = 0;
  /** When the source may be asked again because of a service's statement, after the attempts that are free now. */
  #rejectAt = 0;
  /** The same for endpoints whose statements count for themselves only: they use none of AWS's attempts. */
  #renewAt = 0;
  #rejected: { readonly credentials: ResolvedCredentials; readonly until: number } | undefined;
  #stamp: string | undefined;
  #stampAt = 0;
  #cancelTimer: (() => void) | undefined;
  #closed = false;
  lastUsed: number;

  constructor(options: RefreshingProviderOptions) {
    this.#options = options;
    this.lastUsed = options.clock.now();
  }

  get identity(): string {
    return this.#options.identity;
  }

  get account(): string | undefined {
    return this.#options.account ?? this.#account;
  }

  /** Rejects with an InvocationError of kind `credentials`, at the latest after 10 s. */
  get(span?: TraceSpan): ResolvedCredentials | Promise<ResolvedCredentials> {
    const now = this.#options.clock.now();
    if (now < this.lastUsed - SET_BACK_MS) this.#forgetTimes();
    this.lastUsed = now;
    const current = this.#current;
    if (current === undefined || (now >= this.#validUntil && !this.#goesOn())) return this.#wait(now, span);
    if (now >= this.#refreshAt) this.#refresh(now);
    else if (now >= this.#stampAt && this.#options.stamp !== undefined) this.#compareStamp(now, this.#options.stamp);
    return current;
  }

  #forgetTimes(): void {
    this.#retryAt = this.#rejectAt = this.#renewAt = this.#stampAt = this.#refreshAt = 0;
  }

  /** Loads credentials in the background if there are none, and keeps them fresh. */
  prepare(): void {
    const found = this.get();
    if (found instanceof Promise) found.catch(() => {});
  }

  invalidate(credentials: ResolvedCredentials): void {
    const now = this.#options.clock.now();
    if (this.#current !== credentials || now < this.#rejectAt) return;
    this.#rejectAt = nextWordAt(this.#rejectAt, now);
    this.#current = undefined;
    this.#rejected = { credentials, until: now + REJECTED_MS };
  }

  renew(credentials: ResolvedCredentials): ResolvedCredentials | Promise<ResolvedCredentials> {
    const now = this.#options.clock.now();
    if (this.#current === credentials && this.#load === undefined) {
      if (now < this.#renewAt || now < this.#retryAt) return credentials;
      this.#renewAt = nextWordAt(this.#renewAt, now);
      this.#load = this.#start(now);
    }
    const others = this.#current === credentials ? this.#load : this.get();
    return others instanceof Promise ? others.catch(() => this.#current ?? credentials) : (others ?? credentials);
  }

  status(): CredentialStatus {
    const current = this.#current;
    const now = this.#options.clock.now();
    const ok = current !== undefined && (now < this.#validUntil || this.#goesOn());
    const expiresAt = current?.expiration;
    const pastExpiry = ok && expiresAt !== undefined && now >= expiresAt;
    const reasons = [this.#failure?.message, pastExpiry ? this.#pastExpiry(expiresAt).message : undefined];
    return {
      source: this.#options.source,
      ok,
      worked: this.#worked,
      reason: reasons.filter((reason) => reason !== undefined).join('; ') || undefined,
      obtainedAt: current === undefined ? undefined : this.#obtainedAt,
      expiresAt,
      pastExpiry,
    };
  }

  /** Evicted: a new provider is made at the next use. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Stops the refresh in the background. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
  }

  /** The source was asked to replace these expired credentials, and had no others. */
  #goesOn(): boolean {
    return this.#current?.outlivesSource === true && this.#failure !== undefined;
  }

  /** Reported like an error, although they are still used. */
  #pastExpiry(expiration: number): InvocationError {
    const at = new Date(expiration).toISOString();
    const error = new Error(`expired at ${at} by this machine's clock but are still used`);
    return credentialError(`the credentials of ${this.#options.source}`, error);
  }

  #wait(now: number, span: TraceSpan | undefined): Promise<ResolvedCredentials> {
    // A source that has just failed is not asked again by every request that comes.
    if (this.#failure !== undefined && now < this.#retryAt) return Promise.reject(this.#failure);
    this.#load ??= this.#start(now, span);
    return this.#load;
  }

  /** In the background: what fails is in the status and in the log. */
  #refresh(now: number): void {
    if (this.#load === undefined && now >= this.#retryAt) this.#load = this.#start(now);
  }

  #start(started: number, span?: TraceSpan): Promise<ResolvedCredentials> {
    const { source, load, progress, stamp, clock } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<ResolvedCredentials>();
    // Without this a background load that fails would end the process.
    promise.catch(() => {});
    const fail = (error: unknown): void => {
      const failure = this.#fail(error);
      if (this.#current !== undefined && this.#goesOn()) resolve(this.#current);
      else reject(failure);
    };
    const cancelWait = clock.after(WAIT_MS, () => {
      const met = progress?.() ?? '';
      fail(new Error(`${source} gave no credentials within ${WAIT_MS / 1000} s${met === '' ? '' : `: ${met}`}`));
    });
    const cancelAbandon = clock.after(ABANDON_MS, () => {
      if (this.#load === promise) this.#load = undefined;
    });
    const settle = (): boolean => {
      cancelWait();
      cancelAbandon();
      const isCurrent = this.#load === promise;
      if (isCurrent) this.#load = undefined;
      return isCurrent;
    };
    const stamped = stamp?.();
    load(span).then(
      async (loaded) => {
        const seen = await stamped;
        if (!settle()) return;
        try {
          resolve(this.#keep(loaded, started, seen));
        } catch (error) {
          fail(error);
        }
      },
      (error: unknown) => {
        if (settle()) fail(error);
      },
    );
    return promise;
  }

  /** Throws when what was loaded must not be sent. */
  #keep(loaded: ResolvedCredentials, started: number, stamp: string | undefined): ResolvedCredentials {
    const { source, clock, onRefresh } = this.#options;
    const now = clock.now();
    const { expiration } = loaded;
    const until = validUntil(started, expiration);
    const isLate = now >= until;
    if (this.#rejected !== undefined && now < this.#rejected.until && sameKeys(this.#rejected.credentials, loaded)) {
      throw new Error('the source still returns the credentials that the service reported as expired');
    }
    this.#options.onLoad?.(source, true);
    const before = this.#current ?? this.#rejected?.credentials;
    // Unchanged ones stay the same object: signing keys are cached by it.
    const kept =
      before !== undefined && before.expiration === loaded.expiration && sameKeys(before, loaded) ? before : loaded;
    this.#current = kept;
    this.#account = loaded.account ?? this.#account;
    this.#obtainedAt = started;
    this.#worked = true;
    this.#validUntil = isLate ? now + LATE_MS : until;
    this.#stamp = stamp;
    this.#stampAt = now + STAMP_MS;
    if (isLate) this.#refreshAt = now + LATE_RECHECK_MS;
    else this.#refreshAt = expiration === undefined ? now + RECHECK_MS : refreshAt(started, expiration, clock);
    this.#rejected = undefined;
    this.#failure = undefined;
    this.#retryAt = 0;
    if (expiration !== undefined) this.#schedule(this.#refreshAt);
    this.#failures = 0;
    if (isLate && expiration !== undefined) {
      if (!this.#told) onRefresh(source, this.#pastExpiry(expiration));
    } else if (this.#told) onRefresh(source, undefined);
    this.#told = isLate;
    return kept;
  }

  #fail(error: unknown): InvocationError {
    const { source, clock, onRefresh } = this.#options;
    const now = clock.now();
    const failure = credentialError(`no credentials from ${source}`, error);
    const { outlivesSource = false } = this.#current ?? {};
    // If the old ones are used after their expiry, there is no hurry.
    const servedUntil = outlivesSource ? Number.POSITIVE_INFINITY : this.#validUntil;
    const validMs = this.#current === undefined ? 0 : Math.max(0, servedUntil - now);
    this.#options.onLoad?.(source, false);
    this.#failures++;
    this.#failure = failure;
    this.#retryAt = now + backoff(this.#failures, validMs, clock);
    if (validMs > 0) this.#schedule(this.#retryAt);
    // The failure of an earlier provider in a chain is reported by that provider.
    if (!(error instanceof InvocationError)) {
      this.#told = true;
      onRefresh(source, failure);
    }
    return failure;
  }

  #schedule(at: number): void {
    const { clock } = this.#options;
    this.#cancelTimer?.();
    if (this.#closed) return;
    this.#cancelTimer = clock.after(at - clock.now(), () => {
      const now = clock.now();
      if (!this.#closed && now - this.lastUsed < IDLE_MS) this.#load ??= this.#start(now);
    });
  }

  #compareStamp(now: number, read: () => Promise<string>): void {
    this.#stampAt = now + STAMP_MS;
    void read().then((stamp) => {
      // Once for each change: a source that is broken is asked again when its turn comes.
      const isNew = stamp !== this.#stamp;
      this.#stamp = stamp;
      if (isNew) this.#refresh(this.#options.clock.now());
    });
  }
}
