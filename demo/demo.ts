import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsKeys } from '../scripts/support/aws-request.ts';
import { type Child, startChild, waitFor } from '../scripts/support/child.ts';
import { type Ministack, startMinistack } from '../scripts/support/ministack.ts';
import { envoyBinary } from '../scripts/support/tools.ts';
import { NODE_FLAGS } from '../src/commands/node-flags.ts';
import { startBackend } from './backend.ts';
import { startLocalLambda } from './local-lambda.ts';
import { type Ports, withPorts } from './ports.ts';

const root = join(import.meta.dirname, '..');

/** The socket of the sidecar in envoy/envoy.yaml. */
const EXAMPLE_SOCKET = '/run/lambda-ext-proc/0.sock';

/** A real Envoy, the sidecar, a local AWS and a backend, running together. */
export interface Demo {
  readonly url: string;
  /** The page of `try --serve`, with its token. */
  readonly playground: string;
  /** Resolves with what to tell when one of the parts ends on its own. */
  readonly broken: Promise<string>;
  /** Stops everything, callers' side first. */
  stop(): Promise<void>;
}

export interface DemoOptions {
  readonly ports: Ports;
  /** Where logs and the configuration files in use go. */
  readonly directory: string;
  /** What runs the sidecar with these variables, before the flags of `serve`; by default the build in dist/. */
  readonly sidecarCommand?: (env: SidecarEnv) => readonly [command: string, ...args: string[]];
  readonly onProgress?: (what: string) => void;
}

/** A user's keys, as the AWS SDK looks for them. */
export interface SidecarEnv {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
}

/** Resolves when Envoy answers. What is started when something fails is stopped again. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { ports, directory, onProgress = () => undefined } = options;
  mkdirSync(directory, { recursive: true });
  const stops: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of stops.reverse().splice(0)) await end();
  };
  try {
    const backend = await startBackend(ports.backend);
    stops.push(() => backend.stop());
    const chat = await startLocalLambda(ports.chat, { chat: join(root, 'demo/streaming/chat.mjs') });
    stops.push(() => chat.stop());
    const aws = await timed('local AWS', onProgress, () => startMinistack({ port: ports.aws }));
    stops.push(() => aws.stop());
    // A user who may invoke functions and nothing else: what a sidecar should be given.
    const keys = await aws.createUser('sidecar');
    const [sidecar, , playground] = await Promise.all([
      timed('sidecar', onProgress, () => startSidecar(options, keys, stops)),
      timed('functions', onProgress, () => createFunctions(aws)),
      timed('playground', onProgress, () => startPlayground(stops)),
    ]);
    const envoy = await timed('Envoy', onProgress, () => startEnvoy(options, stops));
    const broken = Promise.race([sidecar, envoy].map(lastWords));
    return { url: `http://127.0.0.1:${ports.envoy}`, playground, broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function timed<T>(what: string, onProgress: (what: string) => void, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  onProgress(`${what} ready in ${Math.round(performance.now() - started)} ms`);
  return result;
}

async function createFunctions(aws: Ministack): Promise<void> {
  const directory = join(root, 'demo/functions');
  const files = readdirSync(directory).filter((file) => file.endsWith('.mjs'));
  await Promise.all(
    files.map((file) => aws.createFunction(file.slice(0, -'.mjs'.length), { file: join(directory, file) })),
  );
}

async function startSidecar(
  { ports, directory, sidecarCommand = () => [process.execPath, ...NODE_FLAGS, 'dist/main.js', 'serve'] }: DemoOptions,
  keys: AwsKeys,
  stops: (() => unknown)[],
): Promise<Child> {
  const config = inUse(directory, 'demo/policies.yaml', ports);
  const listen = ['--listen', `unix:${socketIn(directory)}`, '--admin', `127.0.0.1:${ports.sidecarAdmin}`];
  // Nothing to drain for: Envoy is stopped before.
  const env: SidecarEnv = { AWS_ACCESS_KEY_ID: keys.accessKey, AWS_SECRET_ACCESS_KEY: keys.secretKey };
  const [command, ...args] = sidecarCommand(env);
  const flags = ['--config', config, ...listen, '--drain-grace', '0'];
  const child = startChild('sidecar', command, [...args, ...flags], {
    cwd: root,
    // A session token of the machine's own does not belong to these keys.
    env: { ...env, AWS_SESSION_TOKEN: undefined },
    onLine: logTo(directory, 'sidecar.log'),
  });
  stops.push(() => child.stop());
  await waitFor(child, 'the line "ready"', () => (/"msg":"ready"/.test(child.output()) ? true : undefined));
  return child;
}

/** On a free port. Its output has the token, so no file gets it. */
async function startPlayground(stops: (() => unknown)[]): Promise<string> {
  const args = ['dist/main.js', 'try', '--test', 'demo/policies.test.yaml', '--serve'];
  const child = startChild('playground', process.execPath, args, { cwd: root });
  stops.push(() => child.stop());
  return await waitFor(child, 'its URL', () => /http:\/\/\S+/.exec(child.output())?.[0]);
}

async function startEnvoy({ ports, directory }: DemoOptions, stops: (() => unknown)[]): Promise<Child> {
  const config = inUse(directory, 'envoy/envoy.yaml', ports);
  const args = ['-c', config, '--concurrency', '2', '--disable-hot-restart', '--file-flush-interval-msec', '100'];
  const child = startChild('envoy', envoyBinary(), args, { cwd: root, onLine: logTo(directory, 'envoy.log') });
  stops.push(() => child.stop());
  const ready = `http://127.0.0.1:${ports.envoyAdmin}/ready`;
  await waitFor(child, 'ready', async () => ((await fetch(ready)).ok ? true : undefined));
  return child;
}

function socketIn(directory: string): string {
  return join(directory, 'sidecar.sock');
}

/** The file itself where ports and sockets are its own, else a copy with the others. */
function inUse(directory: string, file: string, ports: Ports): string {
  const text = readFileSync(join(root, file), 'utf8');
  const changed = withPorts(text, ports).replaceAll(EXAMPLE_SOCKET, socketIn(directory));
  if (changed === text) return file;
  const copy = join(directory, file.slice(file.lastIndexOf('/') + 1));
  writeFileSync(copy, changed);
  return copy;
}

function logTo(directory: string, name: string): (line: string) => void {
  const file = join(directory, name);
  writeFileSync(file, '');
  return (line) => appendFileSync(file, `${line}\n`);
}

async function lastWords(child: Child): Promise<string> {
  const result = await child.exited;
  return `${child.name} ended (${result}); its last words:\n${child.output().split('\n').slice(-15).join('\n')}`;
}
