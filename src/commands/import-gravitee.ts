import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkEnvoy,
  loadPolicies,
  PolicyDocumentError,
  type Problem,
  readDocument,
  SourceError,
} from '../config/index.ts';
import { ImportError, type ImportedFile, type ImportResult, importDefinitions } from '../import/index.ts';
import { parseCommandLine, UsageError } from './command-line.ts';
import { importGraviteeDefinition } from './definitions.ts';
import { importJson, importText, type WrittenImport } from './import-report.ts';
import type { CommandIo } from './io.ts';

/** Exit code if a restriction on callers is not imported, so that its routes are closed. */
const CLOSED = 3;

/**
 * Turns API definitions into policies.yaml and envoy.yaml, checks both, and reports what could not be imported unchanged.
 * 0 when the files were written and have no errors, 1 when they have or `--strict` finds something, 3 when routes are
 * closed; existing files are never overwritten.
 */
export async function importGraviteeCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const commandLine = parseCommandLine(importGraviteeDefinition, args, io.env);
  const [file] = commandLine.positionals;
  const directory = commandLine.text('out');
  const format = commandLine.text('format') ?? 'text';
  if (file === undefined) throw new UsageError('which definition? import-gravitee API.JSON --out DIR');
  if (directory === undefined) throw new UsageError('where to? import-gravitee API.JSON --out DIR');
  if (format !== 'text' && format !== 'json') throw new UsageError(`--format is text or json, not ${format}`);
  const groups = await Promise.all(
    commandLine.list('shared-policy-groups').map(async (name) => ({ text: await readDocument(name), fileName: name })),
  );
  const options = { accept: commandLine.list('accept'), sharedPolicyGroups: groups };
  const imported = importFile(await readDocument(file), file, options);
  const written: WrittenImport[] = [];
  for (const result of imported.results) {
    written.push(await write(result, imported.results.length > 1 ? join(directory, result.name) : directory));
  }
  const print = format === 'json' ? importJson : importText;
  io.stdout.write(print(written, imported.failures));
  return exitCode(written, imported, commandLine.has('strict'));
}

type Options = Parameters<typeof importDefinitions>[2];

function importFile(text: string, file: string, options: Options): ImportedFile {
  try {
    return importDefinitions(text, file, options);
  } catch (error) {
    if (error instanceof SourceError) {
      const { line, column } = error.position;
      throw new Error(`${file}:${line}:${column} ${error.message}`, { cause: error });
    }
    if (error instanceof ImportError) throw new Error(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

async function write(result: ImportResult, directory: string): Promise<WrittenImport> {
  const policies = join(directory, 'policies.yaml');
  const envoy = join(directory, 'envoy.yaml');
  const problems = check(result, policies, envoy);
  await mkdir(directory, { recursive: true });
  await writeNew(policies, result.policies, 0o640);
  await writeNew(envoy, result.envoy, 0o640);
  const files = [policies, envoy];
  if (result.secrets !== undefined) {
    const secrets = join(directory, 'secrets.env');
    await writeNew(secrets, result.secrets, 0o600);
    files.push(secrets);
  }
  return { result, files, problems };
}

function check(result: ImportResult, policies: string, envoy: string): readonly Problem[] {
  try {
    const loaded = loadPolicies(result.policies, policies);
    return [...loaded.warnings, ...checkEnvoy(result.envoy, envoy, loaded)];
  } catch (error) {
    if (error instanceof PolicyDocumentError) return error.problems;
    throw error;
  }
}

async function writeNew(file: string, text: string, mode: number): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', mode });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new Error(`${file} is there already: choose another --out, or remove it`);
    }
    throw error;
  }
}

function exitCode(written: readonly WrittenImport[], { failures }: ImportedFile, strict: boolean): number {
  if (failures.length > 0) return 1;
  if (written.some(({ problems }) => problems.some(({ severity }) => severity === 'error'))) return 1;
  if (strict && written.some(({ result }) => result.report.some(({ damage }) => damage !== 'told'))) return 1;
  return written.some(({ result }) => result.closedRoutes > 0) ? CLOSED : 0;
}
