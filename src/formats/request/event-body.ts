import { isUtf8 } from 'node:buffer';
import { charge, type MemoryAccount } from '../../memory-account.ts';
import type { RequestView } from '../format.ts';
import { quote } from '../json-text.ts';

/** How a request's body appears in its event. */
export type BodyEncoding = 'none' | 'text' | 'base64';

/** The differences between dialects. */
export interface BodyRules {
  /** Bytes without a media type are text where they are UTF-8, and forms are text: the rule of 1.0. */
  readonly isLenient: boolean;
  /** Media types that are binary in any case, in lower case: `image/png`, or all of an `image`, or all. */
  readonly binary: readonly string[];
}

const TEXT = /^(?:text\/.+|application\/(?:json|javascript|xml)|[^/]+\/[^/]+\+(?:json|xml))$/;
const FORM = 'application/x-www-form-urlencoded';

/** By coding and media type, as ALB decides; bytes that are not UTF-8 are never text. */
export function bodyEncoding({ headers, bytes }: RequestView, rules: BodyRules): BodyEncoding {
  if (bytes === undefined || bytes.length === 0) return 'none';
  if (headers.values('content-encoding')?.some(isCoded)) return 'base64';
  return isText(headers.values('content-type')?.[0], rules) && isUtf8(bytes) ? 'text' : 'base64';
}

function isCoded(value: string): boolean {
  return value.split(',').some((coding) => !/^(?:|identity)$/i.test(coding.trim()));
}

function isText(contentType: string | undefined, { isLenient, binary }: BodyRules): boolean {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (binary.some((pattern) => includesType(pattern, type))) return false;
  if (type === '') return isLenient;
  return TEXT.test(type) || (isLenient && type === FORM);
}

function includesType(pattern: string, type: string): boolean {
  if (pattern === '*/*' || pattern === type) return true;
  return pattern.endsWith('/*') && type.startsWith(pattern.slice(0, -1));
}

/** Bytes of a body that become text at a time, so that no text of the whole body is in memory as well. A multiple of 3. */
const PIECE = 48 * 1024;

/** An event of `before`, the body as a JSON string, and `after`. The bytes are taken from `memory` before they are made. */
export function withBody(
  before: string,
  body: Uint8Array,
  encoding: 'text' | 'base64',
  after: string,
  memory: MemoryAccount,
): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (bytes.length <= PIECE) return withoutBody(before + pieceOf(bytes, encoding) + after, memory);
  const start = Buffer.byteLength(before) + 1;
  const length = encoding === 'text' ? escapedLength(bytes) : 4 * Math.ceil(bytes.length / 3);
  const total = start + length + 1 + Buffer.byteLength(after);
  charge(memory, total);
  const event = Buffer.allocUnsafe(total);
  event.write(`${before}"`, 'utf8');
  let at = start;
  for (let from = 0; from < bytes.length; ) {
    const to = pieceEnd(bytes, from, encoding);
    const piece = pieceOf(bytes.subarray(from, to), encoding);
    at += event.write(piece.slice(1, -1), at, 'utf8');
    from = to;
  }
  event.write(`"${after}`, at, 'utf8');
  return event;
}

/** The same without a body. */
export function withoutBody(text: string, memory: MemoryAccount): Uint8Array {
  charge(memory, Buffer.byteLength(text));
  return Buffer.from(text);
}

/** A part of a body as a JSON string. */
function pieceOf(bytes: Buffer, encoding: 'text' | 'base64'): string {
  return encoding === 'text' ? quote(bytes.toString('utf8')) : `"${bytes.toString('base64')}"`;
}

/** A text is cut between two characters. */
function pieceEnd(bytes: Buffer, from: number, encoding: 'text' | 'base64'): number {
  let end = Math.min(from + PIECE, bytes.length);
  if (encoding === 'text') while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return end;
}

/** Bytes that JSON adds to one: to those below 0x20, `"` and the backslash. */
const ADDED = Uint8Array.from({ length: 256 }, (_, code) => {
  return code < 0x80 ? quote(String.fromCharCode(code)).length - 3 : 0;
});

function escapedLength(bytes: Buffer): number {
  let added = 0;
  for (let i = 0; i < bytes.length; i++) added += ADDED[bytes[i] ?? 0] ?? 0;
  return bytes.length + added;
}
