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
  return write(value, run, 0);
}

function write(value: Value, run: Run, depth: number): string {
  run.step();
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') {
    run.step(value.length >> 4);
    return JSON.stringify(value);
  }
  if (typeof value === 'boolean') return String(value);
  if (depth > MAX_DEPTH) throw new EvaluationFailure(`a value nests deeper than ${MAX_DEPTH}`);
  if (value instanceof JavaList || value instanceof JavaArray) {
    return `[${value.items.map((item) => write(item, run, depth + 1)).join(',')}]`;
  }
  if (value instanceof JavaMap) {
    const entries: string[] = [];
    for (const [key, item] of value.entries) {
      entries.push(`${JSON.stringify(keyText(key))}:${write(item, run, depth + 1)}`);
    }
    return `{${entries.join(',')}}`;
  }
  return numeric(value);
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
