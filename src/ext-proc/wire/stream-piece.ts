import { httpBody } from './common-shapes.ts';
import { numberOf } from './message-shape.ts';
import { replyShape, streamedResponse } from './reply-shape.ts';
import { varintBytes, writeVarint } from './varint.ts';

/** Tags: the number of a field, and how its value is encoded (0: a number, 2: with a length). */
const STREAMED_IMMEDIATE_RESPONSE = (numberOf(replyShape, 'streamed_immediate_response') << 3) | 2;
const BODY_RESPONSE = (numberOf(streamedResponse, 'body_response') << 3) | 2;
const BODY = (numberOf(httpBody, 'body') << 3) | 2;
const END_OF_STREAM = numberOf(httpBody, 'end_of_stream') << 3;

/** 64 KiB of body, and the fields around them. */
const SCRATCH_BYTES = 64 * 1024 + 32;
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/**
 * Writes `ProcessingResponse {streamed_immediate_response: {body_response: {body, end_of_stream}}}` with one copy of the body. The
 * general writer moves the body once for each message around it, because it learns a message's length last; that would be most of the
 * cost of a streamed answer.
 *
 * The next call may overwrite the returned buffer. grpc-js copies it into its frame immediately (a test verifies that), and a new buffer
 * for each piece would create as much garbage as the answer has bytes.
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
