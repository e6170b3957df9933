import { charge, type MemoryAccount, NoRoomError } from '../memory-account.ts';
import { type ContentCoding, codingOf, type Inflater } from './content-codings.ts';
import type { Phase } from './phase.ts';
import { bodyTooLarge, PolicyFailure } from './policy-failure.ts';

/** More codings are not used in practice, and each is a pass over the body. */
const MAX_CODINGS = 2;
/** Frames of one body: each takes a decoder of its own. */
const MAX_FRAMES = 64;
/** Memory of a decoder before its first output: tables, and the window of gzip and deflate. */
const DECODER_BYTES = 48 * 1024;
/**
 * Bodies that are decoded at a time, as many as libuv has threads. A decoder of br fills its window, up to 16 MiB, before
 * it gives any output that can be counted: a thousand small bombs at once would take gigabytes.
 */
const AT_A_TIME = 4;
/** Bytes of output at a time. */
const CHUNK = 64 * 1024;
const SMALL_CHUNK = 16 * 1024;

/** The options for decoding a body. */
export interface Decoding {
  /** Whose body it is: a caller gets an error that it can fix; a fault of the backend is a gateway error. */
  readonly side: Phase;
  /** Maximum bytes of output of each coding. */
  readonly limit: number;
  readonly memory: MemoryAccount;
  /** Called when a body's turn comes: one that is no longer needed is not decoded. */
  readonly isWanted?: () => boolean;
  /** Called with the running decoder: to destroy it ends the decoding. Undefined: there is none. */
  readonly onDecoder: (decoder: Inflater | undefined) => void;
}

/** The names of a message's content codings in the order in which they were applied; without `identity`. */
export function codingsOf(values: readonly string[] | undefined): readonly string[] {
  if (values === undefined) return [];
  return values
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
}

/**
 * Decodes a body's content codings, the last one first, off the event loop. Expressions read text, and a backend that
 * compresses must not turn it into noise. The output is charged to `memory` as it grows; in the end as much as the
 * result's length. Rejects with PolicyFailure and NoRoomError, or with what its decoder is destroyed with.
 */
export async function decodeBody(body: Uint8Array, names: readonly string[], decoding: Decoding): Promise<Uint8Array> {
  if (names.length > MAX_CODINGS) throw unsupported(`more than ${MAX_CODINGS} content codings`, decoding.side);
  const codings = names.map((name) => {
    const coding = codingOf(name);
    if (coding !== undefined) return coding;
    throw unsupported('unknown content coding', decoding.side, `: ${JSON.stringify(name.slice(0, 64))}`);
  });
  return await inTurn(() => undoAll(body, names, codings, decoding));
}

let running = 0;
/** Waiting bodies, the longest waiting first. */
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running < AT_A_TIME) running++;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

async function undoAll(
  body: Uint8Array,
  names: readonly string[],
  codings: readonly ContentCoding[],
  decoding: Decoding,
): Promise<Uint8Array> {
  if (decoding.isWanted?.() === false) throw new Error('the body is no longer needed');
  let bytes = body;
  let taken = 0;
  for (const [index, coding] of [...codings.entries()].reverse()) {
    try {
      bytes = await undo(coding, names[index] ?? '', bytes, decoding);
    } finally {
      decoding.memory.give(taken);
    }
    taken = bytes.length;
  }
  return bytes;
}

async function undo(coding: ContentCoding, name: string, bytes: Uint8Array, decoding: Decoding): Promise<Uint8Array> {
  const output = new Output(decoding, coding.perByte, bytes.length < SMALL_CHUNK ? SMALL_CHUNK : CHUNK);
  try {
    let at = 0;
    for (let frame = 0; at < bytes.length; frame++) {
      if (frame > 0 && !coding.frames) throw malformed(`bytes follow the end of the ${name}`, decoding.side);
      if (frame === MAX_FRAMES) throw malformed(`more than ${MAX_FRAMES} frames of ${name}`, decoding.side);
      at += await output.read(coding, at === 0 ? bytes : bytes.subarray(at));
    }
    return output.whole();
  } catch (error) {
    output.release();
    if (!isZlibError(error)) throw error;
    throw malformed(`the body is not valid ${name}`, decoding.side, error);
  } finally {
    decoding.onDecoder(undefined);
  }
}

/** The output of one coding. */
class Output {
  readonly #decoding: Decoding;
  readonly #perByte: number;
  readonly #chunk: number;
  readonly #pieces: Buffer[] = [];
  #size = 0;
  #taken = 0;

  constructor(decoding: Decoding, perByte: number, chunk: number) {
    this.#decoding = decoding;
    this.#perByte = perByte;
    this.#chunk = chunk;
    this.#take(DECODER_BYTES + chunk);
  }

  /** Gives how many bytes were read. */
  read(coding: ContentCoding, bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      const decoder = coding.open(bytes, this.#chunk);
      this.#decoding.onDecoder(decoder);
      decoder.on('data', (piece: Buffer) => {
        try {
          this.#add(piece);
        } catch (error) {
          decoder.destroy(error as Error);
        }
      });
      decoder.once('end', () => resolve(decoder.bytesWritten));
      decoder.once('error', reject);
      decoder.end(bytes);
    });
  }

  whole(): Buffer {
    this.#take(this.#size);
    const whole = Buffer.concat(this.#pieces, this.#size);
    this.#pieces.length = 0;
    this.#decoding.memory.give(this.#taken - this.#size);
    return whole;
  }

  release(): void {
    this.#pieces.length = 0;
    this.#decoding.memory.give(this.#taken);
    this.#taken = 0;
  }

  #add(piece: Buffer): void {
    this.#size += piece.length;
    const { limit, side } = this.#decoding;
    if (this.#size > limit) {
      throw bodyTooLarge(side, `the decoded body has more than ${limit} bytes (limits.bodyBytes)`);
    }
    // For the next one: it is allocated as soon as this returns.
    this.#take(piece.length * this.#perByte);
    this.#pieces.push(piece);
  }

  #take(bytes: number): void {
    charge(this.#decoding.memory, bytes);
    this.#taken += bytes;
  }
}

/** Errors of zlib have codes as `Z_DATA_ERROR`, `ERR__ERROR_FORMAT_PADDING_2` (brotli) and `ZSTD_error_…`. */
function isZlibError(error: unknown): boolean {
  return (
    error instanceof Error && !(error instanceof PolicyFailure || error instanceof NoRoomError) && 'errno' in error
  );
}

function unsupported(what: string, side: Phase, name = ''): PolicyFailure {
  const cause = new Error(`${what}${name}`);
  if (side === 'response') return new PolicyFailure('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', { cause });
  return new PolicyFailure('LAMBDA_EXT_PROC_UNSUPPORTED_ENCODING', { details: what, cause, byCaller: true });
}

function malformed(message: string, side: Phase, reason?: unknown): PolicyFailure {
  const cause = new Error(message, { cause: reason });
  if (side === 'response') return new PolicyFailure('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', { cause });
  return new PolicyFailure('LAMBDA_EXT_PROC_MALFORMED_ENCODING', { cause, byCaller: true });
}
