import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkEnvoy,
  formatProblem,
  loadPolicies,
  PolicyDocumentError,
  type Problem,
  readDocument,
  SourceError,
} from '../config/index.ts';
import { ImportError, type ImportResult, importDefinition } from '../import/index.ts';
import { parseCommandLine, UsageError } from './command-line.ts';
import { importGraviteeDefinition } from './definitions.ts';
import type { CommandIo } from './io.ts';

/**
 * Turns an API definition into policies.yaml and envoy.yaml, checks both, and tells what it could not carry. 0 when
 * both files were written and have no errors; existing files are never overwritten.
 */
export async function importGraviteeCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const commandLine = parseCommandLine(importGraviteeDefinition, args, io.env);
  const [file] = commandLine.positionals;
  const directory = commandLine.text('out');
  if (file === undefined) throw new UsageError('which definition? import-gravitee API.JSON --out DIR');
  if (directory === undefined) throw new UsageError('where to? import-gravitee API.JSON --out DIR');
  const result = importFile(await readDocument(file), file);
  const policies = join(directory, 'policies.yaml');
  const envoy = join(directory, 'envoy.yaml');
  const problems = check(result, policies, envoy);
  await mkdir(directory, { recursive: true });
  await writeNew(policies, result.policies);
  await writeNew(envoy, result.envoy);
  report(result, [policies, envoy], problems, io);
  return problems.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function importFile(text: string, file: string): ImportResult {
  try {
    return importDefinition(text, file);
  } catch (error) {
    if (error instanceof SourceError) {
      const { line, column } = error.position;
      throw new Error(`${file}:${line}:${column} ${error.message}`, { cause: error });
    }
    if (error instanceof ImportError) throw new Error(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
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

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o640 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new Error(`${file} is there already: choose another --out, or remove it`);
    }
    throw error;
  }
}

function report(result: ImportResult, files: readonly string[], problems: readonly Problem[], io: CommandIo): void {
  const { apis, steps, routes, notCarried } = result;
  io.stdout.write(`${files.join('\n')}\n`);
  io.stdout.write(`carried: ${steps} Lambda steps in ${apis} APIs, on ${routes} routes\n`);
  for (const line of notCarried) io.stdout.write(`not carried: ${line}\n`);
  for (const problem of problems) io.stdout.write(`${formatProblem(problem)}\n`);
}
