// `npm start`: a real Envoy, the sidecar, a local AWS and a backend, with a request to each route of envoy/envoy.yaml.
// With --once it ends after them, with 1 when one was not answered as expected.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Demo, startDemo } from '../demo/demo.ts';
import { defaultPorts, portConflicts } from '../demo/ports.ts';
import { attempt, curlLine, tries } from '../demo/tries.ts';

const directory = join(import.meta.dirname, '../.local/demo');

async function main(): Promise<number> {
  const once = readArguments();
  const conflicts = await portConflicts(defaultPorts);
  if (conflicts.length > 0) throw new Error(conflicts.join('\n'));
  const interrupted = new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(0));
    process.once('SIGTERM', () => resolve(0));
  });
  const started = performance.now();
  const demo = await Promise.race([
    startDemo({ ports: defaultPorts, directory, onProgress: (what) => console.log(`start: ${what}`) }),
    interrupted,
  ]);
  // What is being started ends with this process.
  if (typeof demo === 'number') return 1;
  try {
    console.log(`start: all up after ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
    const failed = await tryAll(demo.url);
    if (once) return failed === 0 ? 0 : 1;
    tellWhereEverythingIs(demo);
    return await Promise.race([interrupted, demo.broken.then(report)]);
  } finally {
    await demo.stop();
  }
}

function readArguments(): boolean {
  try {
    return parseArgs({ options: { once: { type: 'boolean', default: false } } }).values.once;
  } catch {
    throw new Error(`unknown argument in "${process.argv.slice(2).join(' ')}"; there is --once: npm start -- --once`);
  }
}

async function tryAll(url: string): Promise<number> {
  let failed = 0;
  console.log(row('route', 'status', 'time', 'what it shows'));
  for (const one of tries) {
    const { status, body, milliseconds, asExpected } = await attempt(url, one);
    const verdict = asExpected ? '' : `   UNEXPECTED, not ${one.expect.status} ${JSON.stringify(one.expect.body)}`;
    if (!asExpected) failed += 1;
    console.log(row(one.path.replace(/\?.*/, ''), String(status), `${milliseconds.toFixed(0)} ms`, one.shows));
    console.log(`    ${curlLine(url, one)}\n    ${body.slice(0, 300)}${verdict}\n`);
  }
  console.log(failed === 0 ? `all ${tries.length} as expected` : `${failed} of ${tries.length} NOT as expected`);
  if (failed > 0) console.log(`the logs are in ${directory}`);
  return failed;
}

function row(route: string, status: string, time: string, shows: string): string {
  return `${route.padEnd(14)} ${status.padEnd(7)} ${time.padStart(7)}   ${shows}`;
}

function tellWhereEverythingIs({ url }: Demo): void {
  const { envoyAdmin, sidecarAdmin } = defaultPorts;
  console.log(`
Envoy            ${url}   (envoy/envoy.yaml; admin http://127.0.0.1:${envoyAdmin})
sidecar          policies: demo/policies.yaml   (metrics http://127.0.0.1:${sidecarAdmin}/metrics)
functions        demo/functions/*.mjs
logs             .local/demo/
Everything stays up until Ctrl-C.`);
}

function report(what: string): number {
  console.error(`start: ${what}`);
  return 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
// Connections that fetch keeps open would hold the process for seconds.
process.exit();
