import type { HeldBytes } from './held-bytes.ts';

/** Smaller ones are part of what a stream takes anyway. */
const COUNTED = 16 * 1024;
/** This much of a stream may be unread in any case: the window that HTTP/2 grants it. */
const WINDOW = 64 * 1024;

/** Messages of one stream that gRPC collects, or has whole and has not handed over: the large ones are counted. */
export class IncomingMessages {
  readonly #held: HeldBytes;
  #begun = 0;
  #handedOver = 0;
  #taken: { readonly index: number; readonly bytes: number }[] = [];
  #refused = false;

  constructor(held: HeldBytes) {
    this.#held = held;
  }

  /**
   * A message of this many bytes begins. False: there is no room for it, and it must not be collected. `awaited`: policies wait for
   * it. If not, reading from Envoy stops when there is no room, and the little that arrives until then is no reason to fail.
   */
  begin(bytes: number, awaited: boolean): boolean {
    if (bytes > COUNTED) {
      this.#refused = !this.#held.takeComing(bytes, !awaited && bytes <= WINDOW);
      if (this.#refused) return false;
      this.#taken.push({ index: this.#begun, bytes });
    }
    this.#begun++;
    return true;
  }

  /** The next whole message is handed over: what was taken for it. */
  handOver(): number {
    const [first] = this.#taken;
    if (first?.index !== this.#handedOver++) return 0;
    this.#taken.shift();
    this.#held.endComing(first.bytes);
    return first.bytes;
  }

  /** A message was refused, and all before it have been handed over. */
  get isRefusedNow(): boolean {
    return this.#refused && this.#handedOver >= this.#begun;
  }

  /** Nothing more will be handed over. */
  drop(): void {
    for (const { bytes } of this.#taken.splice(0)) {
      this.#held.endComing(bytes);
      this.#held.give(bytes);
    }
  }
}
