import { JavaException } from '../java-exception.ts';
import { limitText } from '../limits.ts';
import type { Meter } from '../meter.ts';
import { decodeBytes, encodeText, type JavaCharset } from './charset.ts';

/** What is not written as itself, in runs: UTF-16 puts its byte order mark before each run. */
const ESCAPED = /[^A-Za-z0-9.*_ -]+/g;

/** URLEncoder.encode: the form encoding, a space is `+`. */
export function urlEncode(text: string, charset: JavaCharset, meter: Meter): string {
  const hexadecimal = (byte: number) => `%${(byte & 255).toString(16).toUpperCase().padStart(2, '0')}`;
  let length = text.length;
  const encoded = text.replace(ESCAPED, (run) => {
    meter.step(1 + (run.length >> 2));
    const escaped = encodeText(run, charset).map(hexadecimal).join('');
    length += escaped.length;
    limitText(length);
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
