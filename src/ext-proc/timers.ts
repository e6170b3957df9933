import { Deadline, type MessageTimeouts } from './deadline.ts';
import type { Event } from './exchange/index.ts';
import type { Timer, Timing } from './timing.ts';
import type { Side } from './wire/index.ts';

/** What may take too long in one stream: policies, by Envoy's message timeout, and a body that was asked for. */
export class Timers {
  readonly #emit: (event: Event) => void;
  readonly #timing: Timing;
  readonly #deadline: Deadline;
  #bodyWait: Timer | undefined;

  constructor(timing: Timing, emit: (event: Event) => void) {
    this.#timing = timing;
    this.#deadline = new Deadline(timing);
    this.#emit = emit;
  }

  watchPolicies(timeouts: MessageTimeouts): void {
    this.#deadline.start(timeouts, {
      onExtend: (ms) => this.#emit({ kind: 'deadline-near', ms }),
      onExpire: () => this.#emit({ kind: 'deadline' }),
    });
  }

  /**
   * Envoy stops reading a body over its buffer limit that arrives while it waits for the headers' reply (Envoy 1.40), and
   * no timeout of Envoy's own ends the wait.
   */
  watchBody(side: Side, waitMs: number): void {
    this.#bodyWait = this.#timing.set(() => this.#emit({ kind: 'body-overdue', side, waitedMs: waitMs }), waitMs);
  }

  stop(): void {
    this.#deadline.stop();
    this.#timing.clear(this.#bodyWait);
  }
}
