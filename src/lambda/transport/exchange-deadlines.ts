import { CALL_TIMEOUT } from '../deadline.ts';
import type { InvocationFailure } from '../invocation-failures.ts';

/** Durations in milliseconds; Infinity is off. */
export interface DeadlineLimits {
  /** Until a connection is there, whether a new one or one that others use. */
  readonly connectionMs: number;
  /** From the request's last byte to the answer's head; then to the answer's end, or to each further piece of it. */
  readonly readMs: number;
  readonly attemptMs: number;
  /** When the whole call ends, by `performance.now()`. */
  readonly callEnd: number;
}

/** What is waited for. `paused`: nothing, since the reader of the answer wants no more for now. */
export type Stage = 'connection' | 'head' | 'whole-body' | 'next-piece' | 'paused';

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

  enter(stage: Exclude<Stage, 'connection'>): void {
    this.#stage = stage;
    this.#stageEnd = stage === 'paused' ? Number.POSITIVE_INFINITY : performance.now() + this.#limits.readMs;
    // It fired while nothing but the reader was waited for.
    if (this.#timer === undefined) this.#arm(this.#limits.readMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  check(): void {
    const { attemptMs, callEnd } = this.#limits;
    const now = performance.now();
    const attemptEnd = this.#started + attemptMs;
    this.#timer = undefined;
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
  'next-piece': 'nothing more of the answer came',
  paused: '',
};

function check(deadlines: ExchangeDeadlines): void {
  deadlines.check();
}
