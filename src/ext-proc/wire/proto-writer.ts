import type { Field, MessageShape } from './message-shape.ts';
import { JsonStruct } from './struct.ts';
import { StructWriter } from './struct-writer.ts';
import { varintBytes } from './varint.ts';

const INITIAL_BYTES = 1024;
/** Up to this length a loop is faster than two calls of Buffer's methods, and the length takes one byte. */
const SHORT = 40;

/**
 * Writes messages directly from plain objects, in one pass. proto-loader first creates a message object for each part,
 * which costs more than writing the bytes.
 */
export class ProtoWriter {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  #at = 0;
  readonly #structs = new StructWriter();
  /** The values of a map, as a field of its entries. */
  readonly #mapValues = new Map<Field, Field>();

  /** A copy of the message's bytes: the next call does not change it. */
  finish(value: object, shape: MessageShape): Buffer {
    this.#at = 0;
    this.#message(value as Readonly<Record<string, unknown>>, shape);
    const bytes = Buffer.from(this.#buffer.subarray(0, this.#at));
    // One large body must not keep a buffer of megabytes in use.
    if (this.#buffer.length > 64 * 1024) this.#buffer = Buffer.allocUnsafe(INITIAL_BYTES);
    return bytes;
  }

  #message(value: Readonly<Record<string, unknown>>, shape: MessageShape): void {
    for (const name of Object.keys(value)) {
      const field = shape.get(name);
      const item = value[name];
      if (field === undefined || item === undefined || item === null) continue;
      if (field.repeated) for (const each of item as readonly unknown[]) this.#field(field, each);
      else if (field.map) this.#map(field, item as Readonly<Record<string, unknown>>);
      else this.#field(field, item);
    }
  }

  #map(field: Field, entries: Readonly<Record<string, unknown>>): void {
    let values = this.#mapValues.get(field);
    if (values === undefined) {
      values = { ...field, number: 2, map: false };
      this.#mapValues.set(field, values);
    }
    for (const key of Object.keys(entries)) {
      const item = entries[key];
      this.#varint((field.number << 3) | 2);
      const start = this.#open();
      this.#varint((1 << 3) | 2);
      this.#text(key);
      this.#field(values, item);
      this.#close(start);
    }
  }

  #field(field: Field, value: unknown): void {
    const kind = field.kind();
    switch (kind) {
      case 'enum':
        this.#varint(field.number << 3);
        this.#varint(typeof value === 'number' ? value : (field.names?.[String(value)] ?? 0));
        break;
      case 'bool':
        this.#varint(field.number << 3);
        this.#varint(value === true ? 1 : 0);
        break;
      case 'int32':
      case 'int64':
        this.#varint(field.number << 3);
        this.#varint(Number(value));
        break;
      case 'double':
        this.#varint((field.number << 3) | 1);
        this.#reserve(8);
        this.#at = this.#buffer.writeDoubleLE(Number(value), this.#at);
        break;
      case 'string':
        this.#varint((field.number << 3) | 2);
        this.#text(String(value));
        break;
      case 'bytes':
        this.#varint((field.number << 3) | 2);
        if (typeof value === 'string') this.#text(value);
        else this.#bytes(value as Uint8Array);
        break;
      default: {
        this.#varint((field.number << 3) | 2);
        if (value instanceof JsonStruct) {
          this.#bytes(this.#encoded(value));
          break;
        }
        const start = this.#open();
        this.#message(value as Readonly<Record<string, unknown>>, kind);
        this.#close(start);
      }
    }
  }

  #encoded(struct: JsonStruct): Uint8Array {
    if (struct.bytes !== undefined) return struct.bytes;
    const bytes = this.#structs.write(struct.json);
    // A separate copy: it outlives the writer's buffer.
    if (struct.isKept) struct.bytes = new Uint8Array(bytes);
    return bytes;
  }

  #bytes(bytes: Uint8Array): void {
    this.#varint(bytes.length);
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #text(text: string): void {
    if (text.length <= SHORT && this.#ascii(text)) return;
    const length = Buffer.byteLength(text);
    this.#varint(length);
    this.#reserve(length);
    this.#at += this.#buffer.write(text, this.#at, length, 'utf8');
  }

  /** Returns false and writes nothing if a character is not ASCII. */
  #ascii(text: string): boolean {
    const { length } = text;
    this.#reserve(length + 1);
    const start = this.#at + 1;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      this.#buffer[start + i] = code;
    }
    this.#buffer[this.#at] = length;
    this.#at = start + length;
    return true;
  }

  /** Reserves one byte for a length that is not known yet. */
  #open(): number {
    this.#reserve(1);
    this.#at++;
    return this.#at;
  }

  #close(start: number): void {
    const length = this.#at - start;
    const extra = varintBytes(length) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      this.#buffer.copyWithin(start + extra, start, this.#at);
    }
    this.#at = start - 1;
    this.#varint(length);
    this.#at += length;
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest > 127) {
      this.#buffer[this.#at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#at++] = rest;
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + count));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}
