import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startChild, waitFor } from '../../scripts/support/child.ts';
import { freePort } from '../../scripts/support/free-port.ts';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';

const root = join(import.meta.dirname, '../..');
/** Debian 12's package; only its programs are taken out of it, so that nobody has to be root. */
const PACKAGE = {
  version: '2.42.0+ds-5+deb12u1',
  sha256: '81d59a24fce84f7fbe97a45a4f2914b6a5881b5cd1db2a6a0e129e515e1a5f55',
} as const;

/** Whether there is an apt that can bring it. */
export function hasApt(): boolean {
  try {
    execFileSync('apt-get', ['--version'], { stdio: 'ignore' });
    execFileSync('dpkg', ['--version'], { stdio: 'ignore' });
    return process.arch === 'x64';
  } catch {
    return false;
  }
}

/** The path of Prometheus or of promtool, which are installed into .local/ once. */
export function prometheusProgram(name: 'prometheus' | 'promtool'): string {
  const directory = join(root, '.local', `prometheus-${PACKAGE.version}`);
  const program = join(directory, 'usr/bin', name);
  if (existsSync(program)) return program;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  execFileSync('apt-get', ['download', '-q', `prometheus=${PACKAGE.version}`], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // apt writes the version's colons and plus signs its own way.
  const [file = ''] = execFileSync('ls', [directory], { encoding: 'utf8' }).trim().split('\n');
  const hash = createHash('sha256')
    .update(readFileSync(join(directory, file)))
    .digest('hex');
  if (hash !== PACKAGE.sha256) throw new Error(`${file} has the hash ${hash}, not ${PACKAGE.sha256}`);
  execFileSync('dpkg', ['-x', file, '.'], { cwd: directory });
  return program;
}

/** A series with its value at one time. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RunningPrometheus {
  /** What an expression gives now. */
  query(expression: string): Promise<readonly Sample[]>;
  /** Alerts that fire now, those that only pend left out. */
  firing(): Promise<readonly FiringAlert[]>;
}

/** Prometheus with this configuration, as JSON, and these rules. It is stopped when the test ends. */
export async function startPrometheus(test: TestContext, config: object, rules: string): Promise<RunningPrometheus> {
  const directory = temporaryDirectory('prometheus-');
  writeFileSync(join(directory.path, 'prometheus.yml'), JSON.stringify(config));
  writeFileSync(join(directory.path, 'rules.yaml'), rules);
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = startChild('prometheus', prometheusProgram('prometheus'), [
    `--config.file=${directory.path}/prometheus.yml`,
    `--storage.tsdb.path=${directory.path}/data`,
    `--web.listen-address=${new URL(url).host}`,
  ]);
  test.after(async () => {
    await child.stop();
    directory.remove();
  });
  await waitFor(child, 'ready', async () => ((await fetch(`${url}/-/ready`)).ok ? true : undefined));
  const ask = async <T>(path: string): Promise<T> => {
    const answer = (await (await fetch(url + path)).json()) as {
      readonly status: string;
      readonly data: T;
      readonly error?: string;
    };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  };
  return {
    async query(expression) {
      const { result } = await ask<{ readonly result: readonly Result[] }>(
        `/api/v1/query?query=${encodeURIComponent(expression)}`,
      );
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    async firing() {
      const { alerts } = await ask<{ readonly alerts: readonly (FiringAlert & { readonly state: string })[] }>(
        '/api/v1/alerts',
      );
      return alerts.filter(({ state }) => state === 'firing');
    },
  };
}

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
/** Times of rules run so much faster. */
const FASTER = 60;
/** Windows have samples in them, however busy the machine is. */
const SHORTEST_WINDOW = 30;

/** An hour becomes a minute, in windows and in what an alert waits for. Names of recorded series stay. */
export function faster(rules: string): string {
  const seconds = (number: string, unit: string): number =>
    Math.ceil((Number(number) * SECONDS[unit as keyof typeof SECONDS]) / FASTER);
  const window = (number: string, unit: string): string => `${Math.max(seconds(number, unit), SHORTEST_WINDOW)}s`;
  return rules
    .replaceAll(/\[(\d+)([smhd])\]/g, (_, number, unit) => `[${window(number, unit)}]`)
    .replaceAll(/\boffset (\d+)([smhd])/g, (_, number, unit) => `offset ${window(number, unit)}`)
    .replaceAll(/^( +for: )(\d+)([smhd])$/gm, (_, key, number, unit) => `${key}${seconds(number, unit)}s`);
}

/** As Grafana fills it in where everything is chosen. */
export function filledIn(expression: string, window: string): string {
  return expression.replaceAll('$__rate_interval', window).replaceAll(/\$\w+/g, '.*');
}
