import type { RawHeader, ReceivedHeaders } from '../../policy/index.ts';
import type { Head } from './message.ts';

/** The first byte of `:method`, `:path` … */
const COLON = 0x3a;

/**
 * The headers of one message, kept in its bytes, because most of them are never read. `places` has four numbers for each header: start
 * and end of its name, start and end of its value.
 */
export class HeaderPlaces implements Head, ReceivedHeaders {
  readonly #bytes: Buffer;
  readonly #places: readonly number[];

  constructor(bytes: Buffer, places: readonly number[]) {
    this.#bytes = bytes;
    this.#places = places;
  }

  get count(): number {
    return this.#places.length / 4;
  }

  get headers(): ReceivedHeaders {
    return this;
  }

  pseudo(name: string): string | undefined {
    const places = this.#places;
    for (let i = places.length - 4; i >= 0; i -= 4) {
      const start = at(places, i);
      if (this.#bytes[start] !== COLON || !isNamed(this.#bytes, start + 1, at(places, i + 1), name, false)) continue;
      return this.#bytes.toString('utf8', at(places, i + 2), at(places, i + 3));
    }
    return undefined;
  }

  named(name: string): readonly Uint8Array[] {
    const places = this.#places;
    const values: Uint8Array[] = [];
    for (let i = 0; i < places.length; i += 4) {
      const start = at(places, i);
      if (this.#bytes[start] === COLON || !isNamed(this.#bytes, start, at(places, i + 1), name, true)) continue;
      values.push(this.#value(i));
    }
    return values;
  }

  all(): readonly RawHeader[] {
    const places = this.#places;
    const all: RawHeader[] = [];
    for (let i = 0; i < places.length; i += 4) {
      const start = at(places, i);
      if (this.#bytes[start] === COLON) continue;
      all.push([this.#bytes.toString('utf8', start, at(places, i + 1)), this.#value(i)]);
    }
    return all;
  }

  #value(i: number): Uint8Array {
    return this.#bytes.subarray(at(this.#places, i + 2), at(this.#places, i + 3));
  }
}

function at(places: readonly number[], index: number): number {
  return places[index] ?? 0;
}

/** Whether the bytes are this name. `anyCase`: the bytes may have upper-case letters; `name` has none. */
function isNamed(bytes: Buffer, start: number, end: number, name: string, anyCase: boolean): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte > 0x7f) {
      const text = bytes.toString('utf8', start, end);
      return (anyCase ? text.toLowerCase() : text) === name;
    }
    const isUpper = anyCase && byte > 0x40 && byte < 0x5b;
    if ((isUpper ? byte | 0x20 : byte) !== name.charCodeAt(i - start)) return false;
  }
  return end - start === name.length;
}
