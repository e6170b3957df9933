import { execFile } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Child, startChild, waitFor } from '../scripts/support/child.ts';
import { envoyBinary } from '../scripts/support/tools.ts';
import { envoyConfigInUse, IS_REQUEST } from './envoy-config.ts';
import { indented } from './functions.ts';
import { type Ports, withPorts } from './ports.ts';
import type { LogLine } from './sidecar.ts';

interface DemoEnvoyOptions {
  /** envoy/envoy.yaml, or a copy of it. */
  readonly file: string;
  readonly ports: Ports;
  /** Where the log and the configuration in use go. */
  readonly directory: string;
  readonly socket: string;
  readonly onRequest: (request: LogLine) => void;
}

/** The demo's Envoy, which is restarted after a change of its file. */
export class DemoEnvoy {
  /** Resolves with the child process if it ends by itself. */
  readonly ended: Promise<Child>;
  readonly #options: DemoEnvoyOptions;
  readonly #log: string;
  #tellEnded: (child: Child) => void = () => undefined;
  #config = '';
  #child: Child | undefined;

  private constructor(options: DemoEnvoyOptions) {
    this.#options = options;
    this.#log = join(options.directory, 'envoy.log');
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  /** Resolves when it answers. */
  static async start(options: DemoEnvoyOptions, stops: (() => unknown)[]): Promise<DemoEnvoy> {
    const envoy = new DemoEnvoy(options);
    stops.push(() => envoy.#stop());
    writeFileSync(envoy.#log, '');
    envoy.#config = envoy.#read();
    await envoy.#run();
    return envoy;
  }

  /** Reads its file again. `told`: the result as text; `taken`: whether the new file is in force. */
  async take(): Promise<{ readonly told: string; readonly taken: boolean }> {
    const before = this.#config;
    try {
      const next = this.#read();
      await this.#validate(next);
      this.#config = next;
    } catch (error) {
      return refused('envoy/envoy.yaml cannot be used; Envoy continues with the previous one', error);
    }
    const begin = performance.now();
    try {
      await this.#stop();
      await this.#run();
      const took = Math.round(performance.now() - begin);
      return { told: `envoy/envoy.yaml is in force: Envoy was restarted in ${took} ms`, taken: true };
    } catch (error) {
      await this.#stop();
      this.#config = before;
      await this.#run();
      return refused('Envoy does not start with this envoy/envoy.yaml; the previous one is in force again', error);
    }
  }

  async #stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await child?.stop();
  }

  #read(): string {
    const { file, ports, socket } = this.#options;
    return envoyConfigInUse(withPorts(readFileSync(file, 'utf8'), ports), socket);
  }

  async #validate(config: string): Promise<void> {
    const file = join(this.#options.directory, 'envoy.next.json');
    writeFileSync(file, config);
    try {
      await promisify(execFile)(envoyBinary(), ['--mode', 'validate', '-c', file, '--disable-hot-restart']);
    } catch (error) {
      const { stderr = '', message } = error as Error & { readonly stderr?: string };
      throw new Error(reasonOf(stderr || message));
    }
  }

  async #run(): Promise<void> {
    const { directory, ports, onRequest } = this.#options;
    const file = join(directory, 'envoy.json');
    writeFileSync(file, this.#config);
    const args = ['-c', file, '--concurrency', '2', '--disable-hot-restart', '--file-flush-interval-msec', '100'];
    const child = startChild('envoy', envoyBinary(), args, {
      onLine: (line) => {
        if (line.startsWith('{') && line.includes(IS_REQUEST)) onRequest(JSON.parse(line) as LogLine);
        else appendFileSync(this.#log, `${line}\n`);
      },
    });
    this.#child = child;
    void child.exited.then(() => {
      if (this.#child === child) this.#tellEnded(child);
    });
    const ready = `http://127.0.0.1:${ports.envoyAdmin}/ready`;
    await waitFor(child, 'ready', async () => ((await fetch(ready)).ok ? true : undefined));
  }
}

function refused(what: string, error: unknown): { readonly told: string; readonly taken: boolean } {
  return { told: `${what}:\n${indented(error instanceof Error ? error.message : String(error))}`, taken: false };
}

/** Envoy's error message, without the time and the place in Envoy's source. */
function reasonOf(output: string): string {
  const line = output.split('\n').find((text) => /\[(?:critical|error)\]/.test(text)) ?? output.trim();
  return line
    .replace(/^.*?\[(?:critical|error)\]\s*(?:\[[^\]]*\]\s*)*/, '')
    .replace(/^error initializing config(?:uration)? '[^']*': */, '');
}
