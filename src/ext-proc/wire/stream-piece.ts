import { varintBytes } from './varint.ts';

/** 64 KiB of body, and the fields around them. */
const SCRATCH_BYTES = 64 * 1024 + 32;
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/**
 * `ProcessingResponse {streamed_immediate_response: {body_response: {body, end_of_stream}}}` in one copy. The general writer moves a
 * body for each message around it, whose length it does not know before, which is most of what a streamed answer costs.
 *
 * The next call may overwrite the returned buffer: grpc-js copies it into its frame at once (a test verifies that), and
 * a buffer for each piece would be as much garbage as the answer has bytes.
 */
export function writeStreamPiece(body: Uint8Array, end: boolean): Buffer {
  const { length } = body;
  // Fields without a value are left out.
  const fields = (length > 0 ? 1 + varintBytes(length) + length : 0) + (end ? 2 : 0);
  const inner = 1 + varintBytes(fields) + fields;
  const total = 1 + varintBytes(inner) + inner;
  const bytes = total <= SCRATCH_BYTES ? scratch.subarray(0, total) : Buffer.allocUnsafe(total);
  let at = 0;
  bytes[at++] = STREAMED_IMMEDIATE_RESPONSE;
  at = writeVarint(bytes, at, inner);
  bytes[at++] = BODY_RESPONSE;
  at = writeVarint(bytes, at, fields);
  if (length > 0) {
    bytes[at++] = BODY;
    at = writeVarint(bytes, at, length);
    bytes.set(body, at);
    at += length;
  }
  if (end) {
    bytes[at++] = END_OF_STREAM;
    bytes[at] = 1;
  }
  return bytes;
}

/** Numbers of fields, as in `replyShape`, with the kinds of their values: 2 has a length, 0 is a number. */
const STREAMED_IMMEDIATE_RESPONSE = (11 << 3) | 2;
const BODY_RESPONSE = (2 << 3) | 2;
const BODY = (1 << 3) | 2;
const END_OF_STREAM = (2 << 3) | 0;

function writeVarint(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}
