import { JavaException } from '../java-exception.ts';
import { limitText } from '../limits.ts';
import type { Meter } from '../meter.ts';
import { decodeBytes, encodeText, type JavaCharset } from './charset.ts';

/** What is not written as itself, in runs: UTF-16 puts its byte order mark before each run. */
const ESCAPED = /[^A-Za-z0-9.*_ -]+/g;

const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
/** A pair of surrogates that the charset does not know is one `?`: three characters for two units. */
const LEAST_GROWTH = 1.5;
/** Bytes that are written between two looks at the limits. */
const PIECE = 4_096;

/** URLEncoder.encode: the form encoding, a space is `+`. */
export function urlEncode(text: string, charset: JavaCharset, meter: Meter): string {
  let length = text.length;
  const encoded = text.replace(ESCAPED, (run) => {
    // Before the work: it is one call for the whole run.
    limitText(Math.ceil(length + run.length * (LEAST_GROWTH - 1)));
    meter.step(1);
    const bytes = encodeText(run, charset);
    length += 3 * bytes.length - run.length;
    limitText(length);
    let escaped = '';
    for (let at = 0; at < bytes.length; at += PIECE) {
      meter.step(Math.min(PIECE, bytes.length - at) >> 2);
      for (const byte of bytes.slice(at, at + PIECE)) escaped += HEXADECIMAL[byte & 255];
    }
    return escaped;
  });
  return encoded.replaceAll(' ', '+');
}

/** URLDecoder.decode. Bytes in a row are decoded together; a malformed escape is an error. */
export function urlDecode(text: string, charset: JavaCharset, meter: Meter): string {
  let decoded = '';
  for (let at = 0; ; ) {
    const next = text.indexOf('%', at);
    decoded += text.slice(at, next < 0 ? undefined : next).replaceAll('+', ' ');
    if (next < 0) return decoded;
    at = next;
    const bytes: number[] = [];
    for (; text[at] === '%'; at += 3) {
      const digits = text.slice(at + 1, at + 3);
      if (digits.length < 2) throw decodeError('Incomplete trailing escape (%) pattern');
      if (!/^[0-9a-fA-F]{2}$/.test(digits))
        throw decodeError(`Illegal hex characters in escape (%) pattern: "${digits}"`);
      bytes.push(Number.parseInt(digits, 16));
    }
    meter.step(1 + (bytes.length >> 2));
    decoded += decodeBytes(bytes, charset);
  }
}

const decodeError = (reason: string) => new JavaException('IllegalArgumentException', `URLDecoder: ${reason}`);
