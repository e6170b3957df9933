import { Worker } from 'node:worker_threads';

/** How the Lambda behaves from now on. */
export interface Trouble {
  /** Answers nothing until it is told otherwise; then what waits is answered. */
  readonly hangs?: boolean;
  /** Which share of the requests has its connection reset, half of them before and half after the function ran. */
  readonly resetShare?: number;
  /** Refuses new connections, and closes each connection that is open after its next answer. */
  readonly refuses?: boolean;
}

export interface TroubledLambda {
  readonly endpoint: string;
  become(trouble: Trouble): void;
  counts(): Promise<LambdaCounts>;
  stop(): Promise<void>;
}

export interface LambdaCounts {
  /** Distinct ids for which the function ran. */
  readonly ran: number;
  /** Ids for which it ran more than once. */
  readonly twice: number;
  readonly resets: number;
  /** Requests that it has read and not answered. */
  readonly waiting: number;
  readonly connections: number;
}

/**
 * A Lambda that takes 5 ms, counts how often it ran for the `id` of each payload, and gets into trouble when told. In a
 * thread of its own: for load, where the sidecar is what counts. Signatures are not looked at.
 */
export async function startTroubledLambda(): Promise<TroubledLambda> {
  const worker = new Worker(new URL('./troubled-lambda-worker.ts', import.meta.url));
  const next = <T>() => new Promise<T>((resolve) => worker.once('message', resolve));
  const { port } = await next<{ port: number }>();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    become: (trouble) => worker.postMessage({ trouble }),
    counts() {
      const answer = next<LambdaCounts>();
      worker.postMessage('counts');
      return answer;
    },
    async stop() {
      await worker.terminate();
    },
  };
}
