import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Child, startChild, waitFor } from '../scripts/support/child.ts';
import { startMinistack } from '../scripts/support/ministack.ts';
import { startBackend } from './backend.ts';
import { DemoChanges } from './changes.ts';
import { DemoEnvoy } from './envoy.ts';
import { type DemoFiles, demoFiles } from './files.ts';
import { DemoFunctions } from './functions.ts';
import { startLocalLambda } from './local-lambda.ts';
import type { Ports } from './ports.ts';
import { RequestLines } from './request-lines.ts';
import { DemoSidecar, type LogLine, type SidecarCommand } from './sidecar.ts';

/** A real Envoy, the sidecar, a local AWS and a backend, running together. */
export interface Demo {
  readonly url: string;
  /** The page of `try --serve`, with its token. */
  readonly playground: string;
  /** Resolves with a message when one of the parts ends unexpectedly. */
  readonly broken: Promise<string>;
  /** Reports each request and applies changes to the files from now on. */
  watch(tell: (text: string) => void): void;
  /** Stops all parts, beginning with Envoy, which callers use. */
  stop(): Promise<void>;
}

export interface DemoOptions {
  readonly ports: Ports;
  /** Where logs and the configuration files in use go. */
  readonly directory: string;
  /** The directory that contains demo/ and envoy/; by default the checkout. */
  readonly root?: string;
  /** The sidecar to run; by default the build in dist/. */
  readonly sidecarCommand?: SidecarCommand;
  readonly onProgress?: (what: string) => void;
}

/** Resolves when Envoy answers. If a part fails to start, the others are stopped again. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const stops: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of stops.reverse().splice(0)) await end();
  };
  try {
    return { ...(await startParts(options, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(options: DemoOptions, stops: (() => unknown)[]): Promise<Omit<Demo, 'stop'>> {
  const { ports, directory, sidecarCommand: command, onProgress = () => undefined } = options;
  mkdirSync(directory, { recursive: true });
  const files = demoFiles(options.root);
  const place = { ports, directory, socket: join(directory, 'sidecar.sock') };
  // Handlers of requests that Envoy logs, and of lines of the sidecar's log. Ignored before `watch`.
  let onRequest: (request: LogLine) => void = () => undefined;
  let onLine: (line: LogLine) => void = () => undefined;

  const backend = await startBackend(ports.backend);
  stops.push(() => backend.stop());
  const chat = await startLocalLambda(ports.chat, { chat: files.chat });
  stops.push(() => chat.stop());
  const aws = await timed('local AWS', onProgress, () => startMinistack({ port: ports.aws }));
  stops.push(() => aws.stop());
  // A user with only the permission to invoke functions, as recommended for a sidecar.
  const keys = await aws.createUser('sidecar');
  const functions = new DemoFunctions(aws, files);
  const sidecarOptions = { ...place, file: files.policies, keys, command, onLine: (line: LogLine) => onLine(line) };
  const [sidecar, , playground] = await Promise.all([
    timed('sidecar', onProgress, () => DemoSidecar.start(sidecarOptions, stops)),
    timed('functions', onProgress, () => functions.deployAll()),
    timed('playground', onProgress, () => startPlayground(files, stops)),
  ]);
  const envoyOptions = { ...place, file: files.envoy, onRequest: (request: LogLine) => onRequest(request) };
  const envoy = await timed('Envoy', onProgress, () => DemoEnvoy.start(envoyOptions, stops));
  return {
    url: `http://127.0.0.1:${ports.envoy}`,
    playground,
    broken: Promise.race([sidecar.ended, envoy.ended]).then(lastWords),
    watch(tell) {
      const requests = new RequestLines(tell);
      const changes = new DemoChanges({ files, functions, chat, sidecar, envoy, tell });
      onRequest = (request) => requests.add(request);
      onLine = (line) => {
        requests.addLog(line);
        changes.addLog(line);
      };
      stops.push(() => changes.stop());
    },
  };
}

async function timed<T>(what: string, onProgress: (what: string) => void, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  onProgress(`${what} ready in ${Math.round(performance.now() - started)} ms`);
  return result;
}

/** On a free port. Its output contains the token, so it is not written to a file. */
async function startPlayground({ checkout, tests }: DemoFiles, stops: (() => unknown)[]): Promise<string> {
  const args = ['dist/main.js', 'try', '--test', relative(checkout, tests), '--serve'];
  const child = startChild('playground', process.execPath, args, { cwd: checkout });
  stops.push(() => child.stop());
  return await waitFor(child, 'its URL', () => /http:\/\/\S+/.exec(child.output())?.[0]);
}

async function lastWords(child: Child): Promise<string> {
  const result = await child.exited;
  return `${child.name} ended (${result}); its last output:\n${child.output().split('\n').slice(-15).join('\n')}`;
}
