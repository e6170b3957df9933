import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startChild, waitFor } from '../../scripts/support/child.ts';
import { SecretWatch, secretsOf } from './secret-watch.ts';

/** One line of the server's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string };

export interface SidecarOptions {
  /** policies.yaml: text, or an object that is written as JSON. Without it only inline policies are served, and those only with `--inline-functions`. */
  readonly config?: string | object;
  /** By default one Unix socket in a directory of its own, with `{worker}` when there are several workers. */
  readonly listen?: readonly string[];
  readonly workers?: number;
  /** Further flags of `serve`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Stops the server when this test ends, and prints its log when the test failed. */
  readonly test?: TestContext;
  /** Flags of Node itself, e.g. `--import file`. */
  readonly nodeArgs?: readonly string[];
  /** Beside those of `config` and `env`: what it must never write. */
  readonly secrets?: readonly string[];
  /** Runs dist/main.js, as set-up has built it, not the sources: for load, where memory and the time to start count. */
  readonly built?: boolean;
}

/** A real `serve` process that is ready. */
export interface RunningSidecar {
  /** As bound, e.g. `unix:/tmp/…/0.sock`: what an Envoy cluster connects to. */
  readonly addresses: readonly string[];
  /** The first of them. */
  readonly address: string;
  readonly adminUrl: string;
  readonly pid: number;
  /** Milliseconds from the start of the process to `ready`, as it says itself. */
  readonly startupMs: number;
  /** Its own directory, for files that a test wants beside the configuration. */
  readonly directory: string;
  logs(): readonly LogLine[];
  output(): string;
  /** The first line that fits, waited for. */
  log(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** The value of one series of /metrics, e.g. `lambda_ext_proc_streams_total{outcome="completed"}`; 0 if there is none. */
  metric(series: string): Promise<number>;
  /** Replaces the configuration as an operator would, in one step; it is taken into force a moment later. */
  writeConfig(config: string | object): void;
  signal(name: NodeJS.Signals): void;
  /** Exit code or signal, once it ended by itself or by a signal. */
  readonly exited: Promise<number | string>;
  stop(): Promise<number | string>;
}

const sources = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const built = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Starts the server and resolves when it says `ready`. `stop` rejects where the server has written a secret of the test. */
export async function startSidecar(options: SidecarOptions = {}): Promise<RunningSidecar> {
  const directory = mkdtempSync(join(tmpdir(), 'lep-'));
  const config = join(directory, typeof options.config === 'object' ? 'policies.json' : 'policies.yaml');
  const watch = new SecretWatch([...secretsOf(options.config, options.env), ...(options.secrets ?? [])]);
  const writeConfig = (content: string | object): void => {
    watch.know(secretsOf(content));
    const text = typeof content === 'string' ? content : JSON.stringify(content, undefined, 2);
    writeFileSync(`${config}.new`, text);
    renameSync(`${config}.new`, config);
  };
  if (options.config !== undefined) writeConfig(options.config);

  const workers = options.workers ?? 1;
  const listen = options.listen ?? [`unix:${directory}/${workers > 1 ? '{worker}' : '0'}.sock`];
  const main = options.built === true ? built : sources;
  const args = [...(options.nodeArgs ?? []), main, 'serve', '--admin', '127.0.0.1:0', '--workers', String(workers)];
  if (options.config !== undefined) args.push('--config', config);
  for (const address of listen) args.push('--listen', address);
  // A test needs no grace, and little or no warm-up; those that do say so after this.
  args.push('--warm-up', options.built === true ? '500' : '0');
  args.push('--drain-grace', '0', ...(options.args ?? []));

  const lines: LogLine[] = [];
  const child = startChild('sidecar', process.execPath, args, {
    ...(options.env === undefined ? {} : { env: options.env }),
    onLine(line, from) {
      watch.see(line);
      if (from === 'stdout' && line.startsWith('{')) lines.push(JSON.parse(line) as LogLine);
    },
  });
  const stop = async (): Promise<number | string> => {
    const result = await child.stop(10_000);
    rmSync(directory, { recursive: true, force: true });
    watch.check();
    return result;
  };
  const ready = await waitFor(child, 'ready', () => lines.find(({ msg }) => msg === 'ready')).catch(
    async (error: unknown) => {
      await stop();
      throw error;
    },
  );
  const addresses = ready.listen as readonly string[];
  const adminUrl = `http://${ready.admin}`;
  options.test?.after(async () => {
    await stop();
    const passed = (options.test as { readonly passed?: boolean } | undefined)?.passed ?? true;
    if (!passed) console.error(`--- log of the sidecar ---\n${child.output()}`);
  });
  return {
    addresses,
    address: addresses[0] ?? '',
    adminUrl,
    pid: child.pid,
    startupMs: Number(ready.startupMs),
    directory,
    logs: () => lines,
    output: () => child.output(),
    log: (fits) => waitFor(child, 'such log line', () => lines.find(fits), 30_000),
    async metric(series) {
      const text = await (await fetch(`${adminUrl}/metrics`)).text();
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
      return Number(line?.slice(series.length + 1) ?? 0);
    },
    writeConfig,
    signal: (name) => child.signal(name),
    exited: child.exited,
    stop,
  };
}
