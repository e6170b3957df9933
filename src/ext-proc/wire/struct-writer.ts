import { struct, value } from './common-shapes.ts';
import { numberOf } from './message-shape.ts';
import type { Json, JsonObject } from './struct.ts';
import { varintBytes, writeVarint } from './varint.ts';

/** Tags: the number of a field, and how its value is encoded (0: a number, 1: eight bytes, 2: with a length). */
const FIELDS = (numberOf(struct, 'fields') << 3) | 2;
const KEY = (1 << 3) | 2;
const VALUE = (2 << 3) | 2;
const NULL = numberOf(value, 'nullValue') << 3;
const NUMBER = (numberOf(value, 'numberValue') << 3) | 1;
const STRING = (numberOf(value, 'stringValue') << 3) | 2;
const BOOL = numberOf(value, 'boolValue') << 3;
const STRUCT = (numberOf(value, 'structValue') << 3) | 2;

const INITIAL_BYTES = 1024;
/** Up to this length a loop is faster than two calls of Buffer's methods. */
const SHORT = 40;

/**
 * Writes a JSON object as google.protobuf.Struct, from its end to its start, so that each length is known when it is written. One
 * level of JSON is three levels of messages, and a writer from start to end would move the bytes once for each.
 */
export class StructWriter {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  /** Start of what has been written. */
  #at = INITIAL_BYTES;

  /** The bytes of the message. They are valid until the next call. */
  write(object: JsonObject): Uint8Array {
    // One large object must not keep a buffer of megabytes in use.
    if (this.#buffer.length > 64 * 1024) this.#buffer = Buffer.allocUnsafe(INITIAL_BYTES);
    this.#at = this.#buffer.length;
    this.#object(object);
    return this.#buffer.subarray(this.#at);
  }

  #object(object: JsonObject): void {
    const keys = Object.keys(object);
    for (let i = keys.length - 1; i >= 0; i--) {
      const key = keys[i] ?? '';
      const item = object[key];
      if (item === undefined) continue;
      const end = this.#left;
      this.#value(item);
      this.#head(VALUE, this.#left - end);
      this.#text(KEY, key);
      this.#head(FIELDS, this.#left - end);
    }
  }

  /** Bytes written so far. */
  get #left(): number {
    return this.#buffer.length - this.#at;
  }

  #value(item: Exclude<Json, undefined>): void {
    switch (typeof item) {
      case 'string':
        this.#text(STRING, item);
        break;
      case 'number':
        this.#reserve(9);
        this.#at -= 8;
        this.#buffer.writeDoubleLE(item, this.#at);
        this.#buffer[--this.#at] = NUMBER;
        break;
      case 'boolean':
        this.#head(BOOL, item ? 1 : 0);
        break;
      default:
        if (item === null) {
          this.#head(NULL, 0);
        } else {
          const end = this.#left;
          this.#object(item);
          this.#head(STRUCT, this.#left - end);
        }
    }
  }

  #text(tag: number, text: string): void {
    const length = text.length <= SHORT && this.#ascii(text) ? text.length : this.#utf8(text);
    this.#head(tag, length);
  }

  /** Returns false and writes nothing if a character is not ASCII. */
  #ascii(text: string): boolean {
    const { length } = text;
    this.#reserve(length);
    const start = this.#at - length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      this.#buffer[start + i] = code;
    }
    this.#at = start;
    return true;
  }

  #utf8(text: string): number {
    const length = Buffer.byteLength(text);
    this.#reserve(length);
    this.#at -= length;
    this.#buffer.write(text, this.#at, length, 'utf8');
    return length;
  }

  /** A tag and a number of at most 32 bits. */
  #head(tag: number, number: number): void {
    this.#reserve(6);
    if (number < 128) {
      this.#buffer[--this.#at] = number;
    } else {
      this.#at -= varintBytes(number);
      writeVarint(this.#buffer, this.#at, number);
    }
    this.#buffer[--this.#at] = tag;
  }

  #reserve(count: number): void {
    if (count <= this.#at) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#left + count));
    const at = larger.length - this.#left;
    this.#buffer.copy(larger, at, this.#at);
    this.#buffer = larger;
    this.#at = at;
  }
}
