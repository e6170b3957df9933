import { readFileSync } from 'node:fs';
import { startEnvironment } from '../test/support/environment.ts';
import { runLoad } from '../test/support/load.ts';
import { type SteadyLambda, startSteadyLambda } from '../test/support/steady-lambda.ts';
import { cpuMicros } from './cpu.ts';

export interface WorkersBenchRow {
  readonly workers: number;
  readonly requestsPerSecond: number;
  /** CPU of all workers for one request, user and system. */
  readonly cpuMicros: number;
  /** How much of one core each worker had. */
  readonly busy: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface WorkersBenchOptions {
  readonly seconds: number;
  readonly rounds: number;
}

const connections = 64;

/**
 * One worker on one socket against two on two, through a real Envoy. Envoy, the load and the Lambda run on the same
 * machine: only with cores to spare do two workers reach twice the throughput; what they have of their cores tells.
 */
export async function run({ seconds, rounds }: WorkersBenchOptions): Promise<readonly WorkersBenchRow[]> {
  const lambda = await startSteadyLambda();
  try {
    const rows: WorkersBenchRow[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const workers of [1, 2]) rows.push(await measure(lambda, workers, seconds));
    }
    return [1, 2].flatMap((workers) => median(rows.filter((row) => row.workers === workers)));
  } finally {
    await lambda.stop();
  }
}

function median(rows: readonly WorkersBenchRow[]): readonly WorkersBenchRow[] {
  const middle = Math.floor(rows.length / 2);
  return rows.toSorted((a, b) => a.requestsPerSecond - b.requestsPerSecond).slice(middle, middle + 1);
}

async function measure(lambda: SteadyLambda, workers: number, seconds: number): Promise<WorkersBenchRow> {
  const configuration = {
    function: 'f',
    region: 'us-east-1',
    endpoint: lambda.endpoint,
    accessKey: 'AKIDEXAMPLE',
    secretKey: 'secret',
    payload: '{"a":1}',
    sendToConsumer: true,
  };
  const environment = await startEnvironment({
    policies: { version: 1, apis: { answers: { request: [{ configuration }] } } },
    apis: ['answers'],
    envoy: { accessLog: false, sidecarCluster: { lb_policy: 'LEAST_REQUEST' } },
    built: true,
    workers,
  });
  try {
    const url = `${environment.envoy.url}/answers`;
    // Two workers share what warms them up.
    await runLoad({ url, connections, seconds: (seconds / 2) * workers });
    const pids = workerPids(environment.sidecar.pid);
    const before = pids.map(cpuMicros);
    const result = await runLoad({ url, connections, seconds });
    if (result.failures > 0) throw new Error(`${result.failures} of ${result.requests} requests failed`);
    const used = pids.map((pid, index) => cpuMicros(pid) - (before[index] ?? 0)).reduce((a, b) => a + b, 0);
    return {
      workers,
      requestsPerSecond: result.requestsPerSecond,
      cpuMicros: used / result.requests,
      busy: used / 1e6 / result.seconds / workers,
      p50Ms: result.p50,
      p99Ms: result.p99,
    };
  } finally {
    await environment.stop();
  }
}

/** The supervisor's children; a server with one worker is that worker itself. */
function workerPids(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? [pid] : children.split(' ').map(Number);
}
