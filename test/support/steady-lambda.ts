import { Worker } from 'node:worker_threads';

/** A Lambda that answers `{"ok":true}` at once, in a thread of its own: for load, where the sidecar is what counts. */
export interface SteadyLambda {
  readonly endpoint: string;
  /** Invocations so far. */
  calls(): Promise<number>;
  stop(): Promise<void>;
}

export async function startSteadyLambda(): Promise<SteadyLambda> {
  const worker = new Worker(new URL('./steady-lambda-worker.ts', import.meta.url));
  const next = <T>() => new Promise<T>((resolve) => worker.once('message', resolve));
  const { port } = await next<{ port: number }>();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async calls() {
      const answer = next<{ calls: number }>();
      worker.postMessage('calls');
      return (await answer).calls;
    },
    async stop() {
      await worker.terminate();
    },
  };
}
