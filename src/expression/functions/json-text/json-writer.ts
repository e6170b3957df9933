import { JavaArray, JavaDouble, JavaFloat, JavaList, JavaMap, type Run, type Value } from '../../value.ts';
import { numberText } from '../value-access.ts';
import { JsonTextError } from './json-text-error.ts';

/**
 * `plain` escapes what JSON asks for. `json-smart` is how the original prints a list out of jsonPath: `/` as `\/`, and
 * control and general punctuation characters as `\uXXXX`.
 */
export type JsonStyle = 'plain' | 'json-smart';

const MAX_DEPTH = 1000;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['/', '\\/'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
const TO_ESCAPE = /["\\/\x00-\x1f\x7f-\x9f\u2000-\u20ff]/g;

/**
 * Compact JSON text of a value: maps in their order, numbers as Java prints them (NaN and the infinities, which JSON
 * lacks, as null), strings and booleans.
 * @throws JsonTextError for what has no JSON form, and beyond a depth of 1,000
 */
export function writeJson(value: Value, style: JsonStyle, run: Run): string {
  return write(value, style, run, 0);
}

function write(value: Value, style: JsonStyle, run: Run, depth: number): string {
  run.step();
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') {
    run.step(value.length >> 4);
    return quote(value, style);
  }
  if (typeof value === 'boolean') return String(value);
  if (depth > MAX_DEPTH) throw new JsonTextError(`a value nests deeper than ${MAX_DEPTH}`);
  if (value instanceof JavaList || value instanceof JavaArray) {
    return `[${value.items.map((item) => write(item, style, run, depth + 1)).join(',')}]`;
  }
  if (value instanceof JavaMap) {
    const entries: string[] = [];
    for (const [key, item] of value.entries) {
      entries.push(`${quote(keyText(key), style)}:${write(item, style, run, depth + 1)}`);
    }
    return `{${entries.join(',')}}`;
  }
  return numeric(value, style);
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key === null || typeof key === 'boolean') return String(key);
  const text = numberText(key);
  if (text === undefined) throw new JsonTextError('a key of a map has no JSON form');
  return text;
}

function numeric(value: Value, style: JsonStyle): string {
  const text = numberText(value);
  if (text === undefined) throw new JsonTextError('a value has no JSON form');
  const floating = value instanceof JavaDouble || value instanceof JavaFloat;
  // The original lets NaN stand.
  if (!floating || Number.isFinite(value.value) || (style === 'json-smart' && text === 'NaN')) return text;
  return 'null';
}

/** A string in quotes. */
export function quote(text: string, style: JsonStyle): string {
  return style === 'plain' ? JSON.stringify(text) : `"${text.replace(TO_ESCAPE, escapeChar)}"`;
}

const escapeChar = (char: string) => SHORT.get(char) ?? unicodeEscape(char);

export const unicodeEscape = (char: string) => `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
