import { Deadline, type MessageTimeouts } from './deadline.ts';
import type { Event } from './exchange/index.ts';
import type { Side } from './wire/index.ts';

/**
 * Envoy never reads on a body over its buffer limit that arrives while it waits for the headers' reply (Envoy 1.40), and
 * no timeout of Envoy's own ends the wait. 300 s is Envoy's default stream_idle_timeout. Not shorter: a slow upload that
 * is buffered shows no progress.
 */
const BODY_WAIT_MS = 300_000;

/** What may take too long in one stream: policies, by Envoy's message timeout, and a body that was asked for. */
export class Timers {
  readonly #emit: (event: Event) => void;
  readonly #deadline = new Deadline();
  #bodyWait: NodeJS.Timeout | undefined;

  constructor(emit: (event: Event) => void) {
    this.#emit = emit;
  }

  watchPolicies(timeouts: MessageTimeouts): void {
    this.#deadline.start(timeouts, {
      onExtend: (ms) => this.#emit({ kind: 'deadline-near', ms }),
      onExpire: () => this.#emit({ kind: 'deadline' }),
    });
  }

  watchBody(side: Side): void {
    this.#bodyWait = setTimeout(() => {
      this.#emit({ kind: 'body-overdue', side, waitedMs: BODY_WAIT_MS });
    }, BODY_WAIT_MS);
  }

  stop(): void {
    this.#deadline.stop();
    clearTimeout(this.#bodyWait);
  }
}
