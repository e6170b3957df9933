import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that this one starts and stops, and its output. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Resolves when it has ended, with the exit code or the signal's name. */
  readonly exited: Promise<number | string>;
  readonly running: boolean;
  /** The last lines of stdout and stderr together, in order of arrival. */
  output(): string;
  /** Sends a signal; does nothing if the process has ended. */
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after `graceMs`. Resolves when the process and all its children have ended. */
  stop(graceMs?: number): Promise<number | string>;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly onLine?: (line: string, from: 'stdout' | 'stderr') => void;
  /** Lines of output that are kept; 2,000 by default. */
  readonly keepLines?: number;
}

const living = new Set<ChildProcess>();
// After a crash of this process no Envoy may keep running and use a port. `exit` handlers are synchronous.
process.on('exit', () => {
  for (const child of living) killGroup(child);
});

/** Ends the process and everything that it started: each child leads its own process group. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group has already ended.
  }
}

export function startChild(name: string, command: string, args: readonly string[], options: ChildOptions = {}): Child {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group: Ctrl-C in a terminal reaches only this process, which then stops all children in the right order.
    detached: true,
  });
  living.add(child);
  const lines: string[] = [];
  const keep = options.keepLines ?? 2000;
  const collect = (from: 'stdout' | 'stderr') => (line: string) => {
    lines.push(line);
    if (lines.length > keep * 2) lines.splice(0, lines.length - keep);
    options.onLine?.(line, from);
  };
  createInterface({ input: child.stdout }).on('line', collect('stdout'));
  createInterface({ input: child.stderr }).on('line', collect('stderr'));

  const exited = new Promise<number | string>((resolve) => {
    child.on('error', (error) => {
      lines.push(`cannot run ${command}: ${error.message}`);
      living.delete(child);
      resolve(127);
    });
    // Processes that it left running (functions of the local AWS) would keep its pipes open.
    child.on('exit', () => killGroup(child));
    // `close` instead of `exit`, because then all output has been read.
    child.on('close', (code, signal) => {
      living.delete(child);
      resolve(code ?? signal ?? 'unknown');
    });
  });

  return {
    name,
    pid: child.pid ?? -1,
    exited,
    get running() {
      return living.has(child);
    },
    output: () => lines.slice(-keep).join('\n'),
    signal: (signal) => void child.kill(signal),
    async stop(graceMs = 5000) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => killGroup(child), graceMs);
      const result = await exited;
      clearTimeout(timer);
      return result;
    },
  };
}

/**
 * Calls `probe` every 10 ms until its result is not undefined. Fails with the child's output if the child ends first or `timeoutMs` passes
 * (the child is not stopped then). Errors of the probe count as "not yet".
 */
export async function waitFor<T>(
  child: Child,
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await Promise.resolve()
      .then(probe)
      .catch(() => undefined);
    if (value !== undefined) return value;
    if (!child.running) {
      throw new Error(
        `${child.name} ended (${await child.exited}) before ${what}; its last output:\n${child.output()}`,
      );
    }
    if (Date.now() > deadline) {
      throw new Error(`${child.name}: no ${what} within ${timeoutMs} ms; its last output:\n${child.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
