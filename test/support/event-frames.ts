// Frames of AWS's event stream, written from its description: the tests' own encoder.
import { crc32 } from 'node:zlib';

/** A header's type and value as they are on the wire; a string is one of type 7. */
export type FrameHeaderValue = string | { readonly type: number; readonly bytes: Buffer };

/** `u32 total · u32 headers · u32 CRC32 · headers · payload · u32 CRC32`. */
export function frame(headers: Readonly<Record<string, FrameHeaderValue>>, payload: Uint8Array | string = ''): Buffer {
  return frameOf(Buffer.concat(Object.entries(headers).map(([name, value]) => headerBytes(name, value))), payload);
}

/** The same of headers as they are on the wire. */
export function frameOf(headers: Uint8Array, payload: Uint8Array | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const bytes = Buffer.alloc(16 + headers.length + body.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  bytes.set(headers, 12);
  bytes.set(body, 12 + headers.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

/** `u8 name length · name · u8 type · value`; of a text the value is `u16 length · text`. */
export function headerBytes(name: string, value: FrameHeaderValue): Buffer {
  const nameBytes = Buffer.from(name);
  const before = [Buffer.from([nameBytes.length]), nameBytes];
  if (typeof value !== 'string') return Buffer.concat([...before, Buffer.from([value.type]), value.bytes]);
  const text = Buffer.from(value);
  return Buffer.concat([...before, Buffer.from([7, text.length >> 8, text.length & 0xff]), text]);
}

export function chunkFrame(payload: Uint8Array | string): Buffer {
  return eventFrame('PayloadChunk', payload, 'application/octet-stream');
}

/** Of InvokeComplete. */
export interface CompleteFields {
  readonly ErrorCode?: string | null;
  readonly ErrorDetails?: string | null;
  readonly LogResult?: string | null;
}

export function completeFrame(fields: CompleteFields = {}): Buffer {
  return eventFrame('InvokeComplete', JSON.stringify(fields));
}

export function eventFrame(type: string, payload: Uint8Array | string, contentType = 'application/json'): Buffer {
  return frame({ ':message-type': 'event', ':event-type': type, ':content-type': contentType }, payload);
}

export function exceptionFrame(type: string, message: string): Buffer {
  const headers = { ':message-type': 'exception', ':exception-type': type, ':content-type': 'application/json' };
  return frame(headers, JSON.stringify({ message }));
}

export function errorFrame(code: string, message: string): Buffer {
  return frame({ ':message-type': 'error', ':error-code': code, ':error-message': message });
}
