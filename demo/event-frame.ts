import { crc32 } from 'node:zlib';

/** A frame of AWS's event stream: lengths, the CRC of the lengths, headers, payload, the CRC of everything before it. */
export function eventFrame(type: 'PayloadChunk' | 'InvokeComplete', payload: Buffer): Buffer {
  const headers = Buffer.concat([header(':message-type', 'event'), header(':event-type', type)]);
  const bytes = Buffer.alloc(16 + headers.length + payload.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  headers.copy(bytes, 12);
  payload.copy(bytes, 12 + headers.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

function header(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(7, 0, value.length), Buffer.from(value)]);
}
