import type { DocumentPath, Position } from '../problem.ts';
import { quotedScalar, scalarOffset } from './scalar-offset.ts';
import { LineIndex, type Source, SourceError, sourceLimits } from './source.ts';
import { placesOf } from './text-places.ts';

interface JsonNode {
  readonly value: unknown;
  readonly start: number;
  readonly items?: readonly JsonNode[];
  readonly entries?: ReadonlyMap<string, { readonly keyStart: number; readonly node: JsonNode }>;
}

/**
 * JSON with positions. The platform's parser reports neither positions nor duplicate keys, and quotes the text in its
 * errors, which may hold a secret. Throws SourceError.
 */
export function parseJson(text: string): Source {
  const root = new JsonParser(text).parse();
  const lines = new LineIndex(text);
  const find = (path: DocumentPath): { node: JsonNode; keyStart: number; found: boolean } => {
    let node = root;
    let keyStart = root.start;
    for (const part of path) {
      const entry = typeof part === 'string' ? node.entries?.get(part) : undefined;
      const next = entry?.node ?? (typeof part === 'number' ? node.items?.[part] : undefined);
      if (next === undefined) return { node, keyStart, found: false };
      keyStart = entry?.keyStart ?? next.start;
      node = next;
    }
    return { node, keyStart, found: true };
  };
  return {
    data: root.value,
    locate(path: DocumentPath, part = 'value'): Position {
      const { node, keyStart, found } = find(path);
      return lines.position(part === 'key' && found ? keyStart : node.start);
    },
    locateInText(path: DocumentPath, offset: number): Position {
      const { node, found } = find(path);
      return lines.position(found ? scalarOffset(text, quotedScalar(text, node.start), offset) : node.start);
    },
    textPlaces(path: DocumentPath) {
      const { node, found } = find(path);
      if (!found || typeof node.value !== 'string') return undefined;
      const { first, after } = quotedScalar(text, node.start);
      return placesOf(text, first, after, node.value.length, (at) => lines.position(at));
    },
    isUnwritten: () => false,
    numberText(path: DocumentPath): string | undefined {
      const { node, found } = find(path);
      if (!found || typeof node.value !== 'number') return undefined;
      NUMBER_SYNTAX.lastIndex = node.start;
      return NUMBER_SYNTAX.exec(text)?.[0];
    },
  };
}

const literals: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const NUMBER_SYNTAX = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a JSON string must not hold
const STRING_SYNTAX = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

class JsonParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): JsonNode {
    const node = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#error('expected the end of the text');
    return node;
  }

  #value(depth: number): JsonNode {
    if (depth > sourceLimits.depth) throw this.#error(`nested deeper than ${sourceLimits.depth} levels`);
    this.#skipSpace();
    const start = this.#at;
    const next = this.#text[start];
    if (next === '{') return this.#object(depth);
    if (next === '[') return this.#array(depth);
    if (next === '"') return { value: this.#string(), start };
    for (const [word, value] of literals) {
      if (this.#text.startsWith(word, start)) {
        this.#at += word.length;
        return { value, start };
      }
    }
    const number = this.#match(NUMBER_SYNTAX);
    if (number === undefined) throw this.#error('expected a JSON value');
    return { value: Number(number), start };
  }

  #object(depth: number): JsonNode {
    const start = this.#at++;
    const entries = new Map<string, { keyStart: number; node: JsonNode }>();
    const value: Record<string, unknown> = {};
    for (let first = true; !this.#take('}'); first = false) {
      if (!first && !this.#take(',')) throw this.#error("expected ',' or '}'");
      this.#skipSpace();
      const keyStart = this.#at;
      if (this.#text[keyStart] !== '"') throw this.#error('expected a name in double quotes');
      const key = this.#string();
      if (key === '__proto__') throw this.#error('"__proto__" cannot be a name', keyStart);
      if (entries.has(key)) throw this.#error('duplicate name in an object', keyStart);
      if (!this.#take(':')) throw this.#error("expected ':'");
      const node = this.#value(depth + 1);
      entries.set(key, { keyStart, node });
      value[key] = node.value;
    }
    return { value, start, entries };
  }

  #array(depth: number): JsonNode {
    const start = this.#at++;
    const items: JsonNode[] = [];
    while (!this.#take(']')) {
      if (items.length > 0 && !this.#take(',')) throw this.#error("expected ',' or ']'");
      items.push(this.#value(depth + 1));
    }
    return { value: items.map((item) => item.value), start, items };
  }

  #string(): string {
    const literal = this.#match(STRING_SYNTAX);
    if (literal === undefined) {
      throw this.#error('this string does not end, or has an unknown escape or a control character');
    }
    return JSON.parse(literal) as string;
  }

  #match(syntax: RegExp): string | undefined {
    syntax.lastIndex = this.#at;
    const found = syntax.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  #error(reason: string, at = this.#at): SourceError {
    return new SourceError(`not valid JSON: ${reason}`, new LineIndex(this.#text).position(at));
  }
}
