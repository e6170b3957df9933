import { JavaException } from '../java-exception.ts';

/** java.nio.charset.Charset, by its canonical name. */
export class JavaCharset {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const ALIASES: Readonly<Record<string, string>> = {
  'utf-8': 'UTF-8',
  utf8: 'UTF-8',
  'us-ascii': 'US-ASCII',
  ascii: 'US-ASCII',
  'iso-8859-1': 'ISO-8859-1',
  iso8859_1: 'ISO-8859-1',
  latin1: 'ISO-8859-1',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
  'utf-16': 'UTF-16',
  utf_16: 'UTF-16',
  'utf-16be': 'UTF-16BE',
  'utf-16le': 'UTF-16LE',
};

/** Charset.forName for those that every JDK has and one more of the web. */
export function charsetOf(name: string): JavaCharset {
  const key = name.toLowerCase();
  const canonical = Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined;
  if (canonical === undefined) throw new JavaException('UnsupportedEncodingException', name.slice(0, 60));
  return new JavaCharset(canonical);
}

/** Making one takes longer than decoding a short text. */
const decoders = {
  utf8: new TextDecoder('utf-8', { ignoreBOM: true }),
  big: new TextDecoder('utf-16be', { ignoreBOM: true }),
  little: new TextDecoder('utf-16le', { ignoreBOM: true }),
  marked: { big: new TextDecoder('utf-16be'), little: new TextDecoder('utf-16le') },
};

export const UTF_8 = new JavaCharset('UTF-8');

const CP1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** String.getBytes: signed bytes; what the charset lacks becomes `?`. */
export function encodeText(text: string, charset: JavaCharset): number[] {
  switch (charset.name) {
    case 'UTF-8':
      return [...Buffer.from(text.replace(LONE_SURROGATE, '?'), 'utf8')].map(signed);
    case 'UTF-16':
      return text === '' ? [] : [-2, -1, ...utf16(text, true)];
    case 'UTF-16BE':
      return utf16(text, true);
    case 'UTF-16LE':
      return utf16(text, false);
    default:
      return Array.from(text, (character) => signed(singleByte(character, charset.name)));
  }
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

const signed = (byte: number) => (byte << 24) >> 24;

function utf16(text: string, big: boolean): number[] {
  const bytes = Buffer.from(text, 'utf16le');
  return [...(big ? bytes.swap16() : bytes)].map(signed);
}

function singleByte(character: string, charset: string): number {
  const code = character.codePointAt(0) ?? 63;
  if (code < 128) return code;
  if (charset === 'ISO-8859-1') return code < 256 ? code : 63;
  if (charset === 'windows-1252') {
    const at = CP1252.indexOf(character);
    return at >= 0 ? 128 + at : code >= 160 && code < 256 ? code : 63;
  }
  return 63;
}

/** new String(bytes, charset): what is malformed becomes U+FFFD. */
export function decodeBytes(bytes: readonly number[], charset: JavaCharset): string {
  const buffer = Buffer.from(bytes.map((byte) => byte & 255));
  switch (charset.name) {
    case 'UTF-8':
      return decoders.utf8.decode(buffer);
    case 'UTF-16':
      return decoders.marked[buffer[0] === 0xff && buffer[1] === 0xfe ? 'little' : 'big'].decode(buffer);
    case 'UTF-16BE':
      return decoders.big.decode(buffer);
    case 'UTF-16LE':
      return decoders.little.decode(buffer);
    case 'US-ASCII':
      return Array.from(buffer, (byte) => (byte < 128 ? String.fromCharCode(byte) : '\ufffd')).join('');
    case 'windows-1252':
      return Array.from(buffer, (byte) =>
        byte >= 128 && byte < 160 ? CP1252.charAt(byte - 128) : String.fromCharCode(byte),
      ).join('');
    default:
      return buffer.toString('latin1');
  }
}
