import { run as runExpressions } from './expression.ts';
import { run as runInvocations } from './invoke.ts';
import { run as runServer } from './server.ts';

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
