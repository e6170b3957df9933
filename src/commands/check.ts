import {
  checkEnvoy,
  emptyPolicies,
  formatProblem,
  type LoadedPolicies,
  loadPolicies,
  PolicyDocumentError,
  type Problem,
  readDocument,
} from '../config/index.ts';
import { type ParsedCommandLine, parseCommandLine, UsageError } from './command-line.ts';
import { checkDefinition } from './definitions.ts';
import { readInlineOptions } from './inline-options.ts';
import type { CommandIo } from './io.ts';
import { readSecretOptions } from './secret-options.ts';

/**
 * Validates policies.yaml and the Envoy configuration beside it: one line for each problem on the standard output, and
 * a sum at the end. 0 when there are no errors (warnings do not fail), 1 when there are, or when a file cannot be read.
 */
export async function checkCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const commandLine = parseCommandLine(checkDefinition, args, io.env);
  const config = commandLine.text('config');
  const envoy = commandLine.text('envoy');
  if (config === undefined && envoy === undefined) {
    throw new UsageError('nothing to check: give --config policies.yaml, --envoy envoy.yaml, or both');
  }
  const problems: Problem[] = [];
  const policies = await loadChecked(config, commandLine, problems);
  if (envoy !== undefined && policies !== undefined) {
    const text = await readDocument(envoy);
    problems.push(...(await attempt(() => checkEnvoy(text, envoy, policies), problems, [])));
  }
  for (const problem of problems) io.stdout.write(`${formatProblem(problem)}\n`);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const files = [config, envoy].filter((file) => file !== undefined).join(' and ');
  const unchecked =
    envoy !== undefined && policies === undefined ? `; ${envoy} is checked once ${config} is right` : '';
  io.stdout.write(`${files}: ${count(errors, 'error')}, ${count(problems.length - errors, 'warning')}${unchecked}\n`);
  return errors === 0 ? 0 : 1;
}

async function loadChecked(
  config: string | undefined,
  commandLine: ParsedCommandLine,
  problems: Problem[],
): Promise<LoadedPolicies | undefined> {
  const inline = readInlineOptions(commandLine);
  const secrets = readSecretOptions(commandLine);
  if (config === undefined) return emptyPolicies(inline);
  const text = await readDocument(config);
  const loaded = await attempt(() => secrets.load(() => loadPolicies(text, config, secrets)), problems, undefined);
  problems.push(...(loaded?.warnings ?? []));
  return loaded;
}

/** The result, or the fallback after the problems of a document that cannot be used were collected. */
async function attempt<T, F>(work: () => T | Promise<T>, problems: Problem[], fallback: F): Promise<T | F> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PolicyDocumentError)) throw error;
    problems.push(...error.problems);
    return fallback;
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
