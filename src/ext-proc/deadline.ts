import type { EnvoySettings } from '../policy/index.ts';
import type { Timer, Timing } from './timing.ts';

/** Envoy's deadlines for one message, if they are configured. */
export type MessageTimeouts = Pick<EnvoySettings, 'messageTimeoutMs' | 'maxMessageTimeoutMs'>;

/** What is left for the answer to reach Envoy: a tenth of the time, at least 5 ms, at most 100 ms. */
function margin(ms: number): number {
  return Math.min(Math.max(ms / 10, 5), 100);
}

export interface DeadlineEvents {
  /** Ask Envoy for this many milliseconds from now. */
  readonly onExtend: (ms: number) => void;
  /** The answer must leave now. */
  readonly onExpire: () => void;
}

/** Watches one message's deadline while policies run; does nothing when Envoy's timeout is not known. */
export class Deadline {
  readonly #timing: Timing;
  #timer: Timer | undefined;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  start(timeouts: MessageTimeouts, events: DeadlineEvents): void {
    const { messageTimeoutMs: message, maxMessageTimeoutMs: maximum } = timeouts;
    if (message === undefined) return;
    this.#timer = this.#timing.set(
      () => {
        if (maximum === undefined || maximum <= message) {
          events.onExpire();
          return;
        }
        events.onExtend(maximum);
        this.#timer = this.#timing.set(events.onExpire, Math.max(maximum - margin(maximum), 1));
      },
      Math.max(message - margin(message), 1),
    );
  }

  stop(): void {
    this.#timing.clear(this.#timer);
  }
}
