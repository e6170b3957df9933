import { EvaluationFailure, newList, newMap, type Value } from '../../value.ts';
import { bareWord, trimBare } from './bare-word.ts';
import { JSON_SMART, type JsonDialect } from './json-dialect.ts';
import { toInteger } from './json-number.ts';
import { JsonTextError } from './json-text-error.ts';

/** The maximum of lists and maps of one text: above it, a hostile body would take much more memory than its own size. */
const MAX_CONTAINERS = 250_000;

const END = 0x1a;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
/** From here on, characters never end a number's digits as text: `[12é]` has two elements. */
const FIRST_FOREIGN = 126;

/** What ends a bare word or a number, by place. Beyond these, only the end of the text does. */
const AT_TOP: readonly number[] = [];
const IN_LIST: readonly number[] = [COMMA, CLOSE_LIST];
const IN_MAP: readonly number[] = [COMMA, CLOSE_MAP];
const IN_KEY: readonly number[] = [COLON];

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
  ['b', '\b'],
  ['\\', '\\'],
  ['/', '/'],
  ["'", "'"],
  ['"', '"'],
]);

/**
 * Reads JSON text as json-smart 2.5.2 does in its permissive mode: bare words and text in single quotes are strings,
 * names need no quotes, commas may be too many, control characters are let through (or dropped, in a string with a
 * backslash), what follows a complete list, map or string is ignored, U+001A ends the text. Numbers keep their Java
 * type. Text that is cut off, and lists and maps nested deeper than 400, are errors.
 * @throws JsonTextError
 * @throws EvaluationFailure for more than 250,000 lists and maps
 */
export function parseJson(text: string, dialect: JsonDialect = JSON_SMART): Value {
  return new LenientParser(text, dialect).parse();
}

class LenientParser {
  readonly #text: string;
  #position = 0;
  #char: number;
  #depth = 0;
  #containers = 0;
  readonly #dialect: JsonDialect;

  constructor(text: string, dialect: JsonDialect) {
    this.#text = text;
    this.#dialect = dialect;
    this.#char = text.length > 0 ? text.charCodeAt(0) : END;
  }

  parse(): Value {
    return this.#readValue(AT_TOP);
  }

  #next(): void {
    this.#char = ++this.#position < this.#text.length ? this.#text.charCodeAt(this.#position) : END;
  }

  #unexpected(): JsonTextError {
    if (this.#char === END) return new JsonTextError(`the JSON text ends too early, at position ${this.#position}`);
    const char = String.fromCharCode(this.#char);
    return new JsonTextError(`unexpected "${char}" at position ${this.#position} of the JSON text`);
  }

  #readValue(stops: readonly number[]): Value {
    for (;;) {
      const char = this.#char;
      switch (char) {
        case SPACE:
        case CARRIAGE_RETURN:
        case LINE_FEED:
        case TAB:
          this.#next();
          continue;
        case COLON:
        case CLOSE_MAP:
        case CLOSE_LIST:
          throw this.#unexpected();
        case OPEN_MAP:
          return this.#readMap();
        case OPEN_LIST:
          return this.#readList();
        case QUOTE:
        case APOSTROPHE:
          return this.#readString();
        default:
          if (char === MINUS || (char >= ZERO && char <= NINE)) return this.#readNumber(stops);
          return bareWord(this.#readBare(stops));
      }
    }
  }

  #enter(): void {
    if (++this.#containers > MAX_CONTAINERS) {
      throw new EvaluationFailure(`the JSON text has more than ${MAX_CONTAINERS} lists and maps`);
    }
    const { maxDepth } = this.#dialect;
    if (++this.#depth > maxDepth) throw new JsonTextError(`the JSON text nests deeper than ${maxDepth}`);
  }

  #readList(): Value {
    this.#enter();
    const items: Value[] = [];
    this.#next();
    for (;;) {
      switch (this.#char) {
        case SPACE:
        case CARRIAGE_RETURN:
        case LINE_FEED:
        case TAB:
        case COMMA:
          this.#next();
          continue;
        case CLOSE_LIST:
          this.#depth--;
          this.#next();
          return newList(items, this.#dialect.listKind);
        case COLON:
        case CLOSE_MAP:
        case END:
          throw this.#unexpected();
        default:
          items.push(this.#readValue(IN_LIST));
      }
    }
  }

  #readMap(): Value {
    this.#enter();
    const entries = new Map<Value, Value>();
    for (;;) {
      this.#next();
      switch (this.#char) {
        case SPACE:
        case CARRIAGE_RETURN:
        case LINE_FEED:
        case TAB:
        case COMMA:
          continue;
        case COLON:
        case CLOSE_LIST:
        case OPEN_LIST:
        case OPEN_MAP:
          throw this.#unexpected();
        case CLOSE_MAP:
          break;
        default:
          this.#readEntry(entries);
      }
      if (this.#char === COMMA) continue;
      if (this.#char !== CLOSE_MAP) throw this.#unexpected();
      this.#depth--;
      this.#next();
      return newMap(entries);
    }
  }

  /** A name, a colon, a value, and blanks behind it. */
  #readEntry(entries: Map<Value, Value>): void {
    const quoted = this.#char === QUOTE || this.#char === APOSTROPHE;
    const key = quoted ? this.#readString() : this.#readBare(IN_KEY);
    this.#skipBlanks();
    if (this.#char !== COLON) throw this.#unexpected();
    this.#next();
    if (this.#position >= this.#text.length) throw this.#unexpected();
    entries.set(key, this.#readValue(IN_MAP));
    this.#skipBlanks();
  }

  #skipBlanks(): void {
    while (this.#char <= SPACE && this.#char !== END) this.#next();
  }

  #readBare(stops: readonly number[]): string {
    const start = this.#position;
    this.#skipBare(stops);
    return trimBare(this.#text, start, this.#position);
  }

  #skipBare(stops: readonly number[]): void {
    while (this.#char !== END && !stops.includes(this.#char)) this.#next();
  }

  #readString(): string {
    const quote = this.#char;
    const mark = quote === QUOTE ? '"' : "'";
    const end = this.#text.indexOf(mark, this.#position + 1);
    if (end === -1) throw new JsonTextError(`a string of the JSON text is not closed, at position ${this.#position}`);
    const plain = this.#text.slice(this.#position + 1, end);
    if (plain.includes('\\')) return this.#readEscaped(quote);
    this.#position = end;
    this.#next();
    return plain;
  }

  #readEscaped(quote: number): string {
    let result = '';
    let start = this.#position + 1;
    for (;;) {
      this.#next();
      const char = this.#char;
      const ordinary = char > 31 && (char !== 127 || this.#dialect.keepsDelete) && char !== quote && char !== BACKSLASH;
      if (ordinary) continue;
      result += this.#text.slice(start, this.#position);
      if (char === END) throw this.#unexpected();
      if (char === BACKSLASH) result += this.#readEscape();
      start = this.#position + 1;
      if (char === quote) {
        this.#next();
        return result;
      }
    }
  }

  /** An unknown escape gives no character. */
  #readEscape(): string {
    this.#next();
    const escaped = String.fromCharCode(this.#char);
    if (escaped === 'u') return this.#readHex(4);
    return escaped === 'x' ? this.#readHex(2) : (ESCAPES.get(escaped) ?? '');
  }

  #readHex(digits: number): string {
    let value = 0;
    for (let count = 0; count < digits; count++) {
      this.#next();
      const digit = Number.parseInt(String.fromCharCode(this.#char), 16);
      if (Number.isNaN(digit)) throw this.#unexpected();
      value = value * 16 + digit;
    }
    return String.fromCharCode(value);
  }

  #readNumber(stops: readonly number[]): Value {
    const start = this.#position;
    this.#next();
    this.#skipDigits();
    let decimal = this.#char === POINT;
    if (decimal) {
      this.#next();
      this.#skipDigits();
    }
    if (this.#atAny('eE')) {
      decimal = true;
      this.#next();
      if (!this.#atAny('+-0123456789')) return this.#readBareFrom(start, stops);
      this.#next();
      this.#skipDigits();
    }
    const end = this.#position;
    this.#skipBlanks();
    const complete = this.#char >= FIRST_FOREIGN || this.#char === END || stops.includes(this.#char);
    if (!complete) return this.#readBareFrom(start, stops);
    const text = this.#text.slice(start, end);
    if (text.length > this.#dialect.maxNumberLength) throw new JsonTextError('a number of the JSON text is too long');
    return decimal ? this.#dialect.toDecimal(text) : toInteger(text);
  }

  #readBareFrom(start: number, stops: readonly number[]): string {
    this.#skipBare(stops);
    return trimBare(this.#text, start, this.#position);
  }

  #atAny(chars: string): boolean {
    return this.#char !== END && chars.includes(String.fromCharCode(this.#char));
  }

  #skipDigits(): void {
    while (this.#char >= ZERO && this.#char <= NINE) this.#next();
  }
}
