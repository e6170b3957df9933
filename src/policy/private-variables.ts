import type { Transaction } from './transaction.ts';

/** Texts for the log, without the values of private variables. */
type Redact = (text: string) => string;

const CUT = '…';
const MAX_CAUSES = 3;

/** Undefined where there is nothing to cut out, as in most APIs. */
export function redactionOf({ policies, attributes }: Transaction): Redact | undefined {
  if (policies.privateVariables.size === 0) return undefined;
  const values = [...policies.privateVariables]
    .map((name) => String(attributes.get(name) ?? ''))
    .filter((value) => value !== '')
    .sort((a, b) => b.length - a.length);
  return values.length === 0 ? undefined : (text) => values.reduce((rest, value) => rest.replaceAll(value, CUT), text);
}

/** An error as it may be logged: itself, or a copy without private values. What it quotes may be a part of one. */
export function loggable(transaction: Transaction, error: unknown): unknown {
  const redact = redactionOf(transaction);
  return redact === undefined ? error : copyOf(error, (text) => withoutQuotes(redact(text)), 0);
}

/** Messages show values in quotes, shortened and escaped. */
export function withoutQuotes(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"/g, `"${CUT}"`);
}

function copyOf(error: unknown, redact: Redact, depth: number): unknown {
  if (!(error instanceof Error)) return redact(String(error));
  const { name, message, stack, cause } = error;
  const { code, kind } = error as Error & { readonly code?: unknown; readonly kind?: unknown };
  const copy = new Error(redact(message));
  if (cause !== undefined && depth < MAX_CAUSES) copy.cause = copyOf(cause, redact, depth + 1);
  return Object.assign(copy, { name, code, kind, stack: redact(stack ?? '') });
}
