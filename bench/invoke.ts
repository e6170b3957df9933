import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { backendAnswer, functionAnswer, tieredAnswer } from './cases.ts';
import type { Measurement } from './invoke-subject.ts';
import { buildGo, type GoPrograms } from './parts/go.ts';
import { startMock } from './parts/mock.ts';

/**
 * The cost of one invocation in the calling process: compares this project's invoker, the AWS SDK with its defaults, a bare signature
 * with node:crypto and undici, and the SDK for Go. All call the same stub in another process.
 *
 * `node bench/invoke.ts [--count N] [--concurrency N] [--rounds N]`; the Go subject is left out where there is no Go.
 */
export interface InvokeBenchOptions {
  readonly count: number;
  readonly concurrency: number;
  /** Rounds of the subjects alternate; the result is the median round. */
  readonly rounds: number;
}

export interface InvokeBenchRow extends Measurement {
  readonly subject: string;
}

const execute = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const titles: ReadonlyMap<string, string> = new Map([
  ['own', "this project's invoker"],
  ['floor', 'node:crypto and undici, bare'],
  ['go', 'aws-sdk-go-v2'],
  ['sdk', '@aws-sdk/client-lambda as it comes'],
]);

export async function run(options: InvokeBenchOptions, go: GoPrograms | undefined): Promise<readonly InvokeBenchRow[]> {
  const mock = await startMock(go, {
    functions: { '': functionAnswer },
    backend: backendAnswer,
    tiered: tieredAnswer,
  });
  try {
    const rounds = new Map<string, Measurement[]>();
    for (let round = 0; round < options.rounds; round++) {
      for (const name of titles.keys()) {
        if (name === 'go' && go === undefined) continue;
        const parameters = [mock.lambda, String(options.count), String(options.concurrency)];
        const { stdout } =
          name === 'go' && go !== undefined
            ? await execute(go.path('invoke'), parameters)
            : await execute(process.execPath, [`${here}invoke-subject.ts`, name, ...parameters]);
        rounds.set(name, [...(rounds.get(name) ?? []), JSON.parse(stdout) as Measurement]);
      }
    }
    return [...rounds].map(([name, measured]) => ({ subject: titles.get(name) ?? name, ...median(measured) }));
  } finally {
    mock.stop();
  }
}

function median(rounds: readonly Measurement[]): Measurement {
  const sorted = rounds.toSorted((a, b) => a.cpuMicros - b.cpuMicros);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('no rounds');
  return middle;
}

export function format(rows: readonly InvokeBenchRow[]): string {
  const lines = rows.map(({ subject, cpuMicros, p50Ms, p99Ms, rssMiB }) =>
    [
      subject.padEnd(36),
      cpuMicros.toFixed(1).padStart(9),
      p50Ms.toFixed(2).padStart(9),
      p99Ms.toFixed(2).padStart(9),
      rssMiB.toFixed(0).padStart(9),
    ].join(''),
  );
  return [`${'subject'.padEnd(36)}   CPU µs   p50 ms   p99 ms  RSS MiB`, ...lines].join('\n');
}

function option(name: string, otherwise: number): number {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? otherwise : Number(process.argv[index + 1]);
}

if (import.meta.main) {
  const rows = await run(
    {
      count: option('count', 60_000),
      concurrency: option('concurrency', 16),
      rounds: option('rounds', 3),
    },
    await buildGo(),
  );
  process.stdout.write(`${format(rows)}\n`);
}
