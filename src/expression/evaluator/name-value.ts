/** The value of an attribute of a name. */
export interface NameValue {
  /** Undefined for a value that is not text. */
  readonly text: string | undefined;
  /** The bytes (DER), where they are written. */
  readonly der: Buffer | undefined;
}

const UTF8 = 0x0c;
const PRINTABLE = 0x13;
const IA5 = 0x16;
const BMP = 0x1e;
/** Numeric, printable, teletex, videotex, IA5, graphic, visible and general string. */
const ONE_BYTE: ReadonlySet<number> = new Set([0x12, PRINTABLE, 0x14, 0x15, IA5, 0x19, 0x1a, 0x1b]);
const EMAIL = '1.2.840.113549.1.9.1';
const DOMAIN = '0.9.2342.19200300.100.1.25';

/** `#0c0178` is the text x; a value that is not a string stays bytes, and one that is not hexadecimal is a text. */
export function decodeDer(written: string): NameValue {
  const digits = written.slice(1).replaceAll(' ', '');
  if (digits === '' || !/^(?:[0-9a-fA-F]{2})+$/.test(digits)) return { text: written, der: undefined };
  const der = Buffer.from(digits, 'hex');
  return { text: textOf(der[0] ?? 0, contentOf(der)), der };
}

function textOf(tag: number, content: Buffer | undefined): string | undefined {
  if (content === undefined) return undefined;
  if (tag === UTF8) return content.toString('utf8');
  if (ONE_BYTE.has(tag)) return content.toString('latin1');
  if (tag === BMP && content.length % 2 === 0) return Buffer.from(content).swap16().toString('utf16le');
  return undefined;
}

/** The content after tag and length, if the length is that of the rest. */
function contentOf(der: Buffer): Buffer | undefined {
  const first = der[1] ?? 0;
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (more > 4 || der.length < 2 + more) return undefined;
  const length = more === 0 ? first : der.readUIntBE(2, more);
  return der.length === 2 + more + length ? der.subarray(2 + more) : undefined;
}

/** The bytes of a value in hexadecimal digits; those of a text as Java encodes it. */
export const hexValue = (type: string, value: NameValue) => `#${encoded(type, value).toString('hex')}`;

function encoded(type: string, { text = '', der }: NameValue): Buffer {
  if (der !== undefined) return der;
  if (type === EMAIL || type === DOMAIN) return encode(IA5, Buffer.from(text, 'latin1'));
  return encode(/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? PRINTABLE : UTF8, Buffer.from(text, 'utf8'));
}

/** Types that the gateway's library writes as a PrintableString; all others are UTF-8. */
const AS_PRINTABLE: ReadonlySet<string> = new Set(['2.5.4.6', '2.5.4.5', '2.5.4.46', '2.5.4.20']);

/** The bytes of `type=value` as the gateway's library encodes it: attributes of one part are sorted by them. */
export function attributeBytes(type: string, value: NameValue): Buffer {
  const tag = type === EMAIL || type === DOMAIN ? IA5 : AS_PRINTABLE.has(type) ? PRINTABLE : UTF8;
  const bytes = value.text === undefined ? encoded(type, value) : encode(tag, Buffer.from(value.text, 'utf8'));
  return encode(0x30, Buffer.concat([encode(0x06, numberBytes(type)), bytes]));
}

function numberBytes(type: string): Buffer {
  const [first = 0, second = 0, ...rest] = type.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return Buffer.from([first * 40 + second, ...rest].flatMap(base128));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift((left % 128) | 0x80);
  return bytes;
}

function encode(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...long]), content]);
}

/** A value as the gateway shows it, with its signs escaped: `ACME\, Inc.`. */
export function shownValue(type: string, value: NameValue): string {
  if (value.text === undefined) return hexValue(type, value);
  return value.text
    .replace(/[,"\\+=<>;]/g, '\\$&')
    .replace(/^#/, '\\#')
    .replace(/^ +|(?<! ) +$/g, (blanks) => blanks.replaceAll(' ', '\\ '));
}
