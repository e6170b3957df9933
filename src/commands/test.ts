import { realpath, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { suggestion } from '../closest.ts';
import { readDocument } from '../config/index.ts';
import {
  isGood,
  jsonReport,
  junitReport,
  reportOf,
  type TestReport,
  TestRun,
  textReport,
} from '../policy-tests/index.ts';
import { parseCommandLine, UsageError } from './command-line.ts';
import { testDefinition } from './definitions.ts';
import type { CommandIo } from './io.ts';
import { version } from './version.ts';

const FORMATS = new Map<string, (report: TestReport) => string>([
  ['text', textReport],
  ['junit', junitReport],
  ['json', jsonReport],
]);

/**
 * Runs files of tests for policies. 0 when all pass, 1 when one does not, or when a file cannot be used. Nothing is read but these
 * files and the documents that they name.
 */
export async function testCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const commandLine = parseCommandLine(testDefinition, args, io.env);
  const files = commandLine.positionals;
  if (files.length === 0) throw new UsageError('nothing to test: give test files, such as policies.test.yaml');
  const name = commandLine.required('format');
  const format = FORMATS.get(name);
  if (format === undefined) {
    const hint = suggestion(name, FORMATS.keys()) || `: expected ${[...FORMATS.keys()].join(', ')}`;
    throw new UsageError(`--format ${name.slice(0, 64)} is not known${hint}`);
  }
  const runOnce = async (): Promise<TestRun> => {
    const run = await runAll(files);
    io.stdout.write(format(reportOf(run)));
    return run;
  };
  if (commandLine.has('watch')) return await watch(runOnce, io);
  return isGood(reportOf(await runOnce())) ? 0 : 1;
}

async function runAll(files: readonly string[]): Promise<TestRun> {
  const run = new TestRun({ read: readFileOfTests, version: version() });
  for (const file of files) await run.add(file);
  return run;
}

/** A pipe or a device may never end, and what the kernel makes up has the environment of processes. */
async function readFileOfTests(file: string): Promise<string> {
  const isOdd = await stat(file).then(
    async (found) => (!found.isFile() && !found.isDirectory()) || /^\/(?:proc|sys|dev)\//.test(await realpath(file)),
    () => false,
  );
  if (isOdd) throw new Error(`${file}: is not a regular file`);
  return await readDocument(file);
}

const POLL_MS = 200;

/** Runs again when a file changes, until a signal ends the process. Files are looked at, as policies.yaml is by a server. */
async function watch(runOnce: () => Promise<TestRun>, io: CommandIo): Promise<never> {
  for (;;) {
    let before: string;
    let files: ReadonlySet<string> = new Set();
    try {
      ({ files } = await runOnce());
    } catch (error) {
      io.stderr.write(`lambda-ext-proc: ${error instanceof Error ? error.message : String(error)}\n`);
    }
    before = await fingerprintOf(files);
    io.stderr.write(`watching ${[...files].join(', ')}\n`);
    for (let now = before; now === before; now = await fingerprintOf(files)) await pause(POLL_MS);
  }
}

async function fingerprintOf(files: ReadonlySet<string>): Promise<string> {
  const all = await Promise.all(
    [...files].map((file) =>
      stat(file, { bigint: true }).then(
        ({ ino, size, mtimeNs, ctimeNs }) => `${ino}:${size}:${mtimeNs}:${ctimeNs}`,
        () => 'gone',
      ),
    ),
  );
  return all.join(' ');
}
