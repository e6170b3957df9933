import type { CredentialProvider, ResolvedCredentials } from '../resolved-credentials.ts';
import { credentialError } from './credential-error.ts';

/** Time and chance, so that tests need neither. */
export interface Clock {
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface RefreshingProviderOptions {
  /** For logs and readiness: never a key. */
  readonly source: string;
  readonly load: () => Promise<ResolvedCredentials>;
  readonly clock: Clock;
  /** Told when a refresh fails, and when one goes well again after that. */
  readonly onRefresh: (source: string, error: unknown | undefined) => void;
}

/** How credentials of one identity stand. Times in milliseconds since the epoch. */
export interface CredentialStatus {
  readonly source: string;
  readonly ok: boolean;
  /** Why they cannot be had or refreshed. */
  readonly reason: string | undefined;
  readonly obtainedAt: number | undefined;
  readonly expiresAt: number | undefined;
}

/** What waits for credentials waits no longer than this, whatever the source does. */
const loadTimeoutMs = 10_000;
/** Profiles and environments have no expiry, but their files are rotated: looked at again this often. */
const recheckMs = 60_000;
const minBackoffMs = 100;
const maxBackoffMs = 30_000;
/** Credentials count as expired this much early: a request must still arrive, and clocks differ. */
const maxMarginMs = 10_000;

/**
 * Credentials of one identity: given at once while they are valid, refreshed in the background before they expire, by
 * one load at a time. While a refresh fails the ones that are still valid are used; expired ones never are.
 */
export class RefreshingProvider implements CredentialProvider {
  readonly #options: RefreshingProviderOptions;
  #current: ResolvedCredentials | undefined;
  #obtainedAt = 0;
  #refreshAt = 0;
  #loading: Promise<ResolvedCredentials> | undefined;
  #failure: unknown;
  #failures = 0;
  #retryAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #used = false;
  #closed = false;
  lastUsed: number;

  constructor(options: RefreshingProviderOptions) {
    this.#options = options;
    this.lastUsed = options.clock.now();
  }

  /** Rejects with an InvocationError of kind `credentials`. */
  get(): ResolvedCredentials | Promise<ResolvedCredentials> {
    const now = this.#options.clock.now();
    this.lastUsed = now;
    this.#used = true;
    const current = this.#current;
    if (current !== undefined && !this.#isExpired(current, now)) {
      if (now >= this.#refreshAt && now >= this.#retryAt) this.#refresh().catch(() => {});
      return current;
    }
    // A source that has just failed is not asked again by every request that comes.
    if (this.#loading === undefined && now < this.#retryAt) return Promise.reject(this.#failure);
    return this.#refresh();
  }

  /** Asks for credentials in the background, when there are none and none are on the way. */
  prepare(): void {
    const isWaiting = this.#loading !== undefined || this.#options.clock.now() < this.#retryAt;
    if (this.#current === undefined && !isWaiting) this.#refresh().catch(() => {});
  }

  /** The service called these expired or revoked: they are not used again. */
  invalidate(credentials: ResolvedCredentials): void {
    if (this.#current !== credentials) return;
    this.#current = undefined;
  }

  status(): CredentialStatus {
    const current = this.#current;
    const valid = current !== undefined && !this.#isExpired(current, this.#options.clock.now());
    return {
      source: this.#options.source,
      ok: valid || (this.#failure === undefined && !this.#used),
      reason: this.#failure instanceof Error ? this.#failure.message : undefined,
      obtainedAt: current === undefined ? undefined : this.#obtainedAt,
      expiresAt: current?.expiration,
    };
  }

  /** Evicted: a new provider takes its place at the next use. */
  get isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #isExpired({ expiration }: ResolvedCredentials, now: number): boolean {
    if (expiration === undefined) return false;
    return now >= expiration - Math.min(maxMarginMs, (expiration - this.#obtainedAt) / 10);
  }

  #refresh(): Promise<ResolvedCredentials> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<ResolvedCredentials> {
    const { source, load, clock, onRefresh } = this.#options;
    try {
      const started = clock.now();
      const loaded = await withTimeout(load(), source);
      this.#keep(loaded, started);
      if (this.#failures > 0) onRefresh(source, undefined);
      this.#failure = undefined;
      this.#failures = 0;
      this.#retryAt = 0;
      return this.#current ?? loaded;
    } catch (error) {
      this.#failures += 1;
      this.#failure = credentialError(`no credentials from ${source}`, error);
      const backoff = Math.min(minBackoffMs * 2 ** Math.min(this.#failures, 20), maxBackoffMs);
      this.#retryAt = clock.now() + backoff * (0.5 + clock.random() / 2);
      onRefresh(source, this.#failure);
      this.#schedule(this.#retryAt);
      throw this.#failure;
    }
  }

  /** Unchanged keys stay the same object: signing keys are cached by it. */
  #keep(loaded: ResolvedCredentials, now: number): void {
    const before = this.#current;
    const same =
      before?.accessKeyId === loaded.accessKeyId &&
      before.secretAccessKey === loaded.secretAccessKey &&
      before.sessionToken === loaded.sessionToken &&
      before.expiration === loaded.expiration;
    if (!same) this.#current = loaded;
    this.#obtainedAt = now;
    this.#refreshAt = now + this.#lifetime(loaded, now);
    this.#schedule(this.#refreshAt);
  }

  /** Milliseconds until the next refresh: two thirds of the life, and at the latest five to ten minutes before its end. */
  #lifetime({ expiration }: ResolvedCredentials, now: number): number {
    if (expiration === undefined) return recheckMs;
    const life = Math.max(expiration - now, 0);
    const early = Math.min(life / 3, 300_000 * (1 + this.#options.clock.random()));
    return (life - early) * (0.95 + this.#options.clock.random() / 20);
  }

  /** Only what was used since the last refresh is refreshed in the background: nobody waits for the rest. */
  #schedule(at: number): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#current?.expiration === undefined) return;
    const delay = Math.min(Math.max(at - this.#options.clock.now(), 10), 2 ** 31 - 1);
    this.#timer = setTimeout(() => {
      if (!this.#used || this.#closed) return;
      this.#used = false;
      this.#refresh().catch(() => {});
    }, delay);
    this.#timer.unref();
  }
}

function withTimeout(load: Promise<ResolvedCredentials>, source: string): Promise<ResolvedCredentials> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${source} gave no credentials within ${loadTimeoutMs / 1000} s`)),
      loadTimeoutMs,
    );
  });
  return Promise.race([load, timeout]).finally(() => clearTimeout(timer));
}
