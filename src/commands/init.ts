import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCommandLine, UsageError } from './command-line.ts';
import { initDefinition } from './definitions.ts';
import type { CommandIo } from './io.ts';
import { SCHEMAS, schemaText } from './schema.ts';

/** In the package, beside src/ or dist/. */
const STARTER = new URL('../../starter/', import.meta.url);
/** Only a checkout has it. */
const CHECKOUT_ENVOY = new URL('../../.local/venv/bin/envoy', import.meta.url);
const STARTER_FILES = ['policies.yaml', 'policies.test.yaml', 'envoy.yaml'] as const;

/**
 * Writes policies that call a function, tests for them, an Envoy configuration and the schemas for editors into a directory, and
 * creates the directory if it is missing. Throws before anything is written if one of the files exists already.
 */
export async function initCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const [directory] = parseCommandLine(initDefinition, args, io.env).positionals;
  if (directory === undefined || directory === '') throw new UsageError('where to? init DIR, or init . for this one');
  const texts = new Map<string, string>();
  for (const name of STARTER_FILES) texts.set(join(directory, name), await readFile(new URL(name, STARTER), 'utf8'));
  for (const name of ['policies', 'test'] as const) {
    texts.set(join(directory, 'schema', SCHEMAS[name].file), schemaText(name));
  }
  const taken: string[] = [];
  for (const file of texts.keys()) if (await isThere(file)) taken.push(file);
  if (taken.length > 0) throw new Error(alreadyThere(taken));
  for (const [file, text] of texts) await writeNew(file, text);
  const envoy = (await isThere(fileURLToPath(CHECKOUT_ENVOY))) ? relative('', fileURLToPath(CHECKOUT_ENVOY)) : 'envoy';
  io.stdout.write(nextSteps(directory, [...texts.keys()], commandIn(io.env), envoy));
  return 0;
}

function alreadyThere(files: readonly string[]): string {
  const what = files.length === 1 ? 'exists already' : 'exist already';
  return `${files.join(', ')} ${what}, and nothing was written: choose another directory`;
}

async function isThere(file: string): Promise<boolean> {
  try {
    // A broken link exists too.
    await lstat(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw cannotWrite(file, error);
  }
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await makeDirectory(dirname(file));
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new Error(alreadyThere([file]));
    throw cannotWrite(file, error);
  }
}

/** One by one: Node's `recursive` never ends if nothing can be created, as in /proc. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return;
    const parent = dirname(directory);
    if (code !== 'ENOENT' || parent === directory) throw error;
    await makeDirectory(parent);
    await mkdir(directory);
  }
}

function cannotWrite(file: string, error: unknown): Error {
  const code = codeOf(error);
  const reason = code === 'ENOTDIR' ? 'a part of the path is a file, not a directory' : code;
  return new Error(`${file} cannot be written: ${reason}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** npm sets this variable for `npx`, which is needed where the command is not in PATH. */
function commandIn(env: CommandIo['env']): string {
  return env.npm_command === 'exec' ? 'npx lambda-ext-proc' : 'lambda-ext-proc';
}

function nextSteps(directory: string, files: readonly string[], command: string, envoy: string): string {
  const [policies, tests, configuration] = STARTER_FILES.map((name) => join(directory, name));
  return `${files.map((file) => `wrote ${file}`).join('\n')}

Next:
  ${command} check ${policies} --envoy ${configuration} --strict
  ${command} test ${tests}

With AWS credentials, a function hello in us-east-1 and a backend on 127.0.0.1:8080, each in its own terminal:
  ${command} serve --config ${policies}
  ${envoy} -c ${configuration}
  curl 'http://127.0.0.1:10000/hello?name=ada'
`;
}
