import { charge, type MemoryAccount } from '../../memory-account.ts';
import { bodyTooLarge, PolicyFailure } from '../../policy/index.ts';
import type { Timer, Timing } from '../timing.ts';
import type { OutgoingStream } from './outgoing-stream.ts';
import { SendRate } from './send-rate.ts';
import type { StreamHead } from './stream-head.ts';

/** Bytes of one answer that are on their way to Envoy: with Envoy stopped, no more than that waits here. */
const WINDOW = 256 * 1024;

export interface SenderPorts {
  readonly memory: MemoryAccount;
  readonly timing: Timing;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  writeHead(head: StreamHead, end: boolean): void;
  /** False: wait for `drained`. `onSent`: the bytes have been sent; not called if the call ends before. */
  writePiece(bytes: Uint8Array, end: boolean, onSent: () => void): boolean;
  /** Once. Without a failure `end_of_stream` has been written. Not called after `stop`. */
  ended(failure: PolicyFailure | undefined): void;
}

/** What has been sent so far. */
export interface Progress {
  readonly bytes: number;
  readonly pieces: number;
}

/** Sends one answer piece by piece, no faster than Envoy reads it and its limits allow. */
export class AnswerSender {
  readonly #stream: OutgoingStream;
  readonly #ports: SenderPorts;
  readonly #rate: SendRate;
  #bytes = 0;
  #pieces = 0;
  #underway = 0;
  #blocked = false;
  #stopped = false;
  #timer: Timer | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: OutgoingStream, ports: SenderPorts) {
    this.#stream = stream;
    this.#ports = ports;
    this.#rate = new SendRate(stream.limits, ports.monotonic());
  }

  get progress(): Progress {
    return { bytes: this.#bytes, pieces: this.#pieces };
  }

  start(): void {
    this.#send().then(
      () => this.#end(undefined),
      (error) => this.#end(PolicyFailure.from(error)),
    );
  }

  /** Envoy is ready for more. */
  drained(): void {
    this.#blocked = false;
    this.#goOn();
  }

  /** The rest is not needed: closes its source. */
  stop(): void {
    this.#stopped = true;
    this.#stream.body.stop();
    this.#goOn();
  }

  #end(failure: PolicyFailure | undefined): void {
    if (this.#stopped) return;
    this.stop();
    this.#ports.ended(failure);
  }

  async #send(): Promise<void> {
    const { head, body } = this.#stream;
    if (head.bodiless) {
      this.#ports.writeHead(head, true);
      return;
    }
    const pieces = body[Symbol.asyncIterator]();
    let next = await pieces.next();
    if (this.#stopped) return;
    this.#ports.writeHead(head, next.done === true);
    if (next.done === true) return;
    while (next.done !== true) {
      await this.#sendPiece(next.value);
      if (this.#stopped) return;
      next = await pieces.next();
      if (this.#stopped) return;
    }
    this.#ports.writePiece(NOTHING, true, nobody);
  }

  async #sendPiece(piece: Uint8Array): Promise<void> {
    const { maxBytes } = this.#stream.limits;
    if (this.#bytes + piece.length > maxBytes) {
      throw bodyTooLarge('response', `the streamed answer is over its maxBytes (${maxBytes})`);
    }
    const { memory } = this.#ports;
    charge(memory, piece.length);
    const { pieceBytes } = this.#rate;
    for (let at = 0; at < piece.length; at += pieceBytes) {
      await this.#room();
      if (this.#stopped) break;
      this.#write(piece.subarray(at, at + pieceBytes));
    }
    memory.give(piece.length);
  }

  #write(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#rate.spend(length);
    this.#bytes += length;
    this.#pieces++;
    this.#underway += length;
    const isRoom = this.#ports.writePiece(bytes, false, () => {
      this.#underway -= length;
      this.#goOn();
    });
    if (!isRoom) this.#blocked = true;
  }

  /** Until Envoy is ready for more, and the rate allows it. */
  async #room(): Promise<void> {
    for (;;) {
      if (this.#stopped) return;
      if (this.#blocked || this.#underway >= WINDOW) await this.#pause();
      else {
        const ms = this.#rate.wait(this.#ports.monotonic());
        if (ms === 0) return;
        await this.#pause(ms);
      }
    }
  }

  /** Until something changes, or so much time has passed. */
  #pause(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (ms !== undefined) this.#timer = this.#ports.timing.set(() => this.#goOn(), ms);
    });
  }

  #goOn(): void {
    const wake = this.#wake;
    if (wake === undefined) return;
    this.#wake = undefined;
    this.#ports.timing.clear(this.#timer);
    this.#timer = undefined;
    wake();
  }
}

const NOTHING = new Uint8Array();

function nobody(): void {}
