import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { runLoad } from '../../test/support/load.ts';
import type { Histogram } from '../measure/statistics.ts';
import type { GoPrograms } from './go.ts';

/** The same request repeatedly, one at a time on each connection. */
export interface LoadOrder {
  /** `http://127.0.0.1:PORT/path` */
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** An answer of another length counts as a failure: it came from the wrong place. */
  readonly expectBytes: number;
  readonly connections: number;
  /** How long to send requests; alternatively `requests`: how many in total. */
  readonly seconds?: number;
  readonly requests?: number;
}

export interface LoadOutcome {
  readonly requests: number;
  readonly failures: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** CPU time of the load generator. */
  readonly cpuSeconds: number;
  readonly times: Histogram;
}

export interface LoadGenerator {
  readonly language: 'Go' | 'Node';
  run(order: LoadOrder): Promise<LoadOutcome>;
  stop(): void;
}

export function startLoadGenerator(go: GoPrograms | undefined): LoadGenerator {
  return go === undefined ? { language: 'Node', run: runOnNode, stop: () => undefined } : startGo(go.path('load'));
}

interface GoResult extends Omit<LoadOutcome, 'times'> {
  readonly buckets: Readonly<Record<string, number>>;
}

function startGo(program: string): LoadGenerator {
  const child: ChildProcess = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('the load generator has no pipes');
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  createInterface({ input: stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  child.on('exit', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('the load generator ended'));
  });
  return {
    language: 'Go',
    async run(order) {
      const line = await new Promise<string>((resolve, reject) => {
        waiting.push({ resolve, reject });
        stdin.write(`${JSON.stringify(order)}\n`);
      });
      const { buckets, ...outcome } = JSON.parse(line) as GoResult;
      return { ...outcome, times: new Map(Object.entries(buckets).map(([bucket, count]) => [Number(bucket), count])) };
    },
    stop: () => void child.kill(),
  };
}

async function runOnNode({ url, method, headers, body, expectBytes, ...order }: LoadOrder): Promise<LoadOutcome> {
  const result = await runLoad({ url, method, headers, body, expectBytes, ...order });
  const { requests, failures, statuses, errors, seconds, cpuSeconds, buckets } = result;
  const { 200: _, ...others } = statuses;
  const bad = Object.entries(others).map(([status, count]) => [`status ${status}`, count] as const);
  const times = new Map([...buckets.entries()].filter(([, count]) => count > 0));
  return { requests, failures, reasons: { ...errors, ...Object.fromEntries(bad) }, seconds, cpuSeconds, times };
}
