import { Worker } from 'node:worker_threads';

export interface LoadOptions {
  /** `http://127.0.0.1:PORT/path`; plain HTTP/1.1 only. */
  readonly url: string;
  readonly connections: number;
  /** How many requests in all, or for how long; exactly one of the two. */
  readonly requests?: number;
  readonly seconds?: number;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What is no failure; 200 by default. */
  readonly expectStatus?: number;
  /** An answer with a body of another length is a failure too, as the error `a body of N bytes`. */
  readonly expectBytes?: number;
}

export interface LoadResult {
  readonly requests: number;
  /** Answers with another status than expected, and requests without an answer. */
  readonly failures: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without an answer, by the reason. */
  readonly errors: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly requestsPerSecond: number;
  /** Milliseconds, exact to 1 %. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** Answers by time: the bucket at N has those from 1.01^N microseconds on. */
  readonly buckets: Float64Array;
  /** User and system time that making the load took, in seconds of CPU. */
  readonly cpuSeconds: number;
}

/**
 * Sends the same request over and over, one at a time on each connection. It runs in a thread of its own, so that
 * neither a sidecar nor a backend in this process distorts the times.
 */
export function runLoad(options: LoadOptions): Promise<LoadResult> {
  if ((options.requests === undefined) === (options.seconds === undefined)) {
    throw new TypeError('exactly one of requests and seconds');
  }
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./load-worker.ts', import.meta.url), { workerData: options });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
