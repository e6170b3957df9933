import type { Run, Value } from '../../value.ts';
import { hasEscapedName } from './escaped-names.ts';
import { MAX_JSON_DEPTH } from './json-dialect.ts';
import { parseJson } from './lenient-parser.ts';

const QUOTE = 0x22;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/**
 * A JSON text of a transaction. Well-formed text is parsed by the engine first, which is several times as fast; that is
 * enough to check it and to find texts and booleans. Numbers, lists and maps need the exact parse (Java types, order
 * of names), which is done when the first of them is asked for.
 */
export class JsonDocument {
  readonly text: string;
  /** What JSON.parse made of the text: undefined when the text is not plain JSON or may differ in the exact parse. */
  readonly plain: unknown;
  #exact: Value;

  private constructor(text: string, plain: unknown, exact: Value) {
    this.text = text;
    this.plain = plain;
    this.#exact = exact;
  }

  /** @throws JsonTextError */
  static parse(text: string, run: Run): JsonDocument {
    const plain = parsePlain(text);
    return new JsonDocument(text, plain, plain === undefined ? parseExactly(text, run) : undefined);
  }

  /** The whole document, exact. */
  value(run: Run): Value {
    if (this.#exact === undefined) this.#exact = parseExactly(this.text, run);
    return this.#exact;
  }

  get isNull(): boolean {
    return this.plain === null || this.#exact === null;
  }
}

function parseExactly(text: string, run: Run): Value {
  run.step(text.length >> 4);
  return parseJson(text);
}

/** undefined for text that JSON.parse refuses, and for text that it reads, or may read, differently from the exact parser. */
function parsePlain(text: string): unknown {
  // In a string with an escape, U+007F is dropped; too deep a nesting is refused.
  if (text.includes('\x7f') || nestsTooDeep(text) || hasEscapedName(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Only a text with many lists and maps is scanned; for one that is not JSON the result does not matter. */
function nestsTooDeep(text: string): boolean {
  if (text.length <= 2 * MAX_JSON_DEPTH) return false;
  const count = countUpTo(text, '{', MAX_JSON_DEPTH) + countUpTo(text, '[', MAX_JSON_DEPTH);
  return count > MAX_JSON_DEPTH && depthOf(text, MAX_JSON_DEPTH + 1) > MAX_JSON_DEPTH;
}

function countUpTo(text: string, char: string, limit: number): number {
  let count = 0;
  for (let at = text.indexOf(char); at !== -1 && count <= limit; at = text.indexOf(char, at + 1)) count++;
  return count;
}

/** The deepest nesting, up to `limit`. */
function depthOf(text: string, limit: number): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length && deepest < limit; at++) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === BACKSLASH) at++;
      else if (char === QUOTE) inString = false;
    } else if (char === QUOTE) {
      inString = true;
    } else if (char === OPEN_MAP || char === OPEN_LIST) {
      deepest = Math.max(deepest, ++depth);
    } else if (char === CLOSE_MAP || char === CLOSE_LIST) {
      depth--;
    }
  }
  return deepest;
}
