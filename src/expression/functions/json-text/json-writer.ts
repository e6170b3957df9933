import {
  EvaluationFailure,
  JavaArray,
  JavaDouble,
  JavaFloat,
  JavaList,
  JavaMap,
  type Run,
  type Value,
} from '../../value.ts';
import { numberText } from '../value-access.ts';

const MAX_DEPTH = 1000;

/**
 * Compact JSON text of a value: maps in their order, numbers as Java prints them (NaN and the infinities, which JSON
 * lacks, as null), strings and booleans.
 * @throws EvaluationFailure for what has no JSON form, and beyond a depth of 1,000
 */
export function writeJson(value: Value, run: Run): string {
  const pieces: string[] = [];
  write(value, pieces, run, 0);
  return pieces.join('');
}

/** Piece by piece: joining what is inside a list at each level would take the depth times the length. */
function write(value: Value, pieces: string[], run: Run, depth: number): void {
  run.step();
  const nests = typeof value === 'object' && value !== null;
  if (nests && depth > MAX_DEPTH) throw new EvaluationFailure(`a value nests deeper than ${MAX_DEPTH}`);
  if (value instanceof JavaList || value instanceof JavaArray) {
    value.items.forEach((item, index) => {
      pieces.push(index === 0 ? '[' : ',');
      write(item, pieces, run, depth + 1);
    });
    pieces.push(value.items.length === 0 ? '[]' : ']');
  } else if (value instanceof JavaMap) {
    let before = '{';
    for (const [key, item] of value.entries) {
      pieces.push(`${before}${quoted(keyText(key), run)}:`);
      write(item, pieces, run, depth + 1);
      before = ',';
    }
    pieces.push(before === '{' ? '{}' : '}');
  } else pieces.push(simpleText(value, run));
}

function simpleText(value: Value, run: Run): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quoted(value, run);
  return typeof value === 'boolean' ? String(value) : numeric(value);
}

function quoted(text: string, run: Run): string {
  run.step(text.length >> 4);
  return JSON.stringify(text);
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key === null || typeof key === 'boolean') return String(key);
  const text = numberText(key);
  if (text === undefined) throw new EvaluationFailure('a key of a map has no JSON form');
  return text;
}

function numeric(value: Value): string {
  const text = numberText(value);
  if (text === undefined) throw new EvaluationFailure('a value has no JSON form');
  const floating = value instanceof JavaDouble || value instanceof JavaFloat;
  return floating && !Number.isFinite(value.value) ? 'null' : text;
}
