import type { Dispatcher } from 'undici';
import type { InvocationFailureKind } from '../observability/index.ts';
import type { TraceSpan } from '../tracing/index.ts';
import type { Attempt, AttemptReader } from './attempt.ts';
import { beginAttemptSpan, endAttemptSpan } from './attempt-span.ts';
import { type Deadline, pause, within } from './deadline.ts';
import { failureKindOf } from './failure-kind.ts';
import type { FunctionGuard } from './guard/function-guard.ts';
import { InvocationError } from './invocation-error.ts';
import type { ClockSkew } from './request/clock-skew.ts';
import { isTrusted } from './request/is-trusted.ts';
import type { Prepared } from './request/prepared.ts';
import type { RefusedCredentials } from './request/refused-credentials.ts';
import type { Signer } from './request/signer.ts';
import type { Target } from './request/target.ts';
import { addTraceHeaders } from './request/trace-headers.ts';
import type { CredentialProvider, ResolvedCredentials } from './resolved-credentials.ts';
import { isClockError, isExpiredToken } from './result/error-classes.ts';
import { backoffMs } from './retry/backoff.ts';
import type { RetryBudget } from './retry/retry-budget.ts';
import { type RetryKind, retryKind } from './retry/retry-policy.ts';
import type { ExchangeLimits } from './transport/exchange.ts';
import type { Invocation } from './types.ts';

/** What a call is made with. */
export interface CallTools {
  readonly signer: Signer;
  readonly skew: ClockSkew;
  readonly refusals: RefusedCredentials;
  readonly userAgent: string;
  /** A UUID for each call. */
  readonly newId: () => string;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface CallRoute {
  readonly target: Target;
  readonly guard: FunctionGuard;
  readonly dispatcher: Dispatcher;
  readonly provider: CredentialProvider;
  /** Credentials from the provider, for the first attempt. */
  readonly credentials: ResolvedCredentials;
  readonly prepared: Prepared;
}

/** How long to wait for a connection while all are in use, as the reference's SDK does. */
const ACQUIRE_MS = 10_000;

/** An attempt, and what it was made with. */
interface SentAttempt extends Attempt {
  readonly credentials: ResolvedCredentials;
  /** Of the clock, in milliseconds. */
  readonly offset: number;
  readonly span: TraceSpan | undefined;
}

/** One invocation with all its attempts; `T` is what the reader makes of a good answer. */
export class Call<T extends object> {
  readonly #tools: CallTools;
  readonly #route: CallRoute;
  readonly #budget: RetryBudget;
  readonly #invocation: Invocation;
  readonly #deadline: Deadline;
  readonly #read: AttemptReader<T>;
  readonly #maxAttempts: number;
  /** The same for all attempts, so that the service can recognize a repeated one. */
  readonly #id: string;
  #mayHaveRun = false;
  /** Kinds of the failures after which an attempt was repeated. */
  #retried: InvocationFailureKind[] | undefined;
  #lastRetry: RetryKind | undefined;
  #clockCorrected = false;
  /** Credentials that the service reported as expired, and its error: the request is retried once with others. */
  #refused: { readonly credentials: ResolvedCredentials; readonly error: InvocationError } | undefined;
  #renewed = false;

  constructor(tools: CallTools, route: CallRoute, invocation: Invocation, deadline: Deadline, read: AttemptReader<T>) {
    this.#tools = tools;
    this.#id = tools.newId();
    this.#route = route;
    this.#budget = route.guard.budgetOf(route.provider.identity);
    this.#invocation = invocation;
    this.#deadline = deadline;
    this.#read = read;
    this.#maxAttempts = Math.max(1, invocation.retry.maxAttempts);
  }

  /** Rejects with an InvocationError. */
  async run(): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      let sent: SentAttempt | undefined;
      try {
        const found = attempt === 1 ? this.#route.credentials : this.#credentials();
        const credentials =
          found instanceof Promise ? await within(found, this.#deadline, attempt, 'credentials-timeout') : found;
        sent = this.#prepare(credentials, attempt);
        const result = await this.#read(sent);
        endAttemptSpan(sent.span, sent.head?.status);
        this.#budget.refund(this.#lastRetry);
        return this.#retried === undefined ? result : { ...result, retried: this.#retried };
      } catch (error) {
        if (sent !== undefined) this.#learn(sent, error);
        if (!(error instanceof InvocationError)) throw error;
        const delay = this.#delay(error, attempt);
        if (delay === undefined) throw this.#withHistory(error);
        this.#mayHaveRun ||= error.mayHaveRun;
        this.#retried ??= [];
        this.#retried.push(failureKindOf(error));
        if (delay > 0) await pause(delay, this.#deadline.signal, attempt, this.#mayHaveRun);
      }
    }
  }

  #prepare(credentials: ResolvedCredentials, attempt: number): SentAttempt {
    const { signer, skew, userAgent, now } = this.#tools;
    const { target, dispatcher, prepared } = this.#route;
    const { transport, memory } = this.#invocation;
    // The source has no others: sent again, they would be refused again.
    if (this.#refused?.credentials === credentials) throw this.#refused.error;
    const offset = skew.offset(target, transport.ssl);
    const headers = signer.sign(
      target,
      prepared,
      { invocationId: this.#id, attempt: `attempt=${attempt}; max=${this.#maxAttempts}`, userAgent },
      credentials,
      now() + offset,
    );
    const span = beginAttemptSpan(this.#invocation.span, target, attempt);
    const trace = span === undefined ? this.#invocation.trace : span.outgoing;
    if (trace !== undefined) addTraceHeaders(headers, trace);
    const { origin, path } = target;
    return {
      dispatcher,
      request: { origin, path, headers, body: prepared.payload },
      limits: this.#limits(attempt),
      signal: this.#deadline.signal,
      memory,
      logTail: prepared.logTail,
      now,
      head: undefined,
      credentials,
      offset,
      span,
    };
  }

  /** Remembers what a failed attempt reveals about the credentials and the clock. */
  #learn({ span, credentials, offset, head }: SentAttempt, error: unknown): void {
    endAttemptSpan(span, head?.status, error);
    if (head === undefined || !(error instanceof InvocationError)) return;
    const { skew, refusals, now } = this.#tools;
    const { target, provider } = this.#route;
    const { ssl } = this.#invocation.transport;
    if (isExpiredToken(error.errorType)) {
      this.#refused = { credentials, error };
      if (isTrusted(target, ssl)) provider.invalidate?.(credentials);
      else refusals.add(credentials, target, error, now());
    }
    if (isClockError(error.errorType)) this.#clockCorrected = skew.correct(target, ssl, head.headers, now(), offset);
  }

  /** For a further attempt. If a policy's endpoint calls credentials expired, they stay valid for everybody else. */
  #credentials(): ResolvedCredentials | Promise<ResolvedCredentials> {
    const { target, provider } = this.#route;
    const refused = this.#refused?.credentials;
    if (refused === undefined || isTrusted(target, this.#invocation.transport.ssl))
      return provider.get(this.#invocation.span);
    return provider.renew?.(refused) ?? provider.get(this.#invocation.span);
  }

  #limits(attempt: number): ExchangeLimits {
    const { connectionTimeoutMs, readTimeoutMs, apiCallAttemptTimeoutMs } = this.#invocation.transport;
    return {
      connectionMs: Math.max(ACQUIRE_MS, connectionTimeoutMs || Number.POSITIVE_INFINITY),
      readMs: readTimeoutMs || Number.POSITIVE_INFINITY,
      attemptMs: apiCallAttemptTimeoutMs || Number.POSITIVE_INFINITY,
      callEnd: this.#deadline.callEnd,
      attempt,
    };
  }

  /** Milliseconds until the next attempt; undefined: there is none. */
  #delay(error: InvocationError, attempt: number): number | undefined {
    const { invocationType, retry } = this.#invocation;
    if (attempt >= this.#maxAttempts) return undefined;
    if (isExpiredToken(error.errorType)) return this.#renew(invocationType) ? 0 : undefined;
    if (this.#clockCorrected) {
      this.#clockCorrected = false;
      return invocationType === 'Event' ? undefined : 0;
    }
    const kind = retryKind(error, invocationType, retry);
    if (kind === undefined) return undefined;
    const delay = backoffMs(kind, attempt, error.retryAfterSeconds, this.#tools.random);
    if (performance.now() + delay >= this.#deadline.callEnd) return undefined;
    if (!this.#budget.spend(kind)) return undefined;
    this.#lastRetry = kind;
    return delay;
  }

  /** Once; keys of the configuration have no source that could give others. */
  #renew(type: Invocation['invocationType']): boolean {
    const may = type !== 'Event' && !this.#renewed && this.#route.provider.invalidate !== undefined;
    this.#renewed = true;
    return may;
  }

  /** An earlier attempt may have run the function, whatever the last one says. */
  #withHistory(error: InvocationError): InvocationError {
    const mayHaveRun = error.mayHaveRun || this.#mayHaveRun;
    const retried = this.#retried;
    if (mayHaveRun === error.mayHaveRun && retried === undefined) return error;
    const { message, cause } = error;
    return new InvocationError(error.failure, { ...error, message, cause, mayHaveRun, retried });
  }
}
