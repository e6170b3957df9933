import { JavaArray } from '../java/boxes.ts';
import { EvaluationFailure, JavaList, type Value } from '../value.ts';
import { typeName } from './type-name.ts';

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['on', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['off', false],
  ['no', false],
  ['0', false],
]);

/** A condition's boolean: a boolean, one of the words, or the first element of a list. Anything else is an error. */
export function toBoolean(value: Value): boolean {
  const found = asBoolean(value);
  if (found === undefined) throw new EvaluationFailure(`expected true or false, not ${describe(value)}`);
  return found;
}

export function asBoolean(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return WORDS.get(value.trim().toLowerCase());
  if (value instanceof JavaList || value instanceof JavaArray) {
    return value.items.length === 0 ? undefined : asBoolean(value.items[0]);
  }
  return undefined;
}

/** For messages: the kind of a value and never the value itself, which may be a caller's. */
function describe(value: Value): string {
  if (value === null) return 'null';
  return typeof value === 'string' ? 'another text' : typeName(value);
}
