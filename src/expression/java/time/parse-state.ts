import type { Field } from './pattern-item.ts';
import type { JavaZone } from './zone.ts';

/** What a text gave: raw fields, to be resolved into a date and a time. */
export interface ParsedFields {
  readonly fields: Map<Field, number>;
  offset: number | undefined;
  zone: JavaZone | undefined;
}

/** How far a text has been read, and how. */
export interface ParseState {
  readonly text: string;
  readonly locale: string;
  sensitive: boolean;
  strict: boolean;
  parsed: ParsedFields;
}

/** Whether the text continues with `wanted`, with the current case rule. */
export function matches(state: ParseState, at: number, wanted: string): boolean {
  const found = state.text.slice(at, at + wanted.length);
  return found === wanted || (!state.sensitive && found.toLowerCase() === wanted.toLowerCase());
}
