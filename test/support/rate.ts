import { Worker } from 'node:worker_threads';

export interface RateOptions {
  /** `http://127.0.0.1:PORT/path`; plain HTTP/1.1 only. */
  readonly url: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** Each at most one request at a time. What is due while all are busy waits, and its time counts. */
  readonly maxConnections: number;
}

export interface RateResult {
  /** As many as were due; each has an answer or an error. */
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without an answer, by the reason. */
  readonly errors: Readonly<Record<string, number>>;
  /** Answers other than 200, and requests without an answer. */
  readonly failures: number;
  /** Requests that were sent and had no answer when the first failure came, that one included; 0 without a failure. */
  readonly inFlightAtFirstFailure: number;
  /** Failures of requests that were sent after it. */
  readonly failuresSentLater: number;
  /** Answered or failed in a second, over the whole run. */
  readonly perSecond: number;
  readonly connections: number;
  /** Milliseconds from when the request was due. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Requests without an answer so long after the last one was sent. */
export const UNANSWERED_AFTER_MS = 60_000;

/**
 * Sends requests at a rate, however slow the answers are: what callers do while a server is in trouble. Each carries an
 * `x-load-id` of its own. In a thread of its own.
 */
export function runRate(options: RateOptions): Promise<RateResult> {
  return startRate(options).result;
}

/** Callers of a service whose endpoints change. */
export interface RunningRate {
  readonly result: Promise<RateResult>;
  /**
   * New connections go to these URLs in turn, as those to a service do. Connections to another one stay until its answer
   * says that it closes; what is idle is closed, as callers do after a while.
   */
  endpoints(urls: readonly string[]): void;
}

/** As runRate, to `url` until other endpoints are told. */
export function startRate(options: RateOptions): RunningRate {
  const worker = new Worker(new URL('./rate-worker.ts', import.meta.url), { workerData: options });
  const result = new Promise<RateResult>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return { result, endpoints: (urls) => worker.postMessage(urls) };
}
