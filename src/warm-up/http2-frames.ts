/** The part of HTTP/2 (RFC 9113, 6) and HPACK (RFC 7541, 6.2.2) that the client of a warm-up uses. */
export const frameType = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, windowUpdate: 8 } as const;

export const END_STREAM = 1;
export const ACK = 1;
const END_HEADERS = 4;

/** Initial flow-control window of a connection, in bytes. */
export const FIRST_WINDOW = 65_535;
/** The maximum window: more than a warm-up ever receives. */
const LARGEST_WINDOW = 2 ** 31 - 1;
const INITIAL_WINDOW_SIZE = 4;

const HEAD_BYTES = 9;
const nothing = Buffer.alloc(0);

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function writeFrame(type: number, flags: number, stream: number, payload: Buffer = nothing): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  payload.copy(bytes, HEAD_BYTES);
  return bytes;
}

export function writeHeaders(stream: number, block: Buffer): Buffer {
  return writeFrame(frameType.headers, END_HEADERS, stream, block);
}

/** The connection preface, with windows so large that the server never waits for one. */
export function preface(): Buffer {
  const settings = Buffer.alloc(6);
  settings.writeUInt16BE(INITIAL_WINDOW_SIZE);
  settings.writeUInt32BE(LARGEST_WINDOW, 2);
  const more = Buffer.alloc(4);
  more.writeUInt32BE(LARGEST_WINDOW - FIRST_WINDOW);
  return Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    writeFrame(frameType.settings, 0, 0, settings),
    writeFrame(frameType.windowUpdate, 0, 0, more),
  ]);
}

/** A header block of literal fields. Names and values have at most 126 bytes. */
export function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(headers).flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]);
  return Buffer.concat(parts);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

/** Splits the bytes of a connection into frames. */
export class FrameReader {
  #rest: Buffer = nothing;

  read(chunk: Buffer, take: (frame: Frame) => void): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= HEAD_BYTES) {
      const begin = at + HEAD_BYTES;
      const end = begin + bytes.readUIntBE(at, 3);
      if (bytes.length < end) break;
      const payload = bytes.subarray(begin, end);
      take({
        type: bytes.readUInt8(at + 3),
        flags: bytes.readUInt8(at + 4),
        stream: bytes.readUInt32BE(at + 5),
        payload,
      });
      at = end;
    }
    this.#rest = bytes.subarray(at);
  }
}
