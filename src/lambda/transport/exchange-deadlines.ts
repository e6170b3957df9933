import { CALL_TIMEOUT } from '../deadline.ts';
import type { InvocationFailure } from '../invocation-failures.ts';

/** Durations in milliseconds; Infinity is off. */
export interface DeadlineLimits {
  /** Until a connection is available, a new one or one that becomes free. */
  readonly connectionMs: number;
  /** From the request's last byte to the answer's head, then to its end; for a streamed answer, to its first useful piece. */
  readonly readMs: number;
  readonly attemptMs: number;
  /** When the whole call ends, by `performance.now()`. */
  readonly callEnd: number;
}

/** What is waited for. */
export type Stage = 'connection' | 'head' | 'whole-body' | 'first-piece';

export interface DeadlineListener {
  expired(failure: InvocationFailure, message: string): void;
}

/** Timers beyond this are set in steps. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * All deadlines of an exchange with one timer: it is set for the nearest possible one and checks again when it
 * fires, so a successful exchange sets and clears a timer once.
 */
export class ExchangeDeadlines {
  readonly #limits: DeadlineLimits;
  readonly #listener: DeadlineListener;
  readonly #started = performance.now();
  #stage: Stage = 'connection';
  #stageEnd: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: DeadlineLimits, listener: DeadlineListener) {
    const { connectionMs, readMs, attemptMs, callEnd } = limits;
    this.#limits = limits;
    this.#listener = listener;
    this.#stageEnd = this.#started + connectionMs;
    this.#arm(Math.min(connectionMs, readMs, attemptMs, callEnd - this.#started));
  }

  enter(stage: 'head' | 'whole-body'): void {
    this.#stage = stage;
    this.#stageEnd = performance.now() + this.#limits.readMs;
  }

  /** The stage continues with its remaining time. */
  rename(stage: 'first-piece'): void {
    this.#stage = stage;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  check(): void {
    const { attemptMs, callEnd } = this.#limits;
    const now = performance.now();
    const attemptEnd = this.#started + attemptMs;
    if (now >= callEnd) {
      this.#listener.expired('timeout', CALL_TIMEOUT);
    } else if (now >= attemptEnd) {
      this.#listener.expired('timeout', `no answer within apiCallAttemptTimeoutMs (${attemptMs} ms)`);
    } else if (now >= this.#stageEnd) {
      this.#expireStage();
    } else {
      this.#arm(Math.min(callEnd, attemptEnd, this.#stageEnd) - now);
    }
  }

  #expireStage(): void {
    const { connectionMs, readMs } = this.#limits;
    if (this.#stage === 'connection') {
      this.#listener.expired('connection-timeout', `no connection was free within ${connectionMs} ms`);
    } else {
      this.#listener.expired('read-timeout', `${missing[this.#stage]} within readTimeoutMs (${readMs} ms)`);
    }
  }

  #arm(milliseconds: number): void {
    if (milliseconds === Number.POSITIVE_INFINITY) return;
    const delay = Math.min(Math.max(Math.ceil(milliseconds), 1), MAX_TIMER_MS);
    this.#timer = setTimeout(check, delay, this);
  }
}

const missing: Readonly<Record<Exclude<Stage, 'connection'>, string>> = {
  head: 'no answer',
  'whole-body': 'the answer was not complete',
  'first-piece': 'no part of the result arrived',
};

function check(deadlines: ExchangeDeadlines): void {
  deadlines.check();
}
