import { readFileSync } from 'node:fs';
import { readContext } from '../../src/commands/eval-context.ts';
import { compileTemplate, ExpressionError } from '../../src/expression/index.ts';

export interface Case {
  readonly id: string;
  readonly category: string;
  readonly context: string;
  readonly template: string;
  readonly outcome: 'value' | 'null' | 'error';
  readonly value?: string;
  readonly error?: string;
}

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

const table = (file: string): readonly Case[] =>
  read(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Answers of the original, and those of a second round: XML with prefixes, ends of lines, names of certificates. */
export const cases = [...table('open.jsonl'), ...table('open2.jsonl')];
/** Cases that this project thought of, with what the original answered; where this project differs on purpose is left out. */
export const asked = [...table('asked.jsonl'), ...table('asked2.jsonl')];
export const contexts: Readonly<Record<string, unknown>> = Object.assign(
  {},
  ...['contexts.json', 'contexts2.json', 'asked2-contexts.json'].map((file) => JSON.parse(read(file)).contexts),
);

/** What the engine makes of a case, in the table's terms. */
export function outcomeOf({ context, template }: Pick<Case, 'context' | 'template'>): string {
  try {
    const value = compileTemplate(template).evaluate(readContext(contexts[context]));
    return value === null ? 'null' : `value ${JSON.stringify(value)}`;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `error ${error.message}`;
  }
}

export function expected({ outcome, value }: Case): string {
  return outcome === 'value' ? `value ${JSON.stringify(value)}` : outcome;
}

export function agrees(wanted: Case, got: string): boolean {
  return wanted.outcome === 'error' ? got.startsWith('error ') : got === expected(wanted);
}
