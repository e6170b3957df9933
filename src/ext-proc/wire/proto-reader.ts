/** How a field's value is encoded (protobuf's wire types). */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const GROUP = 3;
const GROUP_END = 4;
const FIXED32 = 5;

/** A tag or a length has 32 bits, any other number 64. */
const SHORT_VARINT = 5;
const LONG_VARINT = 10;

/**
 * Reads protobuf's encoding field by field and creates only the objects that the caller asks for. Throws if the bytes are not
 * protobuf, or if a known field has another encoding than its type. Then the whole message is invalid.
 */
export class ProtoReader {
  readonly bytes: Buffer;
  #at = 0;
  #end: number;
  #encoding = VARINT;
  /** Set by `entry`. */
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#end = bytes.length;
  }

  /** Start of the next field, which is the end of the last value. */
  get at(): number {
    return this.#at;
  }

  get end(): number {
    return this.#end;
  }

  /** Continues in another part of the bytes. */
  open(start: number, end: number): void {
    this.#at = start;
    this.#end = end;
  }

  /** The number of the next field, whose value must then be read or skipped; 0 at the end of the message. */
  next(): number {
    if (this.#at >= this.#end) return 0;
    const tag = this.#short();
    this.#encoding = tag & 7;
    const number = tag >>> 3;
    if (number === 0) throw this.#malformed('a field with the number 0');
    return number;
  }

  /** Enters a message: `next` returns its fields. Returns the end of the outer message, for `leave`. */
  enter(): number {
    const outer = this.#end;
    this.#end = this.#lengthEnd();
    return outer;
  }

  /** To be called after `next` has returned 0. */
  leave(outer: number): void {
    this.#end = outer;
  }

  /** Skips a value with a length and returns its start. It ends at `at`. */
  place(): number {
    const end = this.#lengthEnd();
    const start = this.#at;
    this.#at = end;
    return start;
  }

  /** A view of a value with a length. */
  view(): Buffer {
    const start = this.place();
    return this.bytes.subarray(start, this.#at);
  }

  /** Reads an entry of a map with string keys and sets `keyStart` … `valueEnd`. An absent key or value is empty. */
  entry(): void {
    const outer = this.enter();
    this.keyStart = this.keyEnd = this.valueStart = this.valueEnd = this.#end;
    for (let field = this.next(); field !== 0; field = this.next()) {
      if (field === 1) {
        this.keyStart = this.place();
        this.keyEnd = this.#at;
      } else if (field === 2) {
        this.valueStart = this.place();
        this.valueEnd = this.#at;
      } else {
        this.skip();
      }
    }
    this.leave(outer);
  }

  bool(): boolean {
    this.#expect(VARINT);
    let isTrue = false;
    for (let count = 0; count < LONG_VARINT; count++) {
      const byte = this.#byte();
      if ((byte & 127) !== 0) isTrue = true;
      if (byte < 128) return isTrue;
    }
    throw this.#malformed('a number of more than 64 bits');
  }

  /** The number of an enum. */
  int32(): number {
    this.#expect(VARINT);
    let value = 0;
    for (let count = 0; count < LONG_VARINT; count++) {
      const byte = this.#byte();
      if (count < SHORT_VARINT) value |= (byte & 127) << (7 * count);
      if (byte < 128) return value;
    }
    throw this.#malformed('a number of more than 64 bits');
  }

  double(): number {
    this.#expect(FIXED64);
    const start = this.#at;
    this.#forward(8);
    return this.bytes.readDoubleLE(start);
  }

  /** Bytes that are not UTF-8 become U+FFFD. */
  text(start: number, end: number): string {
    return this.bytes.toString('utf8', start, end);
  }

  /** Compares with a text of ASCII characters. */
  isText(start: number, end: number, text: string): boolean {
    const { length } = text;
    if (end - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.bytes[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** Skips the value of a field. */
  skip(): void {
    switch (this.#encoding) {
      case VARINT:
        this.bool();
        break;
      case FIXED64:
        this.#forward(8);
        break;
      case LENGTH:
        this.place();
        break;
      case GROUP:
        this.#skipGroup();
        break;
      case FIXED32:
        this.#forward(4);
        break;
      default:
        throw this.#malformed(`a value of the encoding ${this.#encoding}`);
    }
  }

  /** proto3 has no groups, but an unknown field may be one. Without recursion, so that nesting needs no limit. */
  #skipGroup(): void {
    for (let depth = 1; depth > 0; ) {
      if (this.next() === 0) throw this.#malformed('a group without its end');
      if (this.#encoding === GROUP) depth++;
      else if (this.#encoding === GROUP_END) depth--;
      else this.skip();
    }
  }

  #lengthEnd(): number {
    this.#expect(LENGTH);
    const length = this.#short();
    const end = this.#at + length;
    if (end > this.#end) throw this.#malformed(`a length of ${length} bytes`);
    return end;
  }

  #forward(bytes: number): void {
    if (this.#at + bytes > this.#end) throw this.#malformed('half a number');
    this.#at += bytes;
  }

  #expect(encoding: number): void {
    if (this.#encoding !== encoding)
      throw this.#malformed(`a value of the encoding ${this.#encoding}, not ${encoding}`);
  }

  /** An unsigned number of 32 bits. */
  #short(): number {
    const first = this.#byte();
    if (first < 128) return first;
    let value = first & 127;
    for (let count = 1; count < SHORT_VARINT; count++) {
      const byte = this.#byte();
      value |= (byte & 127) << (7 * count);
      if (byte > 127) continue;
      if (count === SHORT_VARINT - 1 && byte > 15) break;
      return value >>> 0;
    }
    throw this.#malformed('a tag or a length of more than 32 bits');
  }

  #byte(): number {
    const byte = this.#at < this.#end ? this.bytes[this.#at] : undefined;
    if (byte === undefined) throw this.#malformed('half a number');
    this.#at++;
    return byte;
  }

  #malformed(what: string): Error {
    return new Error(`not protobuf: ${what} at byte ${this.#at}`);
  }
}
