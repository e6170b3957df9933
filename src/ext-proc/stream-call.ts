import { Metadata, type ServerInterceptingCallInterface, status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { askBeforeMessages } from './message-decoder.ts';
import type { ProcessingStream } from './stream.ts';
import type { Peer } from './stream-context.ts';
import type { Streams } from './streams.ts';
import type { ProcessingResponse, Received } from './wire/index.ts';

/** grpc-js says by itself that it takes gzip; such streams are refused. */
const INITIAL = new Metadata();
INITIAL.set('grpc-accept-encoding', 'identity');

/** Unsent messages at which a writer must wait: as many as in a stream of grpc-js. */
const MOST_UNSENT = 16;

type Status = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];
const OK: Status = { code: status.OK, details: 'OK' };

/** One gRPC call of Envoy, which is one stream. It receives the call's events, and is the peer to which the stream replies. */
export class StreamCall implements Peer {
  readonly metadata: Metadata;
  readonly #call: ServerInterceptingCallInterface;
  readonly #logger: Logger;
  readonly #stream: ProcessingStream;
  #initialMetadataSent = false;
  #isPaused = false;
  #isReading = false;
  #readsAgain = false;
  #unsent = 0;
  #needsDrain = false;
  #isEnded = false;

  constructor(call: ServerInterceptingCallInterface, metadata: Metadata, streams: Streams, logger: Logger) {
    this.#call = call;
    this.metadata = metadata;
    this.#logger = logger;
    const stream = streams.open(this);
    this.#stream = stream;
    askBeforeMessages(call, (bytes) => stream.begin(bytes));
    this.#read();
  }

  onReceiveMessage(message: Received): void {
    this.#stream.receive(message);
    this.#read();
  }

  onReceiveHalfClose(): void {
    this.#stream.close();
    // With graceful close Envoy waits for this for a second.
    this.#end(OK);
  }

  /** The client has reset the stream, or it is over. */
  onCancel(): void {
    this.#stream.close();
  }

  get authority(): string {
    return this.#call.getHost();
  }

  sendInitialMetadata(): void {
    if (this.#initialMetadataSent) return;
    this.#initialMetadataSent = true;
    this.#call.sendMetadata(INITIAL);
  }

  write(reply: ProcessingResponse, onSent?: () => void): boolean {
    this.sendInitialMetadata();
    this.#unsent++;
    if (this.#unsent >= MOST_UNSENT) this.#needsDrain = true;
    const isRoom = this.#unsent < MOST_UNSENT;
    this.#call.sendMessage(reply, () => this.#sent(onSent));
    return isRoom;
  }

  #sent(onSent: (() => void) | undefined): void {
    this.#unsent--;
    if (this.#needsDrain && this.#unsent === 0) {
      this.#needsDrain = false;
      this.#stream.drained();
    }
    onSent?.();
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** Reads in a later tick, because the caller may be handling a message. */
  resume(): void {
    if (!this.#isPaused || this.#needsDrain) return;
    this.#isPaused = false;
    process.nextTick(() => this.#read());
  }

  fail(code: 'INVALID_ARGUMENT' | 'INTERNAL', details: string): void {
    this.#end({ code: status[code], details });
    this.#logger.debug({ code, details }, 'gRPC stream ended with an error');
    this.#stream.close();
  }

  /** Requests the next message. grpc-js passes on one that is already there within `startRead`; a loop, because there may be thousands. */
  #read(): void {
    if (this.#isReading) {
      this.#readsAgain = true;
      return;
    }
    this.#isReading = true;
    try {
      do {
        this.#readsAgain = false;
        if (!this.#isPaused) this.#call.startRead();
      } while (this.#readsAgain);
    } finally {
      this.#isReading = false;
    }
  }

  #end(outcome: Status): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#call.sendStatus(outcome);
  }
}
