import type { Dispatcher } from 'undici';
import { InvocationError, type InvocationErrorKind } from '../invocation-error.ts';
import type { Answer, AnswerHeaders } from './answer.ts';

export interface OutgoingRequest {
  readonly origin: string;
  readonly path: string;
  /** Name, value, name, value … */
  readonly headers: string[];
  readonly body: Uint8Array | undefined;
}

/** Durations in milliseconds; Infinity is off. */
export interface ExchangeLimits {
  /** Until a connection is there, whether a new one or one that others use. */
  readonly connectionMs: number;
  /** Twice: from the request's last byte to the answer's head, and from there to the answer's end. */
  readonly readMs: number;
  readonly attemptMs: number;
  /** When the whole call ends, by `performance.now()`. */
  readonly callEnd: number;
  readonly maxAnswerBytes: number;
  readonly attempt: number;
}

/** Timers beyond this are set in steps. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * One request and its answer on a connection of the dispatcher. Rejects with an InvocationError whose `mayHaveRun` tells
 * whether a byte was sent. A timeout or an abort closes the connection: HTTP/1.1 has no other way to take a request back.
 *
 * One timer serves all deadlines: it is set for the nearest one that can occur at all and looks again when it fires, so
 * that an exchange that goes well sets and clears a timer once.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: OutgoingRequest,
  limits: ExchangeLimits,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(limits, signal, resolve, reject);
    if (handler.settled) return;
    const { origin, path, headers, body } = request;
    try {
      dispatcher.dispatch({ origin, path, method: 'POST', headers, body: body ?? null }, handler);
    } catch (error) {
      handler.onResponseError(undefined, error as Error);
    }
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  settled = false;
  readonly #limits: ExchangeLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: InvocationError) => void;
  readonly #started = performance.now();
  readonly #onAbort: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #sentAt: number | undefined;
  #headAt: number | undefined;
  #status = 0;
  #headers: AnswerHeaders = {};
  #first: Buffer | undefined;
  #rest: Buffer[] | undefined;
  #bytes = 0;

  constructor(
    limits: ExchangeLimits,
    signal: AbortSignal | undefined,
    resolve: (answer: Answer) => void,
    reject: (error: InvocationError) => void,
  ) {
    this.#limits = limits;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal !== undefined) {
      if (signal.aborted) {
        this.#fail('aborted', 'the caller went away', 'Aborted', signal.reason);
        return;
      }
      this.#onAbort = () => this.#fail('aborted', 'the caller went away', 'Aborted', signal.reason);
      signal.addEventListener('abort', this.#onAbort);
    }
    const { connectionMs, readMs, attemptMs, callEnd } = limits;
    this.#arm(Math.min(connectionMs, readMs, attemptMs, callEnd - this.#started));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Thrown, undici drops the request before a byte of it is written; aborted, it would close the good connection too.
    if (this.settled) throw noLongerWanted;
    this.#controller = controller;
    this.#sentAt = performance.now();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    // 1xx are no answers yet.
    if (status < 200 || this.settled) return;
    this.#headAt = performance.now();
    this.#status = status;
    this.#headers = headers;
    const { maxAnswerBytes } = this.#limits;
    if (Number(headers['content-length']) > maxAnswerBytes) this.#refuseSize();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.#limits.maxAnswerBytes) {
      this.#refuseSize();
    } else if (this.#first === undefined) {
      this.#first = chunk;
    } else {
      this.#rest ??= [this.#first];
      this.#rest.push(chunk);
    }
  }

  onResponseEnd(): void {
    if (this.settled) return;
    this.#settle();
    const body = this.#rest === undefined ? (this.#first ?? EMPTY) : Buffer.concat(this.#rest, this.#bytes);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.settled) return;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'UND_ERR_CONNECT_TIMEOUT') {
      this.#fail('timeout', error.message, 'Connection timeout', error);
    } else if (code === 'UND_ERR_INVALID_ARG' && this.#sentAt === undefined) {
      this.#fail('configuration', `the request is invalid: ${error.message}`, 'Invalid request', error);
    } else {
      if (isWriteFailure(error)) this.#sentAt = undefined;
      const what = this.#sentAt === undefined ? 'no usable connection' : 'the connection broke';
      this.#fail('connection', `${what}: ${reasonOf(error)}`, 'Connection failed', error);
    }
  }

  #arm(milliseconds: number): void {
    if (milliseconds === Number.POSITIVE_INFINITY) return;
    const delay = Math.min(Math.max(Math.ceil(milliseconds), 1), MAX_TIMER_MS);
    this.#timer = setTimeout(checkDeadlines, delay, this);
  }

  checkDeadlines(): void {
    const { connectionMs, readMs, attemptMs, callEnd } = this.#limits;
    const now = performance.now();
    const attemptEnd = this.#started + attemptMs;
    let stageEnd = this.#started + connectionMs;
    if (this.#headAt !== undefined) stageEnd = this.#headAt + readMs;
    else if (this.#sentAt !== undefined) stageEnd = this.#sentAt + readMs;
    if (now >= callEnd) {
      this.#fail('timeout', 'the call took longer than apiCallTimeoutMs', 'Timeout');
    } else if (now >= attemptEnd) {
      this.#fail('timeout', `no answer within apiCallAttemptTimeoutMs (${attemptMs} ms)`, 'Timeout');
    } else if (now < stageEnd) {
      this.#arm(Math.min(callEnd, attemptEnd, stageEnd) - now);
    } else if (this.#sentAt === undefined) {
      this.#fail('timeout', `no connection was free within ${connectionMs} ms`, 'Connection timeout');
    } else {
      const what = this.#headAt === undefined ? 'no answer' : 'the answer was not whole';
      this.#fail('timeout', `${what} within readTimeoutMs (${readMs} ms)`, 'Read timeout');
    }
  }

  #refuseSize(): void {
    const { maxAnswerBytes } = this.#limits;
    this.#fail('answer-too-large', `the answer is larger than ${maxAnswerBytes} bytes`, 'Answer too large');
  }

  #fail(kind: InvocationErrorKind, message: string, details: string, cause?: unknown): void {
    this.#settle();
    this.#reject(
      new InvocationError({
        kind,
        message,
        attempts: this.#limits.attempt,
        mayHaveRun: this.#sentAt !== undefined,
        details: `Service: Lambda, ${details}`,
        cause,
      }),
    );
    this.#controller?.abort(new Error(details));
  }

  #settle(): void {
    this.settled = true;
    clearTimeout(this.#timer);
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

const EMPTY = Buffer.alloc(0);
const noLongerWanted = new Error('no longer wanted');

function checkDeadlines(handler: ExchangeHandler): void {
  handler.checkDeadlines();
}

/**
 * The kernel did not take the request, or not all of it: the other side had closed an idle connection. The service checks
 * the hash of the whole payload before it does anything, so that nothing can have run.
 */
function isWriteFailure(error: Error): boolean {
  const { syscall, code } = error as NodeJS.ErrnoException;
  return syscall === 'write' && (code === 'ECONNRESET' || code === 'EPIPE');
}

/** Node's text of what went wrong, with the code that operators search for. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const text =
    error.message === '' && error instanceof AggregateError ? String(error.errors[0]?.message) : error.message;
  return code === undefined || text.includes(code) ? text : `${text} (${code})`;
}
