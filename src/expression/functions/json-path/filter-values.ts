import { javaEquals } from '../../java/equality.ts';
import { JavaException } from '../../java/java-exception.ts';
import type { Run, Value } from '../../value.ts';
import { JsonTextError } from '../json-text/json-text-error.ts';
import { parseJson } from '../json-text/lenient-parser.ts';
import { isList, isMap, numberText } from '../value-access.ts';
import type { FilterValue } from './filter-node.ts';
import { FilterNumber } from './filter-number.ts';
import { JsonPathError, pathFailed, STEPS_OF_ERROR } from './json-path-error.ts';
import { compilePath } from './path-compiler.ts';
import { unescapeText } from './unescape.ts';

const NULL: FilterValue = { kind: 'null' };
const TRUE: FilterValue = { kind: 'boolean', value: true };
const FALSE: FilterValue = { kind: 'boolean', value: false };
const OPAQUE: FilterValue = { kind: 'opaque' };

/** What a path in a filter led to. */
export function toFilterValue(value: Value): FilterValue {
  if (value === null) return NULL;
  if (typeof value === 'string') return { kind: 'string', text: value };
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  if (typeof value === 'number') return new FilterNumber(value);
  const number = numberText(value);
  if (number !== undefined) return readNumber(number);
  if (isList(value) || isMap(value)) return { kind: 'json', value, text: undefined };
  throw pathFailed('a filter compares JSON values only');
}

/**
 * An element of a list that `in`, `contains` and similar relations search. Here texts are interpreted: one in
 * quotes loses them, a list or a map in JSON counts as that, a path equals nothing.
 */
export function toElement(value: Value, run: Run): FilterValue {
  if (typeof value === 'string') {
    const trimmed = value.trim();
    run.step(1 + (value.length >> 4));
    if (/^[$@]/.test(trimmed)) {
      run.step(STEPS_OF_ERROR + (trimmed.length >> 1));
      if (isPath(trimmed)) return OPAQUE;
    }
    const json = /^\[.*\]$|^\{.*\}$/s.test(trimmed) ? tryParse(value) : undefined;
    if (json !== undefined) return { kind: 'json', value: json, text: value };
    const quoted = /^'.*'$|^".*"$/s.test(value) && value.length > 1;
    return { kind: 'string', text: value.length > 1 ? unescapeText(quoted ? value.slice(1, -1) : value) : value };
  }
  if (isList(value) || isMap(value)) throw pathFailed('a list in a filter may not contain lists or maps');
  return toFilterValue(value);
}

function isPath(text: string): boolean {
  try {
    compilePath(text);
    return true;
  } catch (error) {
    if (error instanceof JsonPathError) return false;
    throw error;
  }
}

function tryParse(text: string): Value | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonTextError) return undefined;
    throw error;
  }
}

/** Fails for NaN and the infinities. */
function readNumber(text: string): FilterNumber {
  const number = tryNumber(text);
  if (number === undefined) throw pathFailed(`a filter cannot compare ${text}`);
  return number;
}

/** The value of a list or map; a broken literal fails here. */
export function jsonValue(node: FilterValue & { kind: 'json' }): Value {
  if (node.value instanceof JsonTextError) throw pathFailed(node.value.message);
  return node.value;
}

/**
 * Equality as the left side sees it: a number reads the text beside it as a number, a text reads a number beside it as
 * text, so `1.0 == '1'` holds and `'1.0' == 1` does not.
 */
export function equalValues(left: FilterValue, right: FilterValue, run: Run): boolean {
  switch (left.kind) {
    case 'string':
      return (
        (right.kind === 'string' && left.text === right.text) ||
        (right.kind === 'number' && left.text === right.toString())
      );
    case 'number': {
      const number = right.kind === 'string' ? numberIn(right, run) : right.kind === 'number' ? right : undefined;
      if (number === undefined) return false;
      run.step(left.cost + number.cost);
      return left.compareTo(number) === 0;
    }
    case 'boolean':
      return right.kind === 'boolean' && left.value === right.value;
    case 'null':
      return right.kind === 'null';
    case 'json':
      return right.kind === 'json' && equalJson(left, right, run);
    case 'pattern':
      return left === right;
    case 'opaque':
    case 'undefined':
      return false;
  }
}

/** Literals equal by their text; a literal and a list or map from the document do not. */
function equalJson(left: FilterValue & { kind: 'json' }, right: FilterValue & { kind: 'json' }, run: Run): boolean {
  if (left.text !== undefined || right.text !== undefined) return left.text === right.text;
  return equalContents(jsonValue(left), jsonValue(right), run);
}

/** Object.equals, charged by the size of the left side. */
export function equalContents(left: Value, right: Value, run: Run): boolean {
  pay(left, run);
  return javaEquals(left, right, run);
}

function pay(value: Value, run: Run): void {
  run.step();
  if (isList(value)) for (const item of value.items) pay(item, run);
  if (isMap(value)) for (const item of value.entries.values()) pay(item, run);
}

/** Texts converted to numbers, cached because one is compared with many. */
const numbers = new WeakMap<FilterValue, FilterNumber | 'none'>();

function numberIn(value: FilterValue & { kind: 'string' }, run: Run): FilterNumber | undefined {
  let known = numbers.get(value);
  if (known === undefined) {
    run.step(STEPS_OF_ERROR);
    known = tryNumber(value.text) ?? 'none';
    numbers.set(value, known);
  }
  return known === 'none' ? undefined : known;
}

function tryNumber(text: string): FilterNumber | undefined {
  try {
    return new FilterNumber(text);
  } catch (error) {
    if (error instanceof JavaException) return undefined;
    throw error;
  }
}

/** What a pattern is matched against: text, numbers and booleans as text, anything else as empty text. */
export function patternInput(node: FilterValue): string {
  if (node.kind === 'string') return node.text;
  if (node.kind === 'number') return node.toString();
  return node.kind === 'boolean' ? String(node.value) : '';
}
