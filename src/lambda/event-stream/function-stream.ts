import { type MemoryAccount, NoRoomError, unlimitedMemory } from '../../memory-account.ts';
import { abortedError } from '../deadline.ts';
import { InvocationError, type InvocationErrorOptions } from '../invocation-error.ts';
import type { InvocationFailure } from '../invocation-failures.ts';
import { startTimer } from '../timer.ts';
import type { ArrivingBody } from '../transport/passed-on-answer.ts';
import type { StreamedBody, StreamingTimes } from '../types.ts';
import { type Frame, FrameDecoder } from './frame-decoder.ts';
import { FrameError } from './frame-error.ts';
import { StreamDeadlines } from './stream-deadlines.ts';
import { readEvent, type StreamEnd, type StreamEvent } from './stream-event.ts';

export interface StreamFacts {
  readonly times: StreamingTimes;
  readonly requestId: string | undefined;
  readonly attempts: number;
  /** The tail of the log was asked for. */
  readonly logTail: boolean;
  readonly memory: MemoryAccount | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What waits between the connection and the reader: the queue of PassedOnAnswer, and one more read of the socket. */
const QUEUED_BYTES = 128 * 1024;
/** The time the connection may take to end after the last event, so that it can serve another request. */
const LINGER_MS = 1_000;

const done: IteratorResult<Uint8Array> = { done: true, value: undefined };

/** A function's result while it arrives as an event stream. Bytes that wait for the reader are charged to the account. */
export class FunctionStream implements StreamedBody {
  readonly #source: ArrivingBody;
  readonly #facts: StreamFacts;
  readonly #memory: MemoryAccount;
  readonly #decoder: FrameDecoder;
  readonly #onAbort: () => void;
  #queueTaken = 0;
  /** The remaining pieces of the chunk that is read. */
  #pieces: readonly Uint8Array[] = [];
  #piece = 0;
  /** From the first chunk on. */
  #deadlines: StreamDeadlines | undefined;
  #isOver = false;
  /** The error that ended the stream, until the reader gets it. */
  #untold: InvocationError | undefined;
  #outcome: InvocationError | undefined;
  #listener: ((error: InvocationError | undefined) => void) | undefined;
  #logTail: string | undefined;

  constructor(source: ArrivingBody, facts: StreamFacts) {
    const { memory, signal } = facts;
    this.#source = source;
    this.#facts = facts;
    this.#memory = memory ?? unlimitedMemory;
    this.#decoder = new FrameDecoder(this.#memory);
    this.#onAbort = () => this.#breakOff(abortedError(signal?.reason, facts.attempts, true));
    signal?.addEventListener('abort', this.#onAbort);
  }

  get logTail(): string | undefined {
    return this.#logTail;
  }

  /** Waits for the first chunk, or a good end. Rejects with an InvocationError, and closes the connection then. */
  async begin(): Promise<void> {
    if (this.#memory.take(QUEUED_BYTES)) this.#queueTaken = QUEUED_BYTES;
    else throw this.#failed(new NoRoomError(this.#memory.shortage));
    try {
      await this.#advance(true);
    } catch (error) {
      throw this.#failed(error);
    }
    this.#tell();
    if (this.#isOver) return;
    this.#source.untimed();
    this.#deadlines = new StreamDeadlines(this.#facts.times, (failure, message) =>
      this.#breakOff(this.#failure(failure, { message })),
    );
  }

  /** Calls back once when the stream has ended (at once if it has), with its error. A reader that stopped is an abort. */
  onOver(listener: (error: InvocationError | undefined) => void): void {
    if (this.#isOver) listener(this.#outcome);
    else this.#listener = listener;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const piece = this.#takePiece();
    return piece === undefined ? this.#read() : Promise.resolve({ done: false, value: piece });
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.stop();
    return Promise.resolve(done);
  }

  stop(): void {
    this.#untold = undefined;
    if (this.#isOver) return;
    this.#end(abortedError(new Error('the reader stopped'), this.#facts.attempts, true));
    this.#source.stop();
  }

  async #read(): Promise<IteratorResult<Uint8Array>> {
    try {
      await this.#advance(false);
    } catch (error) {
      this.#untold = undefined;
      throw this.#failed(error);
    }
    const piece = this.#takePiece();
    if (piece !== undefined) return { done: false, value: piece };
    this.#tell();
    return done;
  }

  /** Throws the error that ended the stream, once. */
  #tell(): void {
    const error = this.#untold;
    this.#untold = undefined;
    if (error !== undefined) throw error;
  }

  /** Waits until there are pieces, the stream is over, or a chunk without bytes came. */
  async #advance(emptyToo: boolean): Promise<void> {
    while (!this.#isOver) {
      const frame = this.#decoder.next();
      if (frame === undefined) {
        await this.#fetch();
        continue;
      }
      const event = this.#eventOf(frame);
      if (event.kind === 'chunk') {
        this.#pieces = event.pieces;
        this.#piece = 0;
        if (emptyToo || event.pieces.length > 0) return;
        continue;
      }
      if (event.kind === 'end') return this.#finish(event);
      if (event.kind === 'error') {
        const { name, message } = event;
        const text = message === undefined ? '' : `: ${message}`;
        throw this.#failure('stream-error', { message: `${name} in the stream${text}`, errorType: name });
      }
    }
  }

  /** Only the pieces of a chunk stay charged to the account. */
  #eventOf(frame: Frame): StreamEvent {
    let event: StreamEvent | undefined;
    try {
      event = readEvent(frame);
      return event;
    } finally {
      if (event?.kind !== 'chunk') for (const { byteLength } of frame.payload) this.#memory.give(byteLength);
    }
  }

  /** Gives the decoder what comes next. */
  async #fetch(): Promise<void> {
    this.#deadlines?.wait();
    const { done: ended, value } = await this.#source.next();
    this.#deadlines?.arrived();
    if (this.#isOver) return;
    if (ended === true) {
      const where = this.#decoder.isCut ? 'within a frame' : 'without its last event';
      throw this.#failure('stream-broken', { message: `the stream ended ${where}` });
    }
    this.#decoder.push(value);
  }

  #takePiece(): Uint8Array | undefined {
    const piece = this.#pieces[this.#piece];
    if (piece === undefined) return undefined;
    this.#piece++;
    this.#memory.give(piece.byteLength);
    return piece;
  }

  #finish({ errorCode, errorDetails, logTail }: StreamEnd): void {
    const tail = this.#facts.logTail ? logTail : undefined;
    void this.#linger();
    if (errorCode === undefined) {
      this.#logTail = tail;
      this.#end(undefined);
      return;
    }
    const details = errorDetails === undefined ? '' : `: ${errorDetails}`;
    const message = `the function failed: ${errorCode}${details}`;
    this.#untold = this.#failure('function-failed', { message, errorType: errorCode, logTail: tail });
    this.#end(this.#untold);
  }

  /** Lets the connection end. Further data is not read. */
  async #linger(): Promise<void> {
    const cancel = startTimer(LINGER_MS, () => this.#source.stop());
    try {
      if ((await this.#source.next()).done !== true) this.#source.stop();
    } catch {
      // The result is whole.
    } finally {
      cancel();
    }
  }

  /** While nobody may be reading. */
  #breakOff(error: InvocationError): void {
    if (this.#isOver) return;
    this.#untold = error;
    this.#end(error);
    this.#source.stop();
  }

  /** The error that the reader gets if reading fails, which ends the stream. */
  #failed(error: unknown): InvocationError {
    if (this.#isOver) return this.#outcome ?? this.#named(error);
    const named = this.#named(error);
    this.#end(named);
    this.#source.stop();
    return named;
  }

  #named(error: unknown): InvocationError {
    if (error instanceof NoRoomError) return this.#failure('no-room', { message: error.message });
    if (error instanceof FrameError) {
      return this.#failure('stream-broken', { message: `not an event stream: ${error.message}` });
    }
    const isFailure = error instanceof InvocationError;
    // Before the first chunk it is a failure as of any invocation.
    if (isFailure && (error.kind !== 'connection' || this.#deadlines === undefined)) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return this.#failure('stream-broken', { message: reason, cause: error });
  }

  #failure(failure: InvocationFailure, options: InvocationErrorOptions): InvocationError {
    const { requestId, attempts } = this.#facts;
    return new InvocationError(failure, { requestId, attempts, ...options });
  }

  #end(error: InvocationError | undefined): void {
    this.#isOver = true;
    this.#outcome = error;
    this.#deadlines?.stop();
    this.#facts.signal?.removeEventListener('abort', this.#onAbort);
    this.#decoder.drop();
    while (this.#takePiece() !== undefined);
    this.#memory.give(this.#queueTaken);
    this.#queueTaken = 0;
    this.#listener?.(error);
  }
}
