import { hasNoBody } from '../../http-syntax.ts';
import { type MemoryAccount, unlimitedMemory } from '../../memory-account.ts';
import type { ResponseFormat, StreamedResponseFormat } from '../format.ts';
import { FormatError } from '../format-error.ts';
import type { BodyPieces, FunctionAnswer } from '../function-answer.ts';
import { ArrivingBytes } from './arriving-bytes.ts';
import { cookies, type HeaderFields, merge, multiValueHeaders, singleHeaders } from './header-fields.ts';
import { DELIMITER_BYTES, findDelimiter } from './prelude-search.ts';
import { ResultFields } from './result-fields.ts';
import { sentHeaders } from './shaped-answer.ts';
import { statusCode } from './status-code.ts';

/** As API Gateway requires: the delimiter begins within this many bytes. */
const MAX_PRELUDE_BYTES = 16 * 1024;
/** Lambda's default for streams without a content type. */
const CONTENT_TYPE = 'application/octet-stream';
/** How JSON begins, and thus a prelude, or the whole result of a function that does not stream. */
const JSON_BEGINNINGS: ReadonlySet<number> = new Set(Buffer.from('{["-0123456789tfn'));
/** Of these, the first bytes of results that may be long. */
const LONG_BEGINNINGS: ReadonlySet<number> = new Set(Buffer.from('{["'));
const BLANKS: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));

/** How long to wait for the end of an answer without a body, to detect a failure and to keep the connection. */
const BODILESS_MS = 1_000;

const empty = new Uint8Array();

/** In which order the values of one name come; `cookies` are last. */
type HeaderOrder = (single: HeaderFields, multi: HeaderFields) => HeaderFields;

export const singleFirst: HeaderOrder = (single, multi) => merge(single, multi);
export const multiFirst: HeaderOrder = (single, multi) => merge(multi, single);

/**
 * An answer that begins with an HTTP prelude: `JSON · 8 NULs · body`. What has no prelude is the whole result of a function
 * that does not stream, and read as such.
 */
export function preludeStream(whole: ResponseFormat, order: HeaderOrder): StreamedResponseFormat {
  return {
    begin: (body, memory = unlimitedMemory) =>
      begin(body, memory, async (arriving) => {
        const at = await preludeEnd(arriving);
        if (at === undefined) return decodeWhole(arriving, whole, memory);
        const head = readPrelude(arriving.bytes.subarray(0, at), order);
        arriving.drop(at + DELIMITER_BYTES);
        return answer(arriving, head);
      }),
  };
}

/** The bytes as they are. */
export const rawStream: StreamedResponseFormat = {
  begin: (body, memory = unlimitedMemory) =>
    begin(body, memory, (arriving) => answer(arriving, { status: 200, headers: [['content-type', CONTENT_TYPE]] })),
};

type Head = Omit<FunctionAnswer, 'body'>;

/** Closes the body's source if there is no answer. */
async function begin(
  body: BodyPieces,
  memory: MemoryAccount,
  read: (arriving: ArrivingBytes) => Promise<FunctionAnswer>,
): Promise<FunctionAnswer> {
  const arriving = new ArrivingBytes(body, memory);
  try {
    return await read(arriving);
  } catch (error) {
    arriving.stop();
    throw error;
  }
}

/** Waits for the first byte of the body, or its end: a failure before that means there is no answer. */
async function answer(arriving: ArrivingBytes, { status, headers }: Head): Promise<FunctionAnswer> {
  const bodiless = hasNoBody(status);
  const timer = bodiless ? setTimeout(() => arriving.stop(), BODILESS_MS) : undefined;
  try {
    while (arriving.bytes.length === 0 && !arriving.ended) await arriving.more();
  } finally {
    clearTimeout(timer);
  }
  if (!bodiless && arriving.bytes.length > 0) return { status, headers, body: arriving };
  arriving.stop();
  return { status, headers, body: empty };
}

/** Where the delimiter begins; undefined: the body has ended without one. */
async function preludeEnd(arriving: ArrivingBytes): Promise<number | undefined> {
  let searched = 0;
  let first: number | undefined;
  for (;;) {
    const { kind, at } = findDelimiter(arriving.bytes, searched);
    if (kind === 'broken') throw new FormatError('the prelude is not followed by 8 NULs');
    if (kind !== 'none' && at > MAX_PRELUDE_BYTES) {
      throw new FormatError(`the prelude is longer than ${MAX_PRELUDE_BYTES} bytes`);
    }
    if (kind === 'whole') return at;
    first ??= arriving.bytes.subarray(searched).find((byte) => !BLANKS.has(byte));
    if (first !== undefined && first !== 0 && !JSON_BEGINNINGS.has(first)) {
      throw new FormatError(
        'the result begins neither with a prelude nor with JSON: `prelude: false` uses its bytes as the body',
      );
    }
    if (at > MAX_PRELUDE_BYTES && (first === undefined || !LONG_BEGINNINGS.has(first))) {
      throw new FormatError(`the result has no prelude within its first ${MAX_PRELUDE_BYTES} bytes`);
    }
    if (arriving.ended) {
      if (kind === 'none') return undefined;
      throw new FormatError('the result ends within the 8 NULs after the prelude');
    }
    searched = at;
    await arriving.more();
  }
}

/** The answer keeps nothing of the account. */
function decodeWhole(arriving: ArrivingBytes, whole: ResponseFormat, memory: MemoryAccount): FunctionAnswer {
  const payload = arriving.exact();
  // AWS's runtime for Node sends no prelude where nothing is written after it. A redirect or a refusal must not become an empty 200.
  if (payload.length === 0) throw new FormatError('the result has neither a prelude nor a body');
  const decoded = whole.decode({ status: 200, payload }, memory);
  arriving.release();
  return decoded;
}

function readPrelude(bytes: Uint8Array, order: HeaderOrder): Head {
  const fields = ResultFields.read(bytes, 'the prelude');
  const status = statusCode(fields) ?? 200;
  const fieldsOfHeaders = merge(order(singleHeaders(fields), multiValueHeaders(fields)), cookies(fields));
  return { status, headers: sentHeaders(fieldsOfHeaders, status, CONTENT_TYPE) };
}
