import { isUtf8 } from 'node:buffer';
import {
  blank,
  type DecodedText,
  decodeText,
  formEscape,
  jsonEscape,
  type ReadEscape,
  urlEscape,
  xmlEscape,
} from './decoded-text.ts';

/** From, and up to but not including. */
export type Range = readonly [from: number, to: number];

/** How often a decoded text is decoded again: base64 in JSON in a URL is two. JSON within JSON does not count. */
const LAYERS = 3;
/** JSON within JSON: each level has twice as many backslashes as the previous one. */
const JSON_LEVELS = 8;
/** Shorter values occur by chance in decoded text that is not base64. */
const LEAST_IN_BYTES = 3;

const ESCAPES: readonly (readonly [sign: string, read: ReadEscape])[] = [
  ['%', urlEscape],
  ['+', formEscape],
  ['&', xmlEscape],
];

const BASE64 = /[A-Za-z0-9+/_-]{4,}={0,2}/g;
/** In lines of MIME and PEM. */
const BASE64_LINES = /(?:[A-Za-z0-9+/]{64}\r?\n|[A-Za-z0-9+/]{76}\r?\n)+[A-Za-z0-9+/]*={0,2}/g;
const HEX = /[0-9A-Fa-f]{6,}/g;

/**
 * The places where a text contains one of the values: unencoded, with the escapes of JSON, URLs, forms and XML, in base64 of
 * either alphabet or hexadecimal (also as a part of the encoded data), and in layers of these. Overlapping, in no order.
 */
export function findValues(text: string, values: readonly string[], layers = LAYERS): Range[] {
  const found: Range[] = [];
  let place = (range: Range): Range => range;
  let level: string | undefined = text;
  for (let i = 0; i < JSON_LEVELS && level !== undefined; i++) {
    for (const range of findInLevel(level, values, layers)) found.push(place(range));
    const decoded: DecodedText | undefined = level.includes('\\') ? decodeText(level, jsonEscape) : undefined;
    const outer = place;
    if (decoded !== undefined) place = (range) => outer(sourceOf(decoded, range));
    level = decoded?.text;
  }
  return found;
}

/** Without decoding JSON's escapes. */
function findInLevel(text: string, values: readonly string[], layers: number): Range[] {
  const found = findPlain(text, values);
  const containers = values.filter(isContainer).map((value) => value.replaceAll(/\s/g, ''));
  const compact = containers.length === 0 ? undefined : decodeText(text, blank);
  for (const range of findPlain(compact?.text ?? text, containers)) {
    found.push(compact === undefined ? range : sourceOf(compact, range));
  }
  if (layers === 0) return found;
  for (const [sign, read] of ESCAPES) {
    const decoded = text.includes(sign) ? decodeText(text, read) : undefined;
    if (decoded === undefined) continue;
    for (const range of findValues(decoded.text, values, layers - 1)) found.push(sourceOf(decoded, range));
  }
  for (const pattern of [BASE64, BASE64_LINES, HEX]) {
    for (const { 0: run, index } of text.matchAll(pattern)) {
      const encoding = pattern === HEX ? 'hex' : 'base64';
      if (holdsEncoded(run, encoding, values, layers)) found.push([index, index + run.length]);
    }
  }
  return found;
}

function findPlain(text: string, values: readonly string[]): Range[] {
  const found: Range[] = [];
  for (const value of values) {
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      found.push([at, at + value.length]);
    }
  }
  return found;
}

/** An object or a list: it may be written with other blanks, so it is compared without blanks. */
const isContainer = (value: string): boolean => /^\s*(?:\{.*\}|\[.*\])\s*$/s.test(value);

/** The position of the decoded data in the original text. */
function sourceOf({ starts, ends }: DecodedText, [from, to]: Range): Range {
  return [starts[from] ?? 0, ends[to - 1] ?? 0];
}

/** The run may begin with other characters of the alphabet, as in `key/…`: so each way to split it into groups is tried. */
function holdsEncoded(run: string, encoding: 'base64' | 'hex', values: readonly string[], layers: number): boolean {
  const group = encoding === 'hex' ? 2 : 4;
  for (let skipped = 0; skipped < group; skipped++) {
    const bytes = Buffer.from(run.slice(skipped), encoding);
    for (const value of values) {
      const wanted = Buffer.from(value);
      if (wanted.length >= LEAST_IN_BYTES ? bytes.includes(wanted) : skipped === 0 && bytes.equals(wanted)) return true;
    }
    // Data that is not text has no further layer.
    if (!isUtf8(bytes)) continue;
    const text = bytes.toString('utf8');
    if (isReadable(text) && findValues(text, values.filter(isLong), layers - 1).length > 0) return true;
  }
  return false;
}

const isLong = (value: string): boolean => Buffer.byteLength(value) >= LEAST_IN_BYTES;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they distinguish bytes from text.
const isReadable = (text: string): boolean => !/[\x00-\x08\x0e-\x1f]/.test(text);
