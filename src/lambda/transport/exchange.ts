import type { Dispatcher } from 'undici';
import { abortedError } from '../deadline.ts';
import { InvocationError } from '../invocation-error.ts';
import type { InvocationFailure } from '../invocation-failures.ts';
import type { AnswerHeaders } from './answer.ts';
import type { AnswerSink, RunningExchange } from './answer-sink.ts';
import { isWriteFailure, reasonOf } from './connection-failure.ts';
import { type DeadlineLimits, type DeadlineListener, ExchangeDeadlines } from './exchange-deadlines.ts';

export interface OutgoingRequest {
  readonly origin: string;
  readonly path: string;
  /** Name, value, name, value … */
  readonly headers: string[];
  readonly body: Uint8Array | undefined;
}

export interface ExchangeLimits extends DeadlineLimits {
  readonly attempt: number;
}

/**
 * One request and its answer on a connection of the dispatcher; the sink receives the answer. Rejects with an
 * InvocationError whose `mayHaveRun` says whether a byte was sent. A timeout, an abort and a sink that needs no more close
 * the connection: HTTP/1.1 has no other way to cancel a request.
 */
export function exchange<T>(
  dispatcher: Dispatcher,
  request: OutgoingRequest,
  limits: ExchangeLimits,
  signal: AbortSignal | undefined,
  sink: AnswerSink<T>,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(abortedError(signal.reason, limits.attempt, false));
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(limits, signal, sink, resolve, reject);
    const { origin, path, headers, body } = request;
    try {
      dispatcher.dispatch({ origin, path, method: 'POST', headers, body: body ?? null }, handler);
    } catch (error) {
      handler.onResponseError(undefined, error as Error);
    }
  });
}

class ExchangeHandler<T> implements Dispatcher.DispatchHandler, DeadlineListener, RunningExchange {
  readonly #attempt: number;
  readonly #signal: AbortSignal | undefined;
  readonly #sink: AnswerSink<T>;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  readonly #deadlines: ExchangeDeadlines;
  readonly #onAbort: (() => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  /** A byte may have been sent. */
  #sent = false;
  /** The promise has its value; what follows is for the sink. */
  #resolved = false;
  #settled = false;

  constructor(
    limits: ExchangeLimits,
    signal: AbortSignal | undefined,
    sink: AnswerSink<T>,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.#attempt = limits.attempt;
    this.#signal = signal;
    this.#sink = sink;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal !== undefined) {
      this.#onAbort = () => this.#fail(abortedError(signal.reason, this.#attempt, this.#sent));
      signal.addEventListener('abort', this.#onAbort);
    }
    this.#deadlines = new ExchangeDeadlines(limits, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // If this throws, undici drops the request before it writes a byte; an abort would close the good connection too.
    if (this.#settled) throw noLongerWanted;
    this.#controller = controller;
    this.#sent = true;
    this.#deadlines.enter('head');
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    // 1xx are not final answers.
    if (status < 200 || this.#settled) return;
    const value = this.#sink.head(status, headers, this);
    if (value === undefined) this.#deadlines.enter('whole-body');
    else this.#deadlines.rename('first-piece');
    if (value === undefined) return;
    this.#resolved = true;
    this.#resolve(value);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#settled) this.#sink.piece(chunk);
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    this.#settle();
    try {
      const value = this.#sink.end();
      if (value !== undefined) this.#resolve(value);
    } catch (error) {
      this.#sink.fail(error, this.#resolved);
      this.#reject(error);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#settled) return;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'UND_ERR_CONNECT_TIMEOUT') {
      this.#failAs('connection-timeout', error.message, error);
    } else if (code === 'UND_ERR_INVALID_ARG' && !this.#sent) {
      this.#failAs('invalid-request', `the request is invalid: ${error.message}`, error);
    } else {
      if (isWriteFailure(error)) this.#sent = false;
      const what = this.#sent ? 'the connection broke' : 'no usable connection';
      this.#failAs('connection-failed', `${what}: ${reasonOf(error)}`, error);
    }
  }

  expired(failure: InvocationFailure, message: string): void {
    this.#failAs(failure, message);
  }

  refuse(failure: InvocationFailure, message: string): void {
    if (!this.#settled) this.#failAs(failure, message);
  }

  stop(): void {
    if (this.#settled) return;
    this.#settle();
    this.#controller?.abort(noLongerWanted);
  }

  untimed(): void {
    this.#deadlines.stop();
  }

  pause(): void {
    if (!this.#settled) this.#controller?.pause();
  }

  resume(): void {
    if (!this.#settled) this.#controller?.resume();
  }

  #failAs(failure: InvocationFailure, message: string, cause?: unknown): void {
    const options = { message, attempts: this.#attempt, mayHaveRun: this.#sent, cause };
    this.#fail(new InvocationError(failure, options));
  }

  #fail(error: InvocationError): void {
    this.#settle();
    this.#sink.fail(error, this.#resolved);
    if (!this.#resolved) this.#reject(error);
    this.#controller?.abort(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#deadlines.stop();
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

const noLongerWanted = new Error('no longer wanted');
