import { illegalArgument } from '../java-exception.ts';
import { limitText } from '../limits.ts';

/** java.util.Base64.Encoder. */
export class JavaBase64Encoder {
  readonly url: boolean;
  readonly padding: boolean;
  /** MIME: characters in a line (0: one line) and the separator of lines. */
  readonly lineLength: number;
  readonly separator: string;

  constructor(url: boolean, padding = true, lineLength = 0, separator = '') {
    this.url = url;
    this.padding = padding;
    this.lineLength = lineLength;
    this.separator = separator;
  }
}

/** java.util.Base64.Decoder. */
export class JavaBase64Decoder {
  readonly url: boolean;
  readonly mime: boolean;

  constructor(url: boolean, mime: boolean) {
    this.url = url;
    this.mime = mime;
  }
}

export function base64Encode(encoder: JavaBase64Encoder, bytes: readonly number[]): string {
  const plain = Buffer.from(bytes.map((byte) => byte & 255)).toString(encoder.url ? 'base64url' : 'base64');
  const padded = encoder.url && encoder.padding ? plain.padEnd(Math.ceil(plain.length / 4) * 4, '=') : plain;
  const text = encoder.padding ? padded : padded.replace(/=+$/, '');
  if (encoder.lineLength === 0) return text;
  limitText(text.length + Math.ceil(text.length / encoder.lineLength) * encoder.separator.length);
  return (text.match(new RegExp(`.{1,${encoder.lineLength}}`, 'g')) ?? []).join(encoder.separator);
}

/** Signed bytes. Strict unless MIME: no foreign character, padding only at the end and right. */
export function base64Decode(decoder: JavaBase64Decoder, text: string): number[] {
  const alphabet = decoder.url ? /^[A-Za-z0-9_-]$/ : /^[A-Za-z0-9+/]$/;
  const foreign = decoder.url ? /[^A-Za-z0-9_-]/g : /[^A-Za-z0-9+/]/g;
  const padding = text.indexOf('=');
  const at = padding < 0 ? text.length : padding;
  const written = text.slice(0, at);
  const illegal = written.search(foreign);
  if (illegal >= 0 && !decoder.mime)
    throw illegalArgument(`Illegal base64 character ${text.charCodeAt(illegal).toString(16)}`);
  const digits = illegal < 0 ? written : written.replace(foreign, '');
  checkEnding(decoder, digits.length % 4, text.slice(at), alphabet);
  return [...Buffer.from(digits, decoder.url ? 'base64url' : 'base64')].map((byte) => (byte << 24) >> 24);
}

function checkEnding(decoder: JavaBase64Decoder, open: number, ending: string, alphabet: RegExp): void {
  if (open === 1) throw illegalArgument('Last unit does not have enough valid bits');
  if (ending === '') return;
  const wanted = open === 2 ? '==' : '=';
  if (open === 0 || !ending.startsWith(wanted)) throw illegalArgument('Input byte array has wrong 4-byte ending unit');
  const rest = ending.slice(wanted.length);
  // MIME ignores characters after the padding that are not digits.
  const isIgnored = decoder.mime && ![...rest].some((character) => alphabet.test(character));
  if (rest !== '' && !isIgnored) throw illegalArgument('Input byte array has incorrect ending byte');
}
