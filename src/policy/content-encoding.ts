import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions, zstdDecompress } from 'node:zlib';
import { PolicyFailure } from './policy-failure.ts';

type Decoder = (bytes: Uint8Array, options: ZlibOptions) => Promise<Buffer>;

const unzip: Decoder = promisify(gunzip);
const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', unzip],
  ['x-gzip', unzip],
  ['deflate', inflateEither],
  ['br', promisify(brotliDecompress) as Decoder],
  ['zstd', promisify(zstdDecompress) as Decoder],
]);

/** Nobody compresses more often, and each is a pass over the body. */
const MAX_ENCODINGS = 4;

/**
 * A body with its content-encodings undone, the last one first. Expressions read text, and a backend that compresses
 * must not turn it into noise. At most `limit` bytes come out: a small body may unfold to gigabytes.
 */
export async function decodeBody(
  body: Uint8Array,
  encodings: readonly string[],
  limit: number,
  tooLargeStatus?: number,
): Promise<Uint8Array> {
  const names = encodings
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MAX_ENCODINGS) throw unavailable(`more than ${MAX_ENCODINGS} content-encodings`);
  let bytes = body;
  // An empty body is empty in every encoding, though no decoder takes it.
  if (bytes.length === 0) return bytes;
  for (const name of names.reverse()) {
    const decoder = DECODERS.get(name);
    if (decoder === undefined) throw unavailable(`unknown content-encoding ${JSON.stringify(name)}`);
    try {
      bytes = await decoder(bytes, { maxOutputLength: limit });
    } catch (error) {
      if (isTooLarge(error)) {
        throw new PolicyFailure('LAMBDA_EXT_PROC_BODY_TOO_LARGE', { cause: error, status: tooLargeStatus });
      }
      throw unavailable(`the body is no valid ${name}`, error);
    }
  }
  return bytes;
}

/** "deflate" is zlib by the standard and raw deflate by some servers. */
async function inflateEither(bytes: Uint8Array, options: ZlibOptions): Promise<Buffer> {
  try {
    return await promisify<Uint8Array, ZlibOptions, Buffer>(inflate)(bytes, options);
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return promisify<Uint8Array, ZlibOptions, Buffer>(inflateRaw)(bytes, options);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function unavailable(message: string, cause?: unknown): PolicyFailure {
  return new PolicyFailure('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', { cause: new Error(message, { cause }) });
}
