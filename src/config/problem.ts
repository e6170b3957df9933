import { printableLine } from '../printable.ts';

/** A place in a document: the keys and indices that lead to it. */
export type DocumentPath = readonly (string | number)[];

/** Counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One problem, or possible problem, of a document. Never contains a value of the document: it could be a secret. */
export interface Problem extends Position {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** As `apis.orders.request.0.configuration.region`; "" for the document itself. */
  readonly path: string;
  /** The path from the nearest object that has a name, as `route orders: metadata`; absent: `path` says it well enough. */
  readonly subject?: string | undefined;
  readonly message: string;
}

/** Thrown if a document cannot be used; `message` has one line for each error. */
export class PolicyDocumentError extends Error {
  override readonly name = 'PolicyDocumentError';
  /** Errors and warnings, in the order of the document. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const errors = problems.filter((problem) => problem.severity === 'error');
    super(errors.map(loggedProblem).join('\n'));
    this.problems = problems;
  }
}

/** Names after which the redaction of logs cuts out a word, unless a backtick is between: a finding would lose its first one. */
const REDACTED_AFTER = /(?:password|session_?token)$/i;

/** `policies.yaml:3:16 apis.orders.request.0.configuration.region: …`, as compilers print it, in one line whatever names have. */
export function formatProblem(problem: Problem): string {
  return problemLine(problem, problem.subject ?? problem.path);
}

/** The same for a log line or the message of an error: these are redacted, so some names of fields stand in backticks. */
export function loggedProblem(problem: Problem): string {
  const field = problem.subject ?? problem.path;
  return problemLine(problem, REDACTED_AFTER.test(field) ? `\`${field}\`` : field);
}

function problemLine(problem: Problem, field: string): string {
  const { severity, file, line, column, message } = problem;
  const label = severity === 'warning' ? 'warning: ' : '';
  return printableLine(`${file}:${line}:${column} ${field === '' ? '' : `${field}: `}${label}${message}`);
}

/** The API that a problem is about; undefined: none of them, or not one alone. */
export function apiOfProblem({ path }: Problem): string | undefined {
  const [, word, quoted] = /^apis(?:\.([\w-]+)|\[("(?:[^"\\]|\\.)*")\])/.exec(path) ?? [];
  return quoted === undefined ? word : String(JSON.parse(quoted));
}

/** Keys that are no plain words are quoted: `responseTemplates.DEFAULT["*\/*"]`. */
export function formatPath(path: DocumentPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number' || /^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}
