import type { Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';

/** A stream of node:zlib: `bytesWritten` is what it has read of its input. */
export type Inflater = Transform & { readonly bytesWritten: number };

/** How a content coding is decoded. */
export interface ContentCoding {
  open(first: Uint8Array, chunkSize: number): Inflater;
  /** Memory of the decoder, in bytes for each byte of output: the byte, and its copy in the window if that grows. */
  readonly perByte: number;
  /** A body may be several frames, one after the other; otherwise what follows the end is not part of it. */
  readonly frames: boolean;
}

const gzip: ContentCoding = { open: (_, chunkSize) => createGunzip({ chunkSize }), perByte: 1, frames: false };

const CODINGS: ReadonlyMap<string, ContentCoding> = new Map<string, ContentCoding>([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', { open: openDeflate, perByte: 1, frames: false }],
  ['br', { open: (_, chunkSize) => createBrotliDecompress({ chunkSize }), perByte: 2, frames: false }],
  ['zstd', { open: openZstd, perByte: 2, frames: true }],
]);

/** The supported codings, for callers that use another. `x-gzip` is gzip's old name. */
export const ACCEPTED_CODINGS = [...CODINGS.keys()].filter((name) => name !== 'x-gzip').join(', ');

/** By its name in lower case. */
export function codingOf(name: string): ContentCoding | undefined {
  return CODINGS.get(name);
}

/** "deflate" is zlib by the standard (RFC 9110, 8.4.1.2) and raw deflate by some servers: the first bytes show which. */
function openDeflate(first: Uint8Array, chunkSize: number): Inflater {
  const [method = 0, flags = 0] = first;
  const isZlib = (method & 0x0f) === 8 && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0;
  return isZlib ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize });
}

/** 8 MiB is the largest window that a sender may use (RFC 9659). */
const ZSTD_WINDOW_LOG = 23;

function openZstd(_: Uint8Array, chunkSize: number): Inflater {
  return createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });
}
