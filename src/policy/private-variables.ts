import { ExpressionError } from '../expression/index.ts';
import type { Transaction } from './transaction.ts';

/** Texts for the log, without the values of private variables. */
export type Redact = (text: string) => string;

const CUT = '…';
const MAX_CAUSES = 3;

/** Undefined where the API has no private variables, as most. */
export function redactionOf({ policies, attributes }: Transaction): Redact | undefined {
  if (policies.privateVariables.size === 0) return undefined;
  const values = [...policies.privateVariables].map((name) => String(attributes.get(name) ?? ''));
  return (text) => {
    // No form is shorter than the value. Forms of a whole body take long to make, and a log line is short.
    const possible = values.filter((value) => value.length <= text.length);
    const written = [...new Set(possible.flatMap(writtenForms))].sort((a, b) => b.length - a.length);
    return written.reduce((rest, form) => rest.replaceAll(form, CUT), text);
  };
}

/** How a payload, a function's log or a URL may have the value: as it is, in JSON, in JSON within JSON, escaped, in base64. */
function writtenForms(value: string): readonly string[] {
  if (value === '') return [];
  const inJson = jsonText(value);
  const base64 = Buffer.from(value).toString('base64');
  return [value, inJson, jsonText(inJson), encodeURIComponent(value.toWellFormed()), base64];
}

function jsonText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** An error as it may be logged: itself, or a copy without private values. It may quote a part of one. */
export function loggable(transaction: Transaction, error: unknown): unknown {
  const redact = redactionOf(transaction);
  return redact === undefined ? error : copyOf(error, (text) => withoutQuotes(redact(text)), 0);
}

/** An error for readers who must not see private variables: its message may quote a part of one that is stored nowhere else. */
export function withoutPrivateWords(error: unknown): unknown {
  return copyOf(error, withoutQuotes, 0);
}

/** Messages show values in quotes, shortened and escaped. A quote that is not closed ends with the text, so matching is linear. */
export function withoutQuotes(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)/gs, `"${CUT}"`);
}

function copyOf(error: unknown, redact: Redact, depth: number): unknown {
  if (!(error instanceof Error)) return redact(String(error));
  if (error instanceof ExpressionError) return placeOf(error);
  const { name, message, stack, cause } = error;
  const { code, kind } = error as Error & { readonly code?: unknown; readonly kind?: unknown };
  const copy = new Error(redact(message));
  if (cause !== undefined && depth < MAX_CAUSES) copy.cause = copyOf(cause, redact, depth + 1);
  return Object.assign(copy, { name, code, kind, stack: redact(stack ?? '') });
}

/** Its message may quote any part of a value, even of one that is not in a variable yet: only the place is shown. */
function placeOf({ name, offset, template, stack = '' }: ExpressionError): Error {
  const where = `the expression fails at character ${offset + 1} of ${template}`;
  const message = `${where}; the reason is not shown because this API has private variables`;
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
  return Object.assign(new Error(message), { name, stack: [`${name}: ${message}`, ...frames].join('\n') });
}
