import {
  checkEnvoyFiles,
  decodeDocument,
  type EnvoyFile,
  emptyPolicies,
  type LoadedPolicies,
  loadPolicies,
  PolicyDocumentError,
  type Problem,
  parseSource,
  readDocument,
  type SecretStore,
  UnreadableDocument,
} from '../config/index.ts';
import { createLambdaInvoker } from '../lambda/index.ts';
import { type ParsedCommandLine, parseCommandLine, UsageError } from './command-line.ts';
import { checkDefinition } from './definitions.ts';
import { type CheckedFile, FINDING_FORMATS, STDIN_NAME } from './finding-formats.ts';
import { groupProblems } from './findings.ts';
import { readInlineOptions } from './inline-options.ts';
import type { CommandIo } from './io.ts';
import { checkLive, type LiveCheck } from './live-check.ts';
import { readSecretOptions } from './secret-options.ts';
import { streamNotes } from './stream-notes.ts';
import { version } from './version.ts';

/**
 * Validates documents of policies, each separately, and the Envoy configuration of one of them. Prints the findings
 * on the standard output. 0 when there are no errors (with `--strict`: and no warnings), otherwise 1; a file that cannot be
 * read is an error.
 */
export async function checkCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommandLine(checkDefinition, args, io.env);
  const format = readFormat(line);
  const documents = documentsOf(line);
  const envoys = line.list('envoy');
  if (documents.length === 0 && envoys.length === 0) {
    throw new UsageError('nothing to check: give policies.yaml, --envoy envoy.yaml, or both');
  }
  if (documents.length === 0 && line.has('live')) {
    throw new UsageError('--live checks the functions of policies.yaml: also give that file');
  }
  if (documents.length > 1 && envoys.length > 0) {
    throw new UsageError(`--envoy requires exactly one policies file, not ${documents.length}: check them separately`);
  }
  if ([...documents, ...envoys].filter((name) => name === '-').length > 1) {
    throw new UsageError('standard input (-) can be read only once');
  }
  const inline = readInlineOptions(line, documents.length > 0);
  const envoyVersion = readEnvoyVersion(line);
  const secrets = readSecretOptions(line);
  const read = (name: string): Promise<string> => (name === '-' ? readInput(io) : readDocument(name));
  const problems: Problem[] = [];
  const notes: string[] = [];
  const files: CheckedFile[] = [];
  let policies: LoadedPolicies | undefined = documents.length === 0 ? emptyPolicies(inline, envoyVersion) : undefined;
  for (const name of documents) {
    const file = nameOf(name);
    files.push({ file, kind: 'policies', checked: true });
    const text = await attempt(file, problems, async () => await read(name));
    policies =
      text === undefined ? undefined : await attempt(file, problems, () => load(text, file, secrets, envoyVersion));
    problems.push(...(policies?.warnings ?? []));
    if (policies !== undefined) notes.push(...streamNotes(file, policies.set));
    if (text === undefined || policies === undefined || !line.has('live')) continue;
    const live = await askAws(text, file, policies);
    problems.push(...live.problems);
    notes.push(...live.notes);
  }
  const beside: EnvoyFile[] = [];
  for (const name of envoys) {
    const file = nameOf(name);
    files.push({ file, kind: 'envoy', checked: policies !== undefined });
    if (policies === undefined) continue;
    const text = await attempt(file, problems, async () => await read(name));
    if (text !== undefined) beside.push({ name: file, text });
  }
  if (policies !== undefined) problems.push(...checkEnvoyFiles(beside, policies));
  const strict = line.has('strict');
  const passed = problems.every(({ severity }) => severity === 'warning' && !strict);
  const result = { files, findings: groupProblems(problems), notes, strict, passed };
  io.stdout.write(FINDING_FORMATS[format](result, io.env));
  return passed ? 0 : 1;
}

function readFormat(line: ParsedCommandLine): keyof typeof FINDING_FORMATS {
  const text = line.required('format');
  if (text === 'text' || text === 'json' || text === 'github') return text;
  throw new UsageError(
    `--format must be one of ${Object.keys(FINDING_FORMATS).join(', ')}, not ${JSON.stringify(text)}`,
  );
}

function readEnvoyVersion(line: ParsedCommandLine): string | undefined {
  const version = line.text('envoy-version');
  if (version === undefined || /^1\.\d{1,3}(?:\.\d{1,3})?$/.test(version)) return version;
  throw new UsageError(`--envoy-version must be a version of Envoy, such as 1.40, not ${JSON.stringify(version)}`);
}

/** The arguments, and --config in addition; the variable of --config counts only if there are no arguments. */
function documentsOf(line: ParsedCommandLine): readonly string[] {
  const config = line.text('config');
  const isMeant = config !== undefined && (line.isGiven('config') || line.positionals.length === 0);
  return [...new Set([...(isMeant ? [config] : []), ...line.positionals])];
}

function nameOf(argument: string): string {
  return argument === '-' ? STDIN_NAME : argument;
}

function load(
  text: string,
  file: string,
  secrets: SecretStore,
  envoyVersion: string | undefined,
): Promise<LoadedPolicies> {
  return secrets.load(() => loadPolicies(text, file, secrets, envoyVersion));
}

/** Uses the variables, profile and trust stores of this machine, as `serve` would. */
async function askAws(text: string, fileName: string, { set }: LoadedPolicies): Promise<LiveCheck> {
  const invoker = createLambdaInvoker({ userAgent: `lambda-ext-proc/${version()}` });
  try {
    return await checkLive({ set, invoker, fileName, source: parseSource(text, fileName) });
  } finally {
    await invoker.close();
  }
}

/** The result, or undefined after the problems of a document that cannot be used were collected. */
async function attempt<T>(file: string, problems: Problem[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PolicyDocumentError) problems.push(...error.problems);
    else if (error instanceof UnreadableDocument) {
      problems.push({ severity: 'error', file, path: '', message: error.reason, ...error.position });
    } else throw error;
    return undefined;
  }
}

/** A larger document is refused anyway; further input is not read. */
const MOST_INPUT = 64 * 1024 * 1024;

async function readInput({ stdin }: CommandIo): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stdin ?? []) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    length += bytes.length;
    if (length > MOST_INPUT) throw new UnreadableDocument(STDIN_NAME, `is longer than ${MOST_INPUT} bytes`);
    chunks.push(bytes);
  }
  return decodeDocument(Buffer.concat(chunks), STDIN_NAME);
}
