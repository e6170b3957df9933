import { type DocumentPath, formatPath, type Position } from '../problem.ts';
import type { TextPlaces } from './text-places.ts';

/** A parsed text: its data and the position of each part. */
export interface Source {
  /** Plain data: objects, arrays, strings, numbers, booleans, null. No key is called `__proto__`. */
  readonly data: unknown;
  /** Where a value, or with `key` the key before it, begins; for a path that is not there the nearest parent. */
  locate(path: DocumentPath, part?: 'key' | 'value'): Position;
  /** The position of a UTF-16 unit of a string's value in the text. */
  locateInText(path: DocumentPath, offset: number): Position;
  /** The positions of all units of a string's value; undefined if it is not a string or does not exist. Absent: not supported. */
  textPlaces?(path: DocumentPath): TextPlaces | undefined;
  /** An implicit null: a YAML key without a value. */
  isUnwritten(path: DocumentPath): boolean;
  /** The notation of a number; undefined if it is not a number. */
  numberText(path: DocumentPath): string | undefined;
}

/** Data whose text is not available. `numbers`: the notation of numbers, `places`: the positions of strings, both by formatted path. */
export function withoutPlaces(
  data: unknown,
  numbers: ReadonlyMap<string, string>,
  places: ReadonlyMap<string, TextPlaces>,
): Source {
  const start: Position = { line: 1, column: 1 };
  return {
    data,
    locate: () => start,
    locateInText: () => start,
    textPlaces: (path) => places.get(formatPath(path)),
    isUnwritten: () => false,
    numberText: (path) => numbers.get(formatPath(path)),
  };
}

/** A text that does not parse. `reason` never quotes the text. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly position: Position;

  constructor(reason: string, position: Position) {
    super(reason);
    this.position = position;
  }
}

export const sourceLimits = {
  characters: 8 * 1024 * 1024,
  dumpCharacters: 64 * 1024 * 1024,
  depth: 64,
  aliases: 1000,
  values: 500_000,
} as const;

/** Turns offsets into lines and columns. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}
