import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** User and system time of all threads so far. */
  readonly cpuMicros: number;
  readonly rssMiB: number;
}

/** A process and all that descend from it, as they are now (Linux). */
export function processTree(pid: number): readonly number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(processTree)];
}

/**
 * The kernel's figures for one process. CPU time comes from the scheduler, per thread and in nanoseconds: /proc/PID/stat counts in
 * hundredths of a second, which is one percent of a round. Threads that have ended are not included, so use it only for servers, whose
 * threads do not end.
 */
export function processUsage(pid: number): ProcessUsage {
  const rss = Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const text = read(`/proc/${pid}/task/${task}/schedstat`);
    if (text === '') return { cpuMicros: ticks(pid) * 10_000, rssMiB: rss };
    nanoseconds += Number(text.split(' ')[0]);
  }
  return { cpuMicros: nanoseconds / 1000, rssMiB: rss };
}

/** For kernels without statistics of the scheduler. */
function ticks(pid: number): number {
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
