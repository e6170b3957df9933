import { quote } from '../json-text.ts';
import { JsonScanner, type JsonSpan, JsonSyntaxError } from '../result/json-scanner.ts';
import type { JsonObject } from './json-members.ts';

/** Deeper than any answer of an authorizer or event. */
const MAX_DEPTH = 32;
/** Far more than an answer has: each takes a microsecond to make, on the thread that serves all requests. */
const MAX_VALUES = 20_000;
/** A whole number that may exceed exact doubles. */
const WHOLE = /^-?\d{1,100}$/;

/**
 * A JSON text as values, strictly; whole numbers beyond the safe ones as bigint. JSON.parse of Node 24 can mistake a name with escapes for a name of an earlier text, which
 * must not happen where names decide who has access. Throws JsonSyntaxError.
 */
export function readJson(bytes: Uint8Array): unknown {
  const scanner = new JsonScanner(bytes);
  const { start } = scanner;
  const end = scanner.value(start);
  scanner.finish(end);
  return new ValueReader(scanner).valueAt({ start, end });
}

/** The named members of a JSON object, as readJson reads them; the others are skipped. Throws JsonSyntaxError. */
export function readMembers(bytes: Uint8Array, names: ReadonlySet<string>): JsonObject {
  const scanner = new JsonScanner(bytes);
  const values = new ValueReader(scanner);
  const members = new Map<string, unknown>();
  const end = scanner.object(scanner.start, (span, value) => {
    const name = scanner.text(span);
    if (names.has(name)) members.set(name, values.valueAt(value));
  });
  scanner.finish(end);
  return Object.fromEntries(members);
}

/** What readJson has read as JSON text. */
export function writeJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  const members = Object.entries(value).map(([name, inner]) => `${quote(name)}:${writeJson(inner)}`);
  return `{${members.join(',')}}`;
}

/** The approximate size in memory of a value of `readJson`. */
export function valueBytes(value: unknown): number {
  if (typeof value === 'string') return 32 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 64;
  for (const [name, inner] of Object.entries(value)) bytes += 48 + 2 * name.length + valueBytes(inner);
  return bytes;
}

/** Makes values from a text, up to its limits. */
class ValueReader {
  readonly #scanner: JsonScanner;
  #left = MAX_VALUES;

  constructor(scanner: JsonScanner) {
    this.#scanner = scanner;
  }

  valueAt(span: JsonSpan, depth = 0): unknown {
    const scanner = this.#scanner;
    if (depth > MAX_DEPTH) throw new JsonSyntaxError(`the text nests deeper than ${MAX_DEPTH}`);
    if (--this.#left < 0) throw new JsonSyntaxError(`the text has more than ${MAX_VALUES} values`);
    switch (scanner.kind(span.start)) {
      case 'object': {
        const members = new Map<string, unknown>();
        scanner.object(span.start, (name, value) => {
          members.set(scanner.text(name), this.valueAt(value, depth + 1));
        });
        return Object.fromEntries(members);
      }
      case 'array': {
        const items: unknown[] = [];
        scanner.array(span.start, (value) => {
          items.push(this.valueAt(value, depth + 1));
        });
        return items;
      }
      case 'string':
        return scanner.text(span);
      case 'null':
        return null;
      case 'scalar': {
        const text = scanner.text(span);
        return text === 'true' || text === 'false' ? text === 'true' : readNumber(text);
      }
    }
  }
}

/** An id beyond 2^53 must not become the id of somebody else. */
function readNumber(text: string): number | bigint {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new JsonSyntaxError('a number is out of range');
  return Number.isSafeInteger(value) || !WHOLE.test(text) ? value : BigInt(text);
}
