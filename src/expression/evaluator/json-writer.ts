import { doubleToString } from '../java/double-text.ts';
import { javaText } from '../java/object.ts';
import {
  EvaluationFailure,
  JavaArray,
  JavaDouble,
  JavaFloat,
  JavaList,
  JavaMap,
  type Run,
  type Value,
} from '../value.ts';
import { costOfNewText } from './cost.ts';
import { isTextual } from './has-text.ts';
import { isNumber } from './numbers.ts';
import { quoteJson } from './quote-json.ts';
import { typeName } from './type-name.ts';

const MAX_DEPTH = 1000;

/**
 * Compact JSON text of a value: maps in their order, a number of a JSON text with the digits that it came with, others as Java
 * prints them (NaN and the infinities, which JSON lacks, as null), strings, booleans, and as strings the objects that are
 * equivalent to their text (a date, a character, a constant).
 * @throws EvaluationFailure for a value without a JSON form, and beyond a depth of 1,000
 */
export function writeJson(value: Value, run: Run): string {
  if (!nests(value)) {
    run.step();
    return simpleText(value, run);
  }
  const pieces: string[] = [];
  write(value, pieces, run, 0);
  return pieces.join('');
}

const nests = (value: Value): boolean =>
  value instanceof JavaList || value instanceof JavaArray || value instanceof JavaMap;

/** Written piece by piece: joining the content of a list at each level would take the depth times the length. */
function write(value: Value, pieces: string[], run: Run, depth: number): void {
  run.step();
  if (value instanceof JavaList || value instanceof JavaArray) {
    checkDepth(depth);
    let before = '[';
    for (const item of value.items) {
      pieces.push(before);
      write(item, pieces, run, depth + 1);
      before = ',';
    }
    pieces.push(before === '[' ? '[]' : ']');
  } else if (value instanceof JavaMap) {
    checkDepth(depth);
    writeMap(value, pieces, run, depth);
  } else pieces.push(simpleText(value, run));
}

function writeMap(map: JavaMap, pieces: string[], run: Run, depth: number): void {
  // Only keys that are not strings can have the same name.
  let names: Set<string> | undefined;
  let before = '{';
  for (const [key, item] of map.entries) {
    if (typeof key !== 'string') names ??= new Set([...map.entries.keys()].filter((each) => typeof each === 'string'));
    const name = typeof key === 'string' ? key : keyText(key);
    if (names !== undefined && typeof key !== 'string') {
      if (names.has(name)) throw new EvaluationFailure('two keys of a map have the same name in JSON');
      names.add(name);
    }
    pieces.push(before, quoteJson(name, run), ':');
    write(item, pieces, run, depth + 1);
    before = ',';
  }
  pieces.push(before === '{' ? '{}' : '}');
}

function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new EvaluationFailure(`a value nests deeper than ${MAX_DEPTH}`);
}

function simpleText(value: Value, run: Run): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quoteJson(value, run);
  if (typeof value === 'boolean') return String(value);
  if (isNumber(value)) return numeric(value, run);
  if (isTextual(value)) return quoteJson(javaText(value), run);
  throw new EvaluationFailure(`${typeName(value)} has no JSON form: read one of its properties, or call .toString()`);
}

function keyText(key: Value): string {
  if (key === null || typeof key === 'boolean') return String(key);
  if (isNumber(key) || isTextual(key)) return javaText(key);
  throw new EvaluationFailure(`${typeName(key)} as the key of a map has no JSON form`);
}

/** RFC 8259, 6. Other numbers of the lenient reader (`007.5`, `1.`) are written as Java prints them. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function numeric(value: Value, run: Run): string {
  if (typeof value === 'number') return String(value);
  if (value instanceof JavaDouble) {
    const { written } = value;
    if (written !== undefined && JSON_NUMBER.test(written)) return paid(written, run);
    return Number.isFinite(value.value) ? doubleToString(value.value) : 'null';
  }
  if (value instanceof JavaFloat && !Number.isFinite(value.value)) return 'null';
  return paid(javaText(value), run);
}

/** Up to 10,000 digits. */
function paid(text: string, run: Run): string {
  run.step(costOfNewText(text.length));
  return text;
}
