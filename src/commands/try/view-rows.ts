import { indentedJson } from './indented-json.ts';
import type { ShownBody } from './shown-body.ts';
import type { ShownHeaders } from './shown-run.ts';

/** A run for people, in the terminal and on the page alike. */
export interface RunView {
  /** One line: the outcome of the request. */
  readonly summary: string;
  /** What the caller gets. */
  readonly status: number;
  readonly sections: readonly ViewSection[];
}

export interface ViewSection {
  readonly title: string;
  /** One line: what happened. */
  readonly note: string;
  readonly tone: 'plain' | 'good' | 'bad' | 'skipped';
  readonly rows: readonly ViewRow[];
}

export interface ViewRow {
  readonly label: string;
  readonly text: string;
  /** A block keeps its lines. */
  readonly form: 'line' | 'block';
}

export function line(label: string, text: string): ViewRow {
  return { label, text, form: 'line' };
}

export function block(label: string, text: string): ViewRow {
  return { label, text, form: 'block' };
}

export function headerLines(headers: ShownHeaders): readonly string[] {
  return headers.map(([name, value]) => `${name}: ${value}`);
}

export function bodyRows(label: string, body: ShownBody): readonly ViewRow[] {
  return body === null ? [] : [block(label, bodyText(body))];
}

/** A line is easier to read than a member in each of five. */
const SHORT = 72;

/** Long JSON with a line for each member, other texts as they are. */
export function bodyText(body: Exclude<ShownBody, null>): string {
  if (typeof body !== 'string') return `(no text; in base64) ${body.base64}`;
  return body.length <= SHORT ? body : indentedJson(body);
}
