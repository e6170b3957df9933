import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Child, startChild, waitFor } from '../../scripts/support/child.ts';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { envoyBinary } from '../../scripts/support/tools.ts';
import type { Json } from './envoy-config.ts';

export { type EnvoyConfigOptions, envoyConfig } from './envoy-config.ts';

/** One line of the access log that `envoyConfig` writes. Values that Envoy has not are null. */
export interface AccessLogEntry {
  readonly method: string | null;
  readonly path: string | null;
  readonly status: number;
  readonly details: string | null;
  readonly flags: string | null;
  readonly route: string | null;
  /** The dynamic metadata of the namespace `lambda-ext-proc`. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/** A real Envoy on ports of its own choice. */
export interface RunningEnvoy {
  /** `http://127.0.0.1:PORT` of the first listener. */
  readonly url: string;
  readonly port: number;
  readonly adminUrl: string;
  readonly pid: number;
  /** The port of a listener by its name. */
  listenerPort(name: string): number;
  /** One counter or gauge by its full name; 0 when Envoy has not made it yet. */
  stat(name: string): Promise<number>;
  /** All counters and gauges whose name matches. */
  stats(filter: RegExp): Promise<ReadonlyMap<string, number>>;
  /** The first access log entry that fits, waited for: Envoy writes them a moment after the answer. */
  accessLog(fits?: (entry: AccessLogEntry) => boolean): Promise<AccessLogEntry>;
  output(): string;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export interface EnvoyOptions {
  /** An object, as `envoyConfig` gives it, or YAML text. Its listeners and admin may use port 0. */
  readonly config: Json | string;
  readonly concurrency?: number;
  /** Of Envoy; by default the one that tests run. */
  readonly program?: string;
  /** Stops Envoy when this test ends, and prints its log when the test failed. */
  readonly test?: TestContext;
  /** Further arguments, for instance `--component-log-level ext_proc:trace`. */
  readonly args?: readonly string[];
}

/** Resolves when every listener is bound and answers. */
export async function startEnvoy(options: EnvoyOptions): Promise<RunningEnvoy> {
  const directory = temporaryDirectory('envoy-');
  const isText = typeof options.config === 'string';
  const file = join(directory.path, isText ? 'envoy.yaml' : 'envoy.json');
  const adminFile = join(directory.path, 'admin');
  writeFileSync(file, isText ? String(options.config) : JSON.stringify(options.config));

  const entries: AccessLogEntry[] = [];
  const args = ['-c', file, '--admin-address-path', adminFile, '--concurrency', String(options.concurrency ?? 1)];
  // Without the flag a second Envoy on the machine takes the first one for its predecessor.
  args.push('--disable-hot-restart', '--file-flush-interval-msec', '20', ...(options.args ?? []));
  const child = startChild('envoy', options.program ?? envoyBinary(), args, {
    onLine(line, from) {
      if (from === 'stdout' && line.startsWith('{')) entries.push(JSON.parse(line) as AccessLogEntry);
    },
  });
  const stop = async () => {
    await child.stop();
    directory.remove();
  };
  try {
    const adminUrl = await waitFor(child, 'admin address', () => {
      // The file is there, empty, a moment before the address is.
      const address = readFileSync(adminFile, 'utf8');
      return /:\d+$/.test(address) ? `http://${address}` : undefined;
    });
    await waitFor(child, 'ready', async () => ((await fetch(`${adminUrl}/ready`)).ok ? true : undefined));
    const ports = await waitFor(child, 'listener', () => listenerPorts(adminUrl));
    const envoy = runningEnvoy(child, adminUrl, ports, entries, stop);
    options.test?.after(async () => {
      await envoy.stop();
      if (!passed(options.test)) console.error(`--- log of Envoy ---\n${envoy.output()}`);
    });
    return envoy;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Documented since Node 21.7, and not yet in its types. */
function passed(test: TestContext | undefined): boolean {
  return (test as { readonly passed?: boolean } | undefined)?.passed ?? true;
}

async function listenerPorts(adminUrl: string): Promise<ReadonlyMap<string, number> | undefined> {
  const answer = await fetch(`${adminUrl}/listeners?format=json`);
  const { listener_statuses: statuses } = (await answer.json()) as ListenerStatuses;
  const ports = (statuses ?? []).map(({ name, local_address }) => {
    return [name, local_address.socket_address?.port_value ?? 0] as const;
  });
  return ports.length > 0 && ports.every(([, port]) => port > 0) ? new Map(ports) : undefined;
}

interface ListenerStatuses {
  readonly listener_statuses?: readonly {
    readonly name: string;
    readonly local_address: { readonly socket_address?: { readonly port_value: number } };
  }[];
}

/** Envoy begins its log with the names of all that is compiled in: seven screens that say nothing. */
function withoutExtensions(log: string): string {
  return log.replaceAll(/^.*\] {3}[\w.]+: .*\n?/gm, '');
}

function runningEnvoy(
  child: Child,
  adminUrl: string,
  ports: ReadonlyMap<string, number>,
  entries: readonly AccessLogEntry[],
  stop: () => Promise<void>,
): RunningEnvoy {
  const port = [...ports.values()][0] ?? 0;
  const stats = async (filter: RegExp) => {
    const text = await (await fetch(`${adminUrl}/stats?filter=${encodeURIComponent(filter.source)}`)).text();
    // Histograms have a text as value and are left out.
    const lines = text.matchAll(/^(\S.*): (\d+)$/gm);
    return new Map([...lines].map(([, name, value]) => [name ?? '', Number(value)]));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    adminUrl,
    pid: child.pid,
    listenerPort(name) {
      const found = ports.get(name);
      if (found === undefined) throw new Error(`Envoy has no listener "${name}", but ${[...ports.keys()].join(', ')}`);
      return found;
    },
    stats,
    async stat(name) {
      const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return (await stats(new RegExp(`^${escaped}$`))).get(name) ?? 0;
    },
    accessLog: (fits = () => true) => waitFor(child, 'such access log entry', () => entries.find(fits), 5000),
    output: () => withoutExtensions(child.output()),
    signal: child.signal,
    stop,
  };
}

/** The 40 of Envoy 1.40. */
export function envoyMinor(): number {
  const told = execFileSync(envoyBinary(), ['--version'], { encoding: 'utf8' });
  const minor = /\/1\.(\d+)\./.exec(told)?.[1];
  if (minor === undefined) throw new Error(`envoy --version tells no version: ${told}`);
  return Number(minor);
}
