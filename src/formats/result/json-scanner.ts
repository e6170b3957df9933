import { isUtf8 } from 'node:buffer';

/** The position of a value in the bytes of a JSON text. */
export interface JsonSpan {
  readonly start: number;
  /** After its last byte. */
  readonly end: number;
}

/** `scalar`: a number, true or false. */
export type JsonKind = 'object' | 'array' | 'string' | 'null' | 'scalar';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const LOWER_E = 0x65;
const LOWER_N = 0x6e;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

const ESCAPED: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));
const WORDS = ['true', 'false', 'null'].map((word) => Buffer.from(word));

/** Deeper than any useful result. It limits what a scan keeps. */
const MAX_DEPTH = 10_000;

/** The bytes are not JSON (RFC 8259). */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/**
 * Finds values in JSON text without making them: a hostile result of 6 MB would become objects of 100 MB. Strict, as
 * JSON.parse is, and the bytes must be UTF-8. A byte order mark is skipped (RFC 8259, 8.1).
 */
export class JsonScanner {
  readonly bytes: Buffer;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.bytes = Buffer.from(buffer, byteOffset, byteLength);
  }

  /** Where the text's value begins. */
  get start(): number {
    const { bytes } = this;
    const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return this.#blank(isMarked ? 3 : 0);
  }

  /** Checks that nothing follows the value. */
  finish(end: number): void {
    if (this.#blank(end) !== this.bytes.length) throw new JsonSyntaxError('unexpected text after the value');
    if (!isUtf8(this.bytes)) throw new JsonSyntaxError('the text is not UTF-8');
  }

  kind(at: number): JsonKind {
    switch (this.bytes[at]) {
      case OPEN_MAP:
        return 'object';
      case OPEN_LIST:
        return 'array';
      case QUOTE:
        return 'string';
      case LOWER_N:
        return 'null';
      default:
        return 'scalar';
    }
  }

  /** Visits the names and values of the object that begins here, in their order; returns its end. */
  object(from: number, visit: (name: JsonSpan, value: JsonSpan) => void): number {
    let at = this.#blank(from + 1);
    if (this.bytes[at] === CLOSE_MAP) return at + 1;
    for (;;) {
      const start = this.#name(at);
      const end = this.value(start);
      visit({ start: at, end: this.#string(at) }, { start, end });
      at = this.#blank(end);
      if (this.bytes[at] === CLOSE_MAP) return at + 1;
      at = this.#comma(at);
    }
  }

  /** The same for an array. */
  array(from: number, visit: (value: JsonSpan) => void): number {
    let at = this.#blank(from + 1);
    if (this.bytes[at] === CLOSE_LIST) return at + 1;
    for (;;) {
      const end = this.value(at);
      visit({ start: at, end });
      at = this.#blank(end);
      if (this.bytes[at] === CLOSE_LIST) return at + 1;
      at = this.#comma(at);
    }
  }

  /** The text of a string; any other value as it is written. */
  text({ start, end }: JsonSpan): string {
    if (this.bytes[start] !== QUOTE) return this.bytes.toString('utf8', start, end);
    if (!this.bytes.subarray(start, end).includes(BACKSLASH)) return this.bytes.toString('utf8', start + 1, end - 1);
    return JSON.parse(this.bytes.toString('utf8', start, end)) as string;
  }

  #blank(from: number): number {
    let at = from;
    for (; ; at++) {
      const byte = this.bytes[at];
      if (byte !== SPACE && byte !== LINE_FEED && byte !== CARRIAGE_RETURN && byte !== TAB) return at;
    }
  }

  /** The end of a scalar, list or map: without recursion, which deep nesting would exhaust. */
  value(from: number): number {
    const { bytes } = this;
    /** Whether each open level is a map. */
    const maps: boolean[] = [];
    let at = from;
    for (;;) {
      const byte = bytes[at];
      if (byte === OPEN_MAP || byte === OPEN_LIST) {
        const isMap = byte === OPEN_MAP;
        at = this.#blank(at + 1);
        if (bytes[at] !== (isMap ? CLOSE_MAP : CLOSE_LIST)) {
          if (maps.push(isMap) > MAX_DEPTH) throw new JsonSyntaxError(`the text nests deeper than ${MAX_DEPTH}`);
          if (isMap) at = this.#name(at);
          continue;
        }
        at++;
      } else at = this.#scalar(at);
      // A value has ended; the lists and maps around it may end too.
      for (;;) {
        const isMap = maps.at(-1);
        if (isMap === undefined) return at;
        at = this.#blank(at);
        if (bytes[at] !== (isMap ? CLOSE_MAP : CLOSE_LIST)) {
          at = this.#comma(at);
          if (isMap) at = this.#name(at);
          break;
        }
        maps.pop();
        at++;
      }
    }
  }

  /** From a name of a map to its value. */
  #name(at: number): number {
    if (this.bytes[at] !== QUOTE) throw new JsonSyntaxError('an object has a name without quotes');
    const end = this.#blank(this.#string(at));
    if (this.bytes[end] !== COLON) throw new JsonSyntaxError('an object has a name without a value');
    return this.#blank(end + 1);
  }

  #comma(at: number): number {
    if (this.bytes[at] !== COMMA) throw new JsonSyntaxError('a list or an object is not closed');
    return this.#blank(at + 1);
  }

  #scalar(at: number): number {
    const byte = this.bytes[at] ?? 0;
    if (byte === QUOTE) return this.#string(at);
    if (byte === MINUS || isDigit(byte)) return this.#number(at);
    const word = WORDS.find((one) => one.compare(this.bytes, at, Math.min(at + one.length, this.bytes.length)) === 0);
    if (word === undefined) throw new JsonSyntaxError('expected a value');
    return at + word.length;
  }

  #string(from: number): number {
    const { bytes } = this;
    for (let at = from + 1; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH) at = this.#escape(at + 1);
      else if (byte < SPACE) throw new JsonSyntaxError('a string has a control character');
    }
    throw new JsonSyntaxError('a string is not closed');
  }

  /** The last byte of an escape. */
  #escape(at: number): number {
    if (ESCAPED.has(this.bytes[at] ?? 0)) return at;
    if (this.bytes[at] !== 0x75 || !/^[0-9a-fA-F]{4}$/.test(this.bytes.toString('latin1', at + 1, at + 5))) {
      throw new JsonSyntaxError('a string has an unknown escape');
    }
    return at + 4;
  }

  #number(from: number): number {
    const { bytes } = this;
    let at = bytes[from] === MINUS ? from + 1 : from;
    at = bytes[at] === ZERO ? at + 1 : this.#digits(at);
    if (bytes[at] === POINT) at = this.#digits(at + 1);
    if (bytes[at] !== LOWER_E && bytes[at] !== UPPER_E) return at;
    const sign = bytes[at + 1];
    return this.#digits(sign === PLUS || sign === MINUS ? at + 2 : at + 1);
  }

  #digits(from: number): number {
    let at = from;
    while (isDigit(this.bytes[at] ?? 0)) at++;
    if (at === from) throw new JsonSyntaxError('a number lacks digits');
    return at;
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
