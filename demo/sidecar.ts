import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsKeys } from '../scripts/support/aws-request.ts';
import { type Child, startChild, waitFor } from '../scripts/support/child.ts';
import { NODE_FLAGS } from '../src/commands/node-flags.ts';
import { defaultPorts, type Ports, withPorts } from './ports.ts';

const checkout = join(import.meta.dirname, '..');

/** Each problem of a document has a log line of its own, at the same time. */
const SAME_LOAD_MS = 100;
const REFUSED = 'demo/policies.yaml cannot be used; the previous policies stay in force:';

/** A user's keys, as the AWS SDK looks for them. */
export interface SidecarEnv {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
}

/** The command that runs the sidecar with these variables, without the flags of `serve`. */
export type SidecarCommand = (env: SidecarEnv) => readonly [command: string, ...args: string[]];

/** A line of JSON of a log. */
export type LogLine = Readonly<Record<string, unknown>>;

interface DemoSidecarOptions {
  /** demo/policies.yaml, or a copy of it. */
  readonly file: string;
  readonly ports: Ports;
  /** Where the log and a copy of the file with other ports go. */
  readonly directory: string;
  readonly socket: string;
  readonly keys: AwsKeys;
  /** By default the build in dist/. */
  readonly command?: SidecarCommand | undefined;
  readonly onLine: (line: LogLine) => void;
}

/** The demo's sidecar, which reloads its file itself. */
export class DemoSidecar {
  /** Resolves with the child when it has ended. */
  readonly ended: Promise<Child>;
  readonly #options: DemoSidecarOptions;
  readonly #config: string;
  /** When the last document was refused, in milliseconds since 1970; undefined: it was not. */
  #refusedAt: number | undefined;

  private constructor(options: DemoSidecarOptions, config: string, child: Child) {
    this.#options = options;
    this.#config = config;
    this.ended = child.exited.then(() => child);
  }

  /** Resolves when it is ready. */
  static async start(options: DemoSidecarOptions, stops: (() => unknown)[]): Promise<DemoSidecar> {
    const { file, ports, directory, socket, keys, command = builtSidecar, onLine } = options;
    const config = ports === defaultPorts ? file : join(directory, 'policies.yaml');
    const env: SidecarEnv = { AWS_ACCESS_KEY_ID: keys.accessKey, AWS_SECRET_ACCESS_KEY: keys.secretKey };
    const [program, ...args] = command(env);
    const listen = ['--listen', `unix:${socket}`, '--admin', `127.0.0.1:${ports.sidecarAdmin}`];
    const log = join(directory, 'sidecar.log');
    writeFileSync(log, '');
    if (config !== file) copyWithPorts(file, config, ports);
    // No drain is needed: Envoy is stopped first.
    // Warm up, so that users wait for the start and not for the first request.
    const flags = ['--config', config, ...listen, '--drain-grace', '0', '--warm-up', '500', '--log-decisions', 'on'];
    const child = startChild('sidecar', program, [...args, ...flags], {
      cwd: checkout,
      // A session token of the machine's own does not belong to these keys.
      env: { ...env, AWS_SESSION_TOKEN: undefined },
      onLine: (line) => {
        appendFileSync(log, `${line}\n`);
        // Places name the file that the user edits, not the copy.
        if (line.startsWith('{')) onLine(JSON.parse(line.replaceAll(config, 'demo/policies.yaml')) as LogLine);
      },
    });
    stops.push(() => child.stop());
    await waitFor(child, 'the line "ready"', () => (/"msg":"ready"/.test(child.output()) ? true : undefined));
    return new DemoSidecar(options, config, child);
  }

  /** After a change of the file. Does nothing if the sidecar reads the file itself. */
  copyPolicies(): void {
    const { file, ports } = this.#options;
    if (this.#config !== file) copyWithPorts(file, this.#config, ports);
  }

  /** What a log line says about the policies in force; undefined: it is about something else, or nothing has changed. */
  policiesTold({ level, changed, version, problem, time }: LogLine): string | undefined {
    if (level === 'error' && typeof problem === 'string') {
      const at = Date.parse(String(time));
      const isFirst = at - (this.#refusedAt ?? 0) > SAME_LOAD_MS;
      this.#refusedAt = at;
      return isFirst ? `${REFUSED}\n    ${problem}` : `    ${problem}`;
    }
    if (typeof version !== 'string' || typeof changed !== 'boolean') return undefined;
    const news = changed || this.#refusedAt !== undefined;
    this.#refusedAt = undefined;
    return news ? 'demo/policies.yaml is in force' : undefined;
  }
}

const builtSidecar: SidecarCommand = () => [process.execPath, ...NODE_FLAGS, 'dist/main.js', 'serve'];

function copyWithPorts(file: string, copy: string, ports: Ports): void {
  writeFileSync(copy, withPorts(readFileSync(file, 'utf8'), ports));
}
