import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { envoyBinary } from '../../scripts/support/tools.ts';
import type { GoPrograms } from '../parts/go.ts';

/** What the figures depend on, without anything that identifies the machine. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly envoy: string;
  readonly go: string;
  /** YYYY-MM-DD */
  readonly date: string;
}

export function thisMachine(go: GoPrograms | undefined): Machine {
  const processors = cpus();
  const version = spawnSync(envoyBinary(), ['--version'], { encoding: 'utf8' }).stdout;
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    // Without the suffix of a distribution or a cloud.
    kernel: /^\d+\.\d+/.exec(release())?.[0] ?? 'unknown',
    node: process.versions.node,
    envoy: /\/(\d+\.\d+\.\d+)\//.exec(version)?.[1] ?? 'unknown',
    go: go?.version.replace(/^go/, '') ?? 'none',
    date: new Date().toISOString().slice(0, 10),
  };
}

export function describeMachine({ cpu, cores, memoryGiB, kernel, node, envoy, go, date }: Machine): string {
  return `${date}; ${cpu}, ${cores} cores for everything, ${memoryGiB} GiB; Linux ${kernel}; Node ${node}, Envoy ${envoy}, Go ${go}.`;
}
