import type { StreamedAnswer } from '../../policy/index.ts';

/** Bytes of one message: 64 KiB cost least (docs/notes/envoy.md). */
const PIECE = 64 * 1024;

/** A token bucket. Sending may overdraw it by one piece; the wait follows. */
export class SendRate {
  /** Most bytes of one message: a slow rate is held in small steps. */
  readonly pieceBytes: number;
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  /** `now` in milliseconds of a clock that never goes back. */
  constructor({ bytesPerSecond, burstBytes }: Omit<StreamedAnswer['limits'], 'maxBytes'>, now: number) {
    this.pieceBytes = Math.min(PIECE, Math.ceil(bytesPerSecond / 4));
    this.#perMs = bytesPerSecond / 1000;
    this.#burst = burstBytes;
    this.#tokens = burstBytes;
    this.#at = now;
  }

  /** Milliseconds until the next piece may be sent. */
  wait(now: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens / this.#perMs);
  }

  spend(bytes: number): void {
    this.#tokens -= bytes;
  }
}
