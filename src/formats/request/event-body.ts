import { isUtf8 } from 'node:buffer';
import { charge, type MemoryAccount } from '../../memory-account.ts';
import type { RequestView } from '../format.ts';

/** How the body of a request stands in its event. */
export type BodyEncoding = 'none' | 'text' | 'base64';

/** What dialects differ in. */
export interface BodyRules {
  /** Bytes without a media type are text where they are UTF-8, and forms are text: the rule of 1.0. */
  readonly isLenient: boolean;
  /** Media types that are binary in any case, in lower case: `image/png`, or all of an `image`, or all. */
  readonly binary: readonly string[];
}

const TEXT = /^(?:text\/.+|application\/(?:json|javascript|xml)|[^/]+\/[^/]+\+(?:json|xml))$/;
const FORM = 'application/x-www-form-urlencoded';

/** By coding and media type, as ALB has it; what is not UTF-8 is never text. */
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

/** An event of `before`, the body as a JSON string, and `after`. The bytes are taken from `memory` before they are made. */
export function withBody(
  before: string,
  body: Uint8Array,
  encoding: 'text' | 'base64',
  after: string,
  memory: MemoryAccount,
): Uint8Array {
  const start = Buffer.byteLength(before);
  const length = encoding === 'text' ? escapedLength(body) : 4 * Math.ceil(body.length / 3);
  const total = start + length + Buffer.byteLength(after);
  charge(memory, total);
  const event = Buffer.allocUnsafe(total);
  event.write(before, 'utf8');
  if (encoding === 'text') escapeInto(event, start, body);
  else base64Into(event, start, body);
  event.write(after, start + length, 'utf8');
  return event;
}

/** The same without a body. */
export function withoutBody(text: string, memory: MemoryAccount): Uint8Array {
  charge(memory, Buffer.byteLength(text));
  return Buffer.from(text);
}

/** What JSON writes for a byte below 0x20, `"` and `\`; "" for all others. */
const ESCAPES = Array.from({ length: 256 }, (_, code) => {
  return code < 0x80 ? JSON.stringify(String.fromCharCode(code)).slice(1, -1) : '';
}).map((text) => (text.length > 1 ? text : ''));
/** Bytes that an escape adds. */
const ADDED = Uint8Array.from(ESCAPES, (text) => (text === '' ? 0 : text.length - 1));

function escapedLength(body: Uint8Array): number {
  let added = 0;
  for (let i = 0; i < body.length; i++) added += ADDED[body[i] ?? 0] ?? 0;
  return body.length + added;
}

/** Runs without an escape are copied as they are. */
function escapeInto(event: Buffer, start: number, body: Uint8Array): void {
  let at = start;
  let run = 0;
  for (let i = 0; i < body.length; i++) {
    const code = body[i] ?? 0;
    if (ADDED[code] === 0) continue;
    at = copy(event, at, body, run, i);
    at += event.write(ESCAPES[code] ?? '', at, 'latin1');
    run = i + 1;
  }
  copy(event, at, body, run, body.length);
}

/** A call of `set` costs more than a few bytes. */
const SHORT_RUN = 24;

function copy(event: Buffer, at: number, body: Uint8Array, from: number, to: number): number {
  if (to - from > SHORT_RUN) event.set(body.subarray(from, to), at);
  else for (let i = from; i < to; i++) event[at + i - from] = body[i] ?? 0;
  return at + to - from;
}

/** Bytes of the body that become base64 at a time, so that no text of the whole stands beside it. A multiple of 3. */
const BASE64_PIECE = 48 * 1024;

function base64Into(event: Buffer, start: number, body: Uint8Array): void {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  for (let at = 0; at < bytes.length; at += BASE64_PIECE) {
    const piece = bytes.toString('base64', at, Math.min(at + BASE64_PIECE, bytes.length));
    event.write(piece, start + (at / 3) * 4, 'latin1');
  }
}
