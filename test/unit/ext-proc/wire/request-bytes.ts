// Random bytes of ProcessingRequest: most of them valid, some odd, some broken.
import { EXT_PROC_FILTER } from '../../../../src/envoy-names.ts';
import type { Field, MessageShape } from '../../../../src/ext-proc/wire/message-shape.ts';

export type Random = () => number;

/** mulberry32: the same numbers for the same seed. */
export function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TEXTS = [
  '',
  'a',
  ':method',
  ':path',
  ':status',
  ':',
  'Content-Length',
  'content-length',
  'x-request-id',
  'x-\u212Aey',
  '__proto__',
  'constructor',
  EXT_PROC_FILTER,
  EXT_PROC_FILTER,
  EXT_PROC_FILTER,
  'envoy.filters.http.jwt_authn',
  'xds.route_name',
  'é€𐍈',
  '\uFEFFx',
  'v'.repeat(130),
].map((text) => Buffer.from(text));
const NOT_UTF8 = Buffer.from([0x61, 0xff, 0xc3, 0x28]);
const DOUBLES = [0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, -1e308, 2 ** 53 + 2];

/** How much of a message is not as Envoy writes it: `odd` is valid all the same, `broken` is not. */
type Spirit = 'plain' | 'odd' | 'broken';

export class RequestBytes {
  readonly #random: Random;
  #spirit: Spirit = 'plain';

  constructor(random: Random) {
    this.#random = random;
  }

  /** A message of this shape. */
  next(shape: MessageShape): Buffer {
    const luck = this.#random();
    this.#spirit = luck < 0.4 ? 'plain' : luck < 0.75 ? 'odd' : 'broken';
    let bytes = this.#message(shape, 0);
    if (this.#spirit === 'odd' && this.#is(0.2)) bytes = Buffer.concat([bytes, this.#message(shape, 0)]);
    if (this.#spirit === 'broken' && this.#is(0.6)) bytes = this.#mutate(bytes);
    return bytes;
  }

  #message(shape: MessageShape, depth: number): Buffer {
    const fields = [...shape.values()];
    const count = depth > 7 ? 0 : depth > 4 ? this.#below(2) : this.#below(depth === 0 ? 6 : 4);
    const parts: Buffer[] = [];
    for (let i = 0; i < count; i++) {
      if (this.#spirit !== 'plain' && this.#is(0.15)) parts.push(this.#unknown(shape, depth));
      const field = this.#pick(fields);
      const times = field.repeated ? this.#below(4) : 1;
      for (let j = 0; j < times; j++) parts.push(this.#field(field, depth));
    }
    return Buffer.concat(parts);
  }

  #field(field: Field, depth: number): Buffer {
    if (field.map) return this.#withLength(field.number, this.#entry(field, depth));
    const kind = field.kind();
    if (this.#spirit === 'broken' && this.#is(0.02)) return this.#wrong(field.number);
    if (kind === 'bool' || kind === 'enum')
      return Buffer.concat([this.#tag(field.number, 0), this.#varint(this.#number())]);
    if (kind === 'double') {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(this.#pick(DOUBLES));
      return Buffer.concat([this.#tag(field.number, 1), bytes]);
    }
    if (kind === 'string' || kind === 'bytes') return this.#withLength(field.number, this.#text());
    return this.#withLength(field.number, this.#message(kind as MessageShape, depth + 1));
  }

  #entry(field: Field, depth: number): Buffer {
    const key = this.#withLength(1, this.#text());
    const value = this.#withLength(2, this.#message(field.kind() as MessageShape, depth + 1));
    if (this.#spirit === 'plain' || this.#is(0.7)) return Buffer.concat([key, value]);
    const parts = [key, value, this.#withLength(1, this.#text()), this.#withLength(3, this.#text())];
    return Buffer.concat(parts.filter(() => this.#is(0.6)).reverse());
  }

  /** A field that nobody knows, of any encoding. */
  #unknown(shape: MessageShape, depth: number): Buffer {
    const known = new Set([...shape.values()].map(({ number }) => number));
    let number = 1 + this.#below(40);
    while (known.has(number)) number++;
    if (this.#is(0.05)) number = 2 ** 29 - 1;
    switch (this.#below(5)) {
      case 0:
        return Buffer.concat([this.#tag(number, 0), this.#varint(this.#number())]);
      case 1:
        return Buffer.concat([this.#tag(number, 1), Buffer.alloc(8, 0xff)]);
      case 2:
        return Buffer.concat([this.#tag(number, 5), Buffer.alloc(4, 0x0a)]);
      case 3:
        return this.#withLength(number, this.#text());
      default:
        return Buffer.concat([
          this.#tag(number, 3),
          depth < 3 ? this.#unknown(shape, depth + 1) : Buffer.alloc(0),
          this.#tag(number, 4),
        ]);
    }
  }

  #wrong(number: number): Buffer {
    const encoding = this.#below(8);
    return Buffer.concat([
      this.#tag(number, encoding),
      encoding === 0 ? this.#varint(1) : Buffer.alloc(this.#below(9), 1),
    ]);
  }

  #withLength(number: number, bytes: Buffer): Buffer {
    const off = this.#spirit === 'broken' && this.#is(0.02) ? this.#pick([-1, 1, 5, 2 ** 31, 2 ** 32 - 1]) : 0;
    return Buffer.concat([
      this.#tag(number, 2),
      this.#varint(Math.max(0, Math.min(bytes.length + off, 2 ** 32 - 1)), 5),
      bytes,
    ]);
  }

  #tag(number: number, encoding: number): Buffer {
    return this.#varint(number * 8 + encoding, 5);
  }

  /** Now and then longer than it must be. */
  #varint(value: number | bigint, most = 10): Buffer {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    const padding = this.#spirit === 'odd' && this.#is(0.05) ? this.#below(most - bytes.length + 1) : 0;
    if (padding === 0) return Buffer.from(bytes);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 128;
    for (let i = 1; i < padding; i++) bytes.push(128);
    bytes.push(0);
    return Buffer.from(bytes);
  }

  #number(): number | bigint {
    if (this.#spirit === 'plain') return this.#below(6);
    return this.#pick([0, 1, 2, 4, 5, 6, 99, 2 ** 31, -1n, 2n ** 32n, 2n ** 35n, 2n ** 63n]);
  }

  #text(): Buffer {
    if (this.#spirit !== 'plain' && this.#is(0.03)) return NOT_UTF8;
    return this.#pick(TEXTS);
  }

  #mutate(bytes: Buffer): Buffer {
    const at = this.#below(bytes.length + 1);
    const changed = Buffer.from(bytes);
    switch (this.#below(4)) {
      case 0:
        return changed.subarray(0, at);
      case 1:
        if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << this.#below(8));
        return changed;
      case 2:
        return Buffer.concat([changed.subarray(0, at), Buffer.from([this.#below(256)]), changed.subarray(at)]);
      default:
        return Buffer.concat([changed.subarray(0, at), changed.subarray(this.#below(at + 1))]);
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #is(chance: number): boolean {
    return this.#random() < chance;
  }

  #pick<T>(all: readonly T[]): T {
    return all[this.#below(all.length)] as T;
  }
}
