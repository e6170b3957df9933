import type { Metadata } from '@grpc/grpc-js';
import { streamMetadata } from '../envoy-names.ts';
import type { PolicySet } from '../policy/index.ts';

/** Envoy's deadline for one message, which only the configuration or the route's metadata tells. Milliseconds. */
export interface MessageTimeouts {
  readonly message: number | undefined;
  /** Above `message`: one override may extend it to this. */
  readonly maximum: number | undefined;
}

export function messageTimeouts(metadata: Metadata, set: PolicySet): MessageTimeouts {
  return {
    message: milliseconds(metadata.get(streamMetadata.messageTimeout)[0]) ?? set.messageTimeoutMs,
    maximum: milliseconds(metadata.get(streamMetadata.maxMessageTimeout)[0]) ?? set.maxMessageTimeoutMs,
  };
}

/** `200`, `200ms`, `1.5s`: how Envoy and people write durations. Anything else counts as not told. */
function milliseconds(value: string | Buffer | undefined): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)(ms|s)?$/.exec(String(value ?? '').trim());
  if (match === null) return undefined;
  const ms = Number(match[1]) * (match[2] === 's' ? 1000 : 1);
  // Timers hold no more; 24 days are as good as none.
  return ms >= 1 ? Math.min(ms, 2 ** 31 - 1) : undefined;
}

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
  #timer: NodeJS.Timeout | undefined;

  start(timeouts: MessageTimeouts, events: DeadlineEvents): void {
    const { message, maximum } = timeouts;
    if (message === undefined) return;
    this.#timer = setTimeout(
      () => {
        if (maximum === undefined || maximum <= message) {
          events.onExpire();
          return;
        }
        events.onExtend(maximum);
        this.#timer = setTimeout(events.onExpire, Math.max(maximum - margin(maximum), 1));
      },
      Math.max(message - margin(message), 1),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
