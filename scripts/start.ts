// `npm start`: a real Envoy, the sidecar, a local AWS and a backend, with a request to each route of envoy/envoy.yaml.
// With --once it ends after them, with 1 when one was not answered as expected.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Demo, startDemo } from '../demo/demo.ts';
import { defaultPorts, firstPort, type Ports, portConflicts, portsFrom } from '../demo/ports.ts';
import { attempt, curlLine, tries } from '../demo/tries.ts';

const root = join(import.meta.dirname, '..');

interface Arguments {
  readonly once: boolean;
  readonly ports: Ports;
  /** In the checkout, for logs. */
  readonly directory: string;
}

async function main(): Promise<number> {
  const { once, ports, directory } = readArguments();
  const conflicts = await portConflicts(ports);
  if (conflicts.length > 0) {
    throw new Error(`${conflicts.join('\n')}\nOr use other ports, starting with this one: npm start -- --port 20000`);
  }
  const interrupted = onInterrupt();
  const started = performance.now();
  const demo = await Promise.race([
    startDemo({ ports, directory: join(root, directory), onProgress: (what) => console.log(`start: ${what}`) }),
    interrupted,
  ]);
  // Parts that are still starting end with this process.
  if (typeof demo === 'number') return 1;
  try {
    console.log(`start: all up after ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
    const failed = await tryAll(demo.url, directory);
    if (once) return failed === 0 ? 0 : 1;
    tellWhatToDo(demo, ports, directory);
    demo.watch((text) => console.log(text));
    const end = await Promise.race([interrupted, demo.broken]);
    if (typeof end === 'string') console.error(`start: ${end}`);
    console.log('\nstart: stopping');
    return typeof end === 'string' ? 1 : end;
  } finally {
    await demo.stop();
  }
}

/**
 * Resolves at Ctrl-C, SIGTERM or when the terminal is closed. npm repeats a Ctrl-C that the terminal has already sent to this process, so
 * only a later one is a request to end immediately: then everything is killed.
 */
function onInterrupt(): Promise<number> {
  return new Promise((resolve) => {
    let first: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        first ??= performance.now();
        if (performance.now() - first > 500) process.exit(1);
        resolve(0);
      });
    }
    // Without a listener this signal would end the process, or without --disable-sigusr1 open its inspector.
    process.on('SIGUSR1', () => undefined);
    // A closed terminal must not interrupt the cleanup.
    process.stdout.on('error', () => undefined);
    process.stderr.on('error', () => undefined);
  });
}

function readArguments(): Arguments {
  let values: { readonly once: boolean; readonly port?: string };
  try {
    values = parseArgs({ options: { once: { type: 'boolean', default: false }, port: { type: 'string' } } }).values;
  } catch {
    const given = process.argv.slice(2).join(' ');
    throw new Error(`unknown argument in "${given}"; there are --once and --port: npm start -- --port 20000`);
  }
  const { once, port } = values;
  if (port === undefined) return { once, ports: defaultPorts, directory: '.local/demo' };
  const first = firstPort(port);
  return { once, ports: portsFrom(first), directory: `.local/demo-${first}` };
}

async function tryAll(url: string, directory: string): Promise<number> {
  let failed = 0;
  console.log(row('route', 'status', 'time', 'what it shows'));
  for (const one of tries) {
    const { status, body, milliseconds, asExpected } = await attempt(url, one);
    const verdict = asExpected ? '' : `   UNEXPECTED, not ${one.expect.status} ${JSON.stringify(one.expect.body)}`;
    if (!asExpected) failed++;
    console.log(row(one.path.replace(/\?.*/, ''), String(status), `${milliseconds.toFixed(0)} ms`, one.shows));
    console.log(`    ${curlLine(url, one)}\n    ${shown(body).slice(0, 300)}${verdict}\n`);
  }
  console.log(failed === 0 ? `all ${tries.length} as expected` : `${failed} of ${tries.length} NOT as expected`);
  if (failed > 0) console.log(`the logs are in ${directory}`);
  return failed;
}

/** A body in one line; of the backend's, without the headers that no policy changed. */
function shown(body: string): string {
  try {
    const { headers, ...rest } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    return JSON.stringify(rest);
  } catch {
    return body.trimEnd().replaceAll('\n', '\\n');
  }
}

function row(route: string, status: string, time: string, shows: string): string {
  return `${route.padEnd(14)} ${status.padEnd(7)} ${time.padStart(7)}   ${shows}`;
}

function tellWhatToDo({ url, playground }: Demo, { envoyAdmin, sidecarAdmin }: Ports, directory: string): void {
  const [, orders] = tries;
  console.log(`
Envoy        ${url}   (envoy/envoy.yaml; admin http://127.0.0.1:${envoyAdmin})
sidecar      demo/policies.yaml   (admin page http://127.0.0.1:${sidecarAdmin}, metrics http://127.0.0.1:${sidecarAdmin}/metrics)
functions    demo/functions/*.mjs, demo/streaming/chat.mjs
logs         ${directory}/

Everything stays up until Ctrl-C. A change of these files takes effect within seconds, and each request prints a line here.

Change this first: give ada another tier in demo/functions/customer-tier.mjs, save the file, and send the request again:

    ${orders === undefined ? '' : curlLine(url, orders)}

Next, write your own policy: docs/guides/first-policy.md. The playground for demo/policies.yaml (the URL works only in
the browser that opens it first):

    ${playground}
`);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
// Exit now: connections that fetch keeps open would delay the end by seconds.
process.exit();
