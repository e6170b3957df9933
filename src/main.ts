#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { closest } from './closest.ts';
import { UsageError } from './commands/command-line.ts';
import { cacheCompiledCode } from './commands/compile-cache.ts';
import { commandDefinitions } from './commands/definitions.ts';
import { tuneHeap } from './commands/heap.ts';
import { commandHelp, programHelp } from './commands/help.ts';
import type { CommandIo } from './commands/io.ts';
import { requireNode } from './commands/node-version.ts';
import { version } from './commands/version.ts';
import { printable } from './printable.ts';

type Command = (args: readonly string[], io: CommandIo) => Promise<number>;

/** Each command has its own imports: `--help` loads none of them, and `serve` not those of `check`. */
const COMMANDS = new Map<string, () => Promise<Command>>([
  ['serve', loadServe],
  ['check', async () => (await import('./commands/check.ts')).checkCommand],
  ['eval', async () => (await import('./commands/eval.ts')).evalCommand],
  ['test', async () => (await import('./commands/test.ts')).testCommand],
  ['try', async () => (await import('./commands/try.ts')).tryCommand],
  ['health', async () => (await import('./commands/health.ts')).healthCommand],
  ['init', async () => (await import('./commands/init.ts')).initCommand],
  ['iam', async () => (await import('./commands/iam.ts')).iamCommand],
  ['schema', async () => (await import('./commands/schema.ts')).schemaCommand],
  ['import-gravitee', async () => (await import('./commands/import-gravitee.ts')).importGraviteeCommand],
]);

async function loadServe(): Promise<Command> {
  // Before the other modules: loading them alone makes the heap's young part grow.
  tuneHeap();
  return (await import('./commands/serve.ts')).serveCommand;
}

/**
 * The whole program: runs one command and gives its exit code. 0 went well, 1 failed, 2 was not understood; `eval`
 * has 3 for null.
 */
export async function main(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await run(args, io);
  } catch (error) {
    const { describeError } = await import('./observability/index.ts');
    io.stderr.write(`lambda-ext-proc: ${printable(describeError(error))}\n`);
    const debug = io.env.LAMBDA_EXT_PROC_LOG_LEVEL === 'debug' || args.join(' ').includes('--log-level debug');
    if (debug && error instanceof Error && error.stack !== undefined) io.stderr.write(`${error.stack}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  const ownFlags = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : rest.length);
  if (name === '--version' || ownFlags.includes('--version')) {
    io.stdout.write(`${version()}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = commandDefinitions.find((definition) => definition.name === rest[0]);
    const page = about === undefined ? programHelp(commandDefinitions) : commandHelp(about);
    (name === undefined ? io.stderr : io.stdout).write(page);
    return name === undefined ? 2 : 0;
  }
  const load = COMMANDS.get(name);
  if (load === undefined) throw unknownCommand(name);
  if (ownFlags.includes('--help') || ownFlags.includes('-h')) {
    const definition = commandDefinitions.find((candidate) => candidate.name === name);
    if (definition !== undefined) io.stdout.write(commandHelp(definition));
    return 0;
  }
  const command = await load();
  return await command(rest, io);
}

function unknownCommand(name: string): UsageError {
  const what = name.startsWith('-') ? 'flag' : 'command';
  const suggestion = closest(name.replace(/^-+/, ''), COMMANDS.keys());
  const hint =
    suggestion === undefined ? `commands are ${[...COMMANDS.keys()].join(', ')}` : `did you mean ${suggestion}?`;
  return new UsageError(`unknown ${what} ${name.slice(0, 64)}; ${hint}`);
}

function isProgram(): boolean {
  const script = process.argv[1];
  // npm starts a bin through a symlink.
  return script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url);
}

// What still waits (a pooled connection, a timer of a library) must not keep an ended command alive.
if (isProgram()) {
  // Where the flag of commands/node-flags.ts is not given: a listener replaces Node's, which opens its inspector.
  process.on('SIGUSR1', () => undefined);
  await requireNode(process.versions.node);
  cacheCompiledCode();
  process.exit(await main(process.argv.slice(2), process));
}
