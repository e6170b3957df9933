import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchArguments } from './arguments.ts';
import { type BenchCase, benchCases } from './cases.ts';
import { cpuMicrosOf, orderFor } from './measure/group.ts';
import { readStacks, sharesOf } from './measure/stacks.ts';
import { type BenchEnvironment, startBenchEnvironment } from './parts/environment.ts';
import type { GoPrograms } from './parts/go.ts';
import { prepareOwn } from './prepare.ts';
import { figure, markdownTable } from './report/text.ts';
import { buildRevision } from './revision.ts';
import { ownSubject } from './subjects/own.ts';
import type { Subject } from './subjects/subject.ts';

const root = join(import.meta.dirname, '..');
const WARM_REQUESTS = 60_000;
const SECONDS = 10;
const CONNECTIONS = 32;

/** CPU time of one request in microseconds, and the share of each part. */
interface Profile {
  readonly title: string;
  readonly micros: number;
  readonly shares: ReadonlyMap<string, number>;
}

/** `--profile`: where the CPU time of the warm server goes, by Linux's perf; next to another revision if `--compare` names one. */
export async function profile(
  { cases, compare, gracefulClose }: BenchArguments,
  go: GoPrograms | undefined,
  progress: (text: string) => void,
): Promise<string> {
  const revision = compare === undefined ? undefined : await buildRevision(compare);
  const options = { v8Flags: ['--perf-basic-prof', '--interpreted-frames-native-stack'], workers: 1 };
  const environment = await startBenchEnvironment({
    go,
    gracefulClose,
    progress,
    subjects: (context) => [
      ...(revision === undefined
        ? []
        : [ownSubject({ ...options, name: 'there', title: revision.commit, checkout: revision.path }, context)]),
      ownSubject({ ...options, name: 'here', title: 'this checkout', checkout: root }, context),
    ],
  });
  try {
    const subjects = environment.subjects.filter(({ addresses }) => addresses.length > 0);
    await prepareOwn(subjects, progress);
    const parts: string[] = [];
    for (const benchCase of cases ?? benchCases.slice(0, 1)) {
      const profiles: Profile[] = [];
      for (const subject of subjects) {
        progress(`${benchCase.name}: ${subject.title}`);
        profiles.push(await profileOne(subject, benchCase, environment));
      }
      parts.push(`### ${benchCase.title}`, renderProfiles(profiles));
    }
    return parts.join('\n\n');
  } finally {
    await environment.stop();
  }
}

async function profileOne(subject: Subject, benchCase: BenchCase, environment: BenchEnvironment): Promise<Profile> {
  const { load, url } = environment;
  const server = await subject.start(benchCase);
  const { pid } = server;
  if (pid === undefined) throw new Error(`${subject.name} has no process`);
  const directory = join(root, '.local/bench/perf');
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${subject.name}.data`);
  try {
    const order = { ...orderFor({ subject, benchCase, cold: false }, url), connections: CONNECTIONS };
    await load.run({ ...order, requests: WARM_REQUESTS });
    // Taking samples costs CPU time of the server, so the time of a request is measured without it.
    const before = cpuMicrosOf(pid);
    const { requests } = await load.run({ ...order, seconds: SECONDS });
    const micros = (cpuMicrosOf(pid) - before) / requests;
    const perf = spawn('perf', ['record', '-q', '-F', '997', '-g', '-p', String(pid), '-o', file], {
      stdio: 'inherit',
    });
    await startOf(perf);
    await load.run({ ...order, seconds: SECONDS });
    perf.kill('SIGINT');
    await once(perf, 'exit');
    return { title: subject.title, micros, shares: sharesOf(readStacks(await scriptOf(file))) };
  } finally {
    await server.stop();
    rmSync(file, { force: true });
    // V8 writes the names of compiled functions there, where perf looks for them.
    rmSync(`/tmp/perf-${pid}.map`, { force: true });
  }
}

async function startOf(perf: ChildProcess): Promise<void> {
  const failed = once(perf, 'error').then(([error]) => {
    throw new Error(`--profile needs Linux's perf: ${error instanceof Error ? error.message : String(error)}`);
  });
  const ended = once(perf, 'exit').then(() => {
    throw new Error('--profile: perf may not read this process; see kernel.perf_event_paranoid');
  });
  // perf does not report when it has started.
  await Promise.race([failed, ended, sleep(500)]);
}

async function scriptOf(file: string): Promise<string> {
  const perf = spawn('perf', ['script', '-i', file, '-F', 'comm,ip,sym,dso'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const pieces: Buffer[] = [];
  for await (const piece of perf.stdout) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

/** Exported for its test. */
export function renderProfiles(profiles: readonly Profile[]): string {
  const parts = new Set(profiles.toReversed().flatMap(({ shares }) => [...shares.keys()]));
  const rows = [...parts].map((part) => [
    part,
    ...profiles.flatMap(({ micros, shares }) => {
      const share = shares.get(part) ?? 0;
      return [figure(micros * share), `${(100 * share).toFixed(1)} %`];
    }),
  ]);
  const sums = ['all', ...profiles.flatMap(({ micros }) => [figure(micros), '100 %'])];
  const head = ['CPU µs of one request', ...profiles.flatMap(({ title }) => [title, 'share'])];
  return markdownTable(head, [...rows, sums]);
}
