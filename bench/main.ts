import { setPriority } from 'node:os';
import { join } from 'node:path';
import { ArgumentError, readArguments, usage } from './arguments.ts';
import { compare, renderComparison } from './comparison.ts';
import { format as formatExpressions, run as runExpressions } from './expression.ts';
import { runFull } from './full.ts';
import { format as formatInvocations, run as runInvocations } from './invoke.ts';
import { measureMemory, renderMemory } from './memory.ts';
import { buildGo } from './parts/go.ts';
import { profile } from './profile.ts';
import { cpuChart } from './report/chart.ts';
import { writeDocument } from './report/document.ts';
import { describeMachine, thisMachine } from './report/machine.ts';
import { renderFull } from './report/tables.ts';

const root = join(import.meta.dirname, '..');
const invocations = { count: 20_000, concurrency: 16, rounds: 3 };

async function main(args: readonly string[]): Promise<void> {
  const options = readArguments(args);
  askForPriority();
  progress('building bench/go');
  const go = await buildGo();
  if (options.profile) {
    console.log(await profile(options, go, progress));
    return;
  }
  if (options.compare !== undefined) {
    console.log(renderComparison(await compare(options.compare, options, go, progress)));
    return;
  }
  const full = await runFull(options, go, progress);
  const parts = [describeMachine(thisMachine(go)), renderFull(full)];
  if (options.cases === undefined && !options.quick) {
    parts.push('### Memory', renderMemory(await measureMemory(go, root, progress)));
    progress('invocations');
    const rows = await runInvocations(invocations, go);
    parts.push('### One invocation, without gRPC and Envoy, 16 at a time', block(formatInvocations(rows)));
    progress('expressions');
    parts.push('### Expressions', block(formatExpressions(await runExpressions())));
  }
  const report = parts.join('\n\n');
  console.log(report);
  if (options.write) writeDocument(report, cpuChart(full));
}

function block(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

function progress(text: string): void {
  process.stderr.write(`bench: ${Math.round(performance.now() / 1000)} s: ${text}\n`);
}

/** Raises the priority above other programs of the machine. All processes of the benchmark inherit it. */
function askForPriority(): void {
  try {
    setPriority(-5);
  } catch {
    // Only root may raise it; continue with the normal priority.
  }
}

// Without a handler a signal would end the process without its `exit` handlers, which stop Envoy and the servers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

try {
  await main(process.argv.slice(2));
} catch (error) {
  const told = error instanceof ArgumentError ? `${error.message}\n${usage}` : describe(error);
  console.error(`bench: ${told}`);
  process.exitCode = error instanceof ArgumentError ? 2 : 1;
}
// Exit now: connections that fetch keeps open would delay the end by seconds.
process.exit();

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
