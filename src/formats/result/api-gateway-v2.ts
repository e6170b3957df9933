import type { MemoryAccount } from '../../memory-account.ts';
import type { ResponseFormat } from '../format.ts';
import { FormatError } from '../format-error.ts';
import type { FunctionAnswer } from '../function-answer.ts';
import { textBytes } from './body.ts';
import { cookies, merge, singleHeaders } from './header-fields.ts';
import { JsonScanner, JsonSyntaxError } from './json-scanner.ts';
import { ResultFields } from './result-fields.ts';
import { shapedAnswer, shapedResponse } from './shaped-answer.ts';
import { statusCode } from './status-code.ts';

/** An HTTP API that speaks 2.0: it sends a result that is a JSON string without its quotes. */
export const apiGatewayV2Response: ResponseFormat = shapedResponse((payload, memory) =>
  readV2(payload, memory, stringContent),
);

/** A Function URL sends every result that is not an answer as it came. */
export const functionUrlResponse: ResponseFormat = shapedResponse((payload, memory) =>
  readV2(payload, memory, (whole) => whole),
);

/** The body of a result that is inferred to be the body. */
type InferredBody = (payload: Uint8Array, memory: MemoryAccount) => Uint8Array;

/** Without the key `statusCode` the whole result is the body of a 200. */
function readV2(payload: Uint8Array, memory: MemoryAccount, inferredBody: InferredBody): FunctionAnswer {
  const fields = readObject(payload);
  const status = fields && statusCode(fields);
  if (fields === undefined || status === undefined) {
    return { status: 200, headers: [['content-type', 'application/json']], body: inferredBody(payload, memory) };
  }
  const headers = merge(singleHeaders(fields), cookies(fields));
  return shapedAnswer(fields, { status, headers, contentType: 'text/plain; charset=utf-8' }, memory);
}

/** Undefined where the result is not a JSON object. */
function readObject(payload: Uint8Array): ResultFields | undefined {
  try {
    return ResultFields.read(payload);
  } catch (error) {
    if (!(error instanceof FormatError) || isBrokenAnswer(payload)) throw error;
    return undefined;
  }
}

/**
 * An answer that is cut off, or in which a serializer wrote NaN. If it were inferred to be a 200, a refusal would let the caller pass
 * and show the function's text.
 */
function isBrokenAnswer(payload: Uint8Array): boolean {
  const scanner = new JsonScanner(payload);
  return scanner.kind(scanner.start) === 'object' && scanner.bytes.includes('"statusCode"');
}

/** The text of a JSON string; any other bytes as they came. */
function stringContent(payload: Uint8Array, memory: MemoryAccount): Uint8Array {
  const scanner = new JsonScanner(payload);
  const { start } = scanner;
  if (scanner.kind(start) !== 'string') return payload;
  try {
    const end = scanner.value(start);
    scanner.finish(end);
    return textBytes(scanner, { start, end }, memory);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return payload;
    throw error;
  }
}
