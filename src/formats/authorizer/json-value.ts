import { quote } from '../json-text.ts';
import { JsonScanner, type JsonSpan, JsonSyntaxError } from '../result/json-scanner.ts';

/** Deeper than any answer of an authorizer or event. */
const MAX_DEPTH = 32;
/** A whole number of a length that is worth being exact. */
const WHOLE = /^-?\d{1,100}$/;

/**
 * A JSON text as values, strictly; whole numbers beyond the safe ones as bigint. JSON.parse of Node 24 can mistake a name with escapes for a name of an earlier text, which
 * must not happen where names decide who is let in. Throws JsonSyntaxError.
 */
export function readJson(bytes: Uint8Array): unknown {
  const scanner = new JsonScanner(bytes);
  const { start } = scanner;
  const end = scanner.value(start);
  scanner.finish(end);
  return valueAt(scanner, { start, end }, 0);
}

/** What readJson has read as JSON text. */
export function writeJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  const members = Object.entries(value).map(([name, inner]) => `${quote(name)}:${writeJson(inner)}`);
  return `{${members.join(',')}}`;
}

/** About what a value of `readJson` takes in memory. */
export function valueBytes(value: unknown): number {
  if (typeof value === 'string') return 32 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 64;
  for (const [name, inner] of Object.entries(value)) bytes += 48 + 2 * name.length + valueBytes(inner);
  return bytes;
}

function valueAt(scanner: JsonScanner, span: JsonSpan, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new JsonSyntaxError(`the text nests deeper than ${MAX_DEPTH}`);
  switch (scanner.kind(span.start)) {
    case 'object': {
      const members = new Map<string, unknown>();
      scanner.object(span.start, (name, value) => {
        members.set(scanner.text(name), valueAt(scanner, value, depth + 1));
      });
      return Object.fromEntries(members);
    }
    case 'array': {
      const items: unknown[] = [];
      scanner.array(span.start, (value) => {
        items.push(valueAt(scanner, value, depth + 1));
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

/** An id beyond 2^53 must not become the id of somebody else. */
function readNumber(text: string): number | bigint {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new JsonSyntaxError('a number is out of range');
  return Number.isSafeInteger(value) || !WHOLE.test(text) ? value : BigInt(text);
}
