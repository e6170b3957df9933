import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestLine } from './test-lines.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const reporter = fileURLToPath(new URL('test-lines.ts', import.meta.url));

export interface TestRun {
  /** Path of Node; by default that of this process. */
  readonly node?: string;
  /** Further arguments of Node. */
  readonly args?: readonly string[];
  /** Paths or globs. */
  readonly files: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs test files in a separate process until it ends. Rejects if the runner itself failed or no test ran: otherwise a runner that was
 * killed, or that does not know an argument, would look like a success.
 */
export function runTests({ node = process.execPath, args = [], files, env }: TestRun): Promise<readonly TestLine[]> {
  return new Promise((resolve, reject) => {
    // An outer test runner sets this variable: the inner runner would report to the outer one.
    const { NODE_TEST_CONTEXT: _, ...outer } = process.env;
    const child = spawn(node, ['--test', '--test-timeout=300000', `--test-reporter=${reporter}`, ...args, ...files], {
      cwd: root,
      env: { ...outer, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: TestLine[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) lines.push(JSON.parse(line) as TestLine);
    });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const isTold = code === 0 || lines.some(({ outcome }) => outcome === 'FAIL');
      if (signal === null && isTold && lines.length > 0) resolve(lines);
      else reject(new Error(`the test runner ended with ${signal ?? code} after ${lines.length} tests: ${complaint}`));
    });
  });
}

/** `NAME: 12 passed, 0 failed, 1 skipped, 30 s`. */
export function summaryOf(name: string, lines: readonly TestLine[], started: number): string {
  const count = (outcome: TestLine['outcome']) => lines.filter((line) => line.outcome === outcome).length;
  const seconds = Math.round((performance.now() - started) / 1000);
  return `${name}: ${count('pass')} passed, ${count('FAIL')} failed, ${count('skip')} skipped, ${seconds} s`;
}
