import { Metadata } from '@grpc/grpc-js';
import type { Peer, ProcessingResponse } from '../../ext-proc/index.ts';
import { EnvoyRejection } from './rejection.ts';

/** A stream in which nothing happens is a bug: whatever waits for it must get an error. */
const PATIENCE_MS = 10_000;

/** Envoy's end of one gRPC stream: the sidecar's replies, in order. */
export class ReplyQueue implements Peer {
  readonly metadata = new Metadata();
  readonly authority: string;
  /** All replies, including those that Envoy acts on at once. */
  readonly replies: ProcessingResponse[] = [];
  readonly #waitsForever: boolean;
  #read = 0;
  #failure: EnvoyRejection | undefined;
  #wake: (() => void) | undefined;

  /** `authority`: the gRPC call's. `waitsForever`: functions are called for real, and take the time that they take. */
  constructor(metadata: ReadonlyMap<string, string>, authority: string, waitsForever = false) {
    this.authority = authority;
    this.#waitsForever = waitsForever;
    for (const [name, value] of metadata) this.metadata.set(name, value);
  }

  sendInitialMetadata(): void {}

  write(reply: ProcessingResponse, onSent?: () => void): boolean {
    this.replies.push(reply);
    onSent?.();
    this.#wake?.();
    return true;
  }

  pause(): void {}

  resume(): void {}

  fail(status: string, details: string): void {
    this.#failure = new EnvoyRejection(`the stream ended with ${status}: ${details}`);
    this.#wake?.();
  }

  /** The next reply to a message; a request for more time does not count. Rejects with EnvoyRejection if the stream fails. */
  async next(): Promise<ProcessingResponse> {
    for (;;) {
      const reply = this.replies[this.#read];
      if (reply !== undefined) {
        this.#read++;
        if (reply.override_message_timeout === undefined) return reply;
      } else {
        if (this.#failure !== undefined) throw this.#failure;
        await this.#wait();
      }
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#waitsForever ? undefined : setTimeout(() => reject(new Error(SILENT)), PATIENCE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}

const SILENT = `the policies gave no answer within ${PATIENCE_MS / 1000} s`;
