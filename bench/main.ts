import { availableParallelism } from 'node:os';
import { run as runExpressions } from './expression.ts';
import { run as runInvocations } from './invoke.ts';
import { run as runServer } from './server.ts';
import { run as runWorkers, type WorkersBenchRow } from './workers.ts';

/** `npm run bench [-- --quick]`: everything side by side, ratios to read and nothing asserted. */
const quick = process.argv.includes('--quick');

console.log('\nThe server: one ext_proc stream with sendToConsumer, 32 at a time');
table(
  await runServer(quick ? { count: 500, rounds: 1 } : { count: 30_000, rounds: 3 }),
  'bare grpc-js, node:crypto and undici',
);
console.log('\nOne invocation, 16 at a time');
table(
  await runInvocations(
    quick ? { count: 200, concurrency: 4, rounds: 1 } : { count: 30_000, concurrency: 16, rounds: 3 },
  ),
  'node:crypto and undici, bare',
);
console.log(`\nWorkers, each on its own socket, through Envoy, on ${availableParallelism()} cores for all of it`);
workersTable(await runWorkers(quick ? { seconds: 1, rounds: 1 } : { seconds: 8, rounds: 3 }));
if (!quick) {
  console.log('\nExpressions');
  console.table(await runExpressions());
}

interface Row {
  readonly subject: string;
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly rssMiB: number;
}

function table(rows: readonly Row[], floor: string): void {
  const base = rows.find(({ subject }) => subject === floor)?.cpuMicros ?? Number.NaN;
  console.table(
    rows.map(({ subject, cpuMicros, p50Ms, p99Ms, rssMiB }) => ({
      subject,
      'CPU µs': Number(cpuMicros.toFixed(1)),
      'of the floor': `${(cpuMicros / base).toFixed(2)} ×`,
      'p50 ms': Number(p50Ms.toFixed(2)),
      'p99 ms': Number(p99Ms.toFixed(2)),
      'RSS MiB': Math.round(rssMiB),
    })),
  );
}

function workersTable(rows: readonly WorkersBenchRow[]): void {
  const alone = rows.find(({ workers }) => workers === 1)?.requestsPerSecond ?? Number.NaN;
  console.table(
    rows.map(({ workers, requestsPerSecond, cpuMicros, busy, p50Ms, p99Ms }) => ({
      workers,
      'requests/s': Math.round(requestsPerSecond),
      'of one': `${(requestsPerSecond / alone).toFixed(2)} ×`,
      'CPU µs': Number(cpuMicros.toFixed(1)),
      'cores each': Number(busy.toFixed(2)),
      'p50 ms': Number(p50Ms.toFixed(2)),
      'p99 ms': Number(p99Ms.toFixed(2)),
    })),
  );
}
