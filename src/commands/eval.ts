import { readFile } from 'node:fs/promises';
import { compileTemplate, ExpressionError } from '../expression/index.ts';
import { parseCommandLine, UsageError } from './command-line.ts';
import { checkContext } from './context-check.ts';
import { evalDefinition } from './definitions.ts';
import { readContext } from './eval-context.ts';
import type { CommandIo } from './io.ts';

/**
 * Evaluates one template (its text on standard output; null is an empty line and exit code 3, an error is exit code 1),
 * or with --contexts and --cases a table: one JSON line `{id, outcome, value}` for each case, exit code 0.
 */
export async function evalCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const commandLine = parseCommandLine(evalDefinition, args, io.env);
  const [template] = commandLine.positionals;
  const context = commandLine.text('context');
  const request = commandLine.text('request');
  const contexts = commandLine.text('contexts');
  const cases = commandLine.text('cases');
  const isTable = contexts !== undefined && cases !== undefined;
  if (isTable && template === undefined && context === undefined && request === undefined) {
    return evaluateTable(contexts, cases, io);
  }
  if (template === undefined || contexts !== undefined || cases !== undefined) {
    throw new UsageError("expected --context FILE or --request FILE and 'TEMPLATE', or --contexts FILE --cases FILE");
  }
  const data = context === undefined ? {} : checked(await readJson(context), context, io);
  const scope = readContext(data);
  if (request !== undefined && scope.request !== undefined) {
    throw new UsageError(`${context} and ${request} both have a request: leave one out`);
  }
  // Loaded on demand, because it imports the reader of test files.
  const sent = request === undefined ? scope.request : await (await import('./eval-request.ts')).readSent(request);
  try {
    const value = compileTemplate(template).evaluate({ ...scope, request: sent });
    io.stdout.write(`${value ?? ''}\n`);
    return value === null ? 3 : 0;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    io.stderr.write(`${error.explain()}\n`);
    return 1;
  }
}

/** Throws UsageError for a context that is certainly a mistake; possible mistakes are reported with the result. */
function checked(data: unknown, place: string, io: CommandIo): unknown {
  const { errors, warnings } = checkContext(data);
  if (errors.length > 0) throw new UsageError(errors.map((error) => `${place}: ${error}`).join('; '));
  for (const warning of warnings) io.stderr.write(`${place}: ${warning}\n`);
  return data;
}

interface Case {
  readonly id: string;
  readonly context: string;
  readonly template: string;
}

async function evaluateTable(contextsFile: string, casesFile: string, io: CommandIo): Promise<number> {
  const contexts = contextsOf(await readJson(contextsFile), contextsFile);
  for (const [name, context] of Object.entries(contexts)) checked(context, `${contextsFile}: ${name}`, io);
  const lines = (await readText(casesFile)).split('\n');
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const { id, context, template } = readCase(line, `${casesFile}:${i + 1}`);
    if (!Object.hasOwn(contexts, context)) {
      throw new UsageError(`${casesFile}:${i + 1}: there is no context '${context}' in ${contextsFile}`);
    }
    io.stdout.write(`${JSON.stringify({ id, ...outcomeOf(template, contexts[context]) })}\n`);
  }
  return 0;
}

/**
 * Each case has its own context: nothing that one evaluation keeps reaches another. An unexpected error is that
 * case's outcome too, so that the rest of the table is evaluated.
 */
function outcomeOf(template: string, context: unknown): { outcome: string; value?: string; error?: string } {
  try {
    const value = compileTemplate(template).evaluate(readContext(context));
    return value === null ? { outcome: 'null' } : { outcome: 'value', value: encodable(value) };
  } catch (error) {
    return {
      outcome: 'error',
      error: error instanceof ExpressionError ? error.message : `unexpected: ${String(error)}`,
    };
  }
}

/** Half a surrogate pair has no bytes in UTF-8; the original writes a question mark. */
const encodable = (text: string): string => (text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?'));

function contextsOf(data: unknown, file: string): Readonly<Record<string, unknown>> {
  const contexts = typeof data === 'object' && data !== null && 'contexts' in data ? data.contexts : undefined;
  if (typeof contexts !== 'object' || contexts === null) throw new UsageError(`${file}: expected {"contexts": {…}}`);
  return contexts as Readonly<Record<string, unknown>>;
}

function readCase(line: string, place: string): Case {
  const data = parseJson(line, place);
  const fields = (typeof data === 'object' && data !== null ? data : {}) as Readonly<Record<string, unknown>>;
  const { id, context, template } = fields;
  if (typeof id !== 'string' || typeof context !== 'string' || typeof template !== 'string') {
    throw new UsageError(`${place}: expected a JSON object with the strings id, context and template`);
  }
  return { id, context, template };
}

async function readJson(file: string): Promise<unknown> {
  return parseJson(await readText(file), file);
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${place}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`${file} cannot be read: ${code}`);
  }
}
