import { FrameError } from './frame-error.ts';

/** Headers that say what a frame is; only texts count. If a name occurs twice, the last one counts. */
export type FrameHeaders = Readonly<Partial<Record<FrameHeader, string>>>;

const READ = [':message-type', ':event-type', ':exception-type', ':error-code', ':error-message'] as const;
export type FrameHeader = (typeof READ)[number];

/** Bytes of a value by its type; 6 (bytes) and 7 (text) have their length before them. */
const SIZES: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };
const BYTES = 6;
const TEXT = 7;

/**
 * Checks all headers of a frame and reads those that say what it is: `u8 name length · name · u8 type · value`. Throws FrameError.
 * https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html
 */
export function readHeaders(bytes: Buffer): FrameHeaders {
  const headers: Partial<Record<FrameHeader, string>> = {};
  let at = 0;
  while (at < bytes.length) {
    const nameStart = at + 1;
    const nameEnd = nameStart + bytes.readUInt8(at);
    const type = bytes[nameEnd];
    if (type === undefined) throw cut();
    let start = nameEnd + 1;
    let size = SIZES[type];
    if (type === BYTES || type === TEXT) {
      if (start + 2 > bytes.length) throw cut();
      size = bytes.readUInt16BE(start);
      start += 2;
    }
    if (size === undefined) throw new FrameError(`a header has the unknown type ${type}`);
    at = start + size;
    if (at > bytes.length) throw cut();
    // Recognized by its first byte: most other headers are skipped.
    if (bytes[nameStart] !== COLON) continue;
    const name = nameOf(bytes.toString('latin1', nameStart, nameEnd));
    if (name === undefined) continue;
    if (type === TEXT) headers[name] = bytes.toString('utf8', start, at);
    else delete headers[name];
  }
  return headers;
}

const COLON = 0x3a;

function nameOf(text: string): FrameHeader | undefined {
  return READ.find((name) => name === text);
}

function cut(): FrameError {
  return new FrameError('a header is longer than the headers of its frame');
}
