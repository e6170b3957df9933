import { CALL_TIMEOUT } from '../deadline.ts';
import type { InvocationFailure } from '../invocation-failures.ts';

/** Durations in milliseconds; Infinity is off. */
export interface DeadlineLimits {
  /** Until a connection is there, whether a new one or one that others use. */
  readonly connectionMs: number;
  /** From the request's last byte to the answer's head, then to its end; of an answer that is passed on, to its first piece of use. */
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
 * All deadlines of an exchange by one timer: it is set for the nearest one that can occur at all and looks again when it
 * fires, so that an exchange that goes well sets and clears a timer once.
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

  /** The stage goes on with what time it has left. */
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
  'whole-body': 'the answer was not whole',
  'first-piece': 'nothing of the result came',
};

function check(deadlines: ExchangeDeadlines): void {
  deadlines.check();
}
