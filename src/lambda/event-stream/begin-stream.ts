import type { Attempt } from '../attempt.ts';
import { InvocationError } from '../invocation-error.ts';
import { errorOf } from '../result/read-answer.ts';
import { requestIdOf } from '../result/service-error.ts';
import { header } from '../transport/answer.ts';
import { exchange } from '../transport/exchange.ts';
import { type ArrivingAnswer, type ArrivingBody, PassedOnAnswer } from '../transport/passed-on-answer.ts';
import type { StreamingResult, StreamingTimes } from '../types.ts';
import { FunctionStream } from './function-stream.ts';

/** A streamed result whose first chunk has come. */
export interface BegunStream extends StreamingResult {
  readonly body: FunctionStream;
}

const MEDIA_TYPE = 'application/vnd.amazon.eventstream';
/** A larger answer is not an error of the service. */
const MAX_ERROR_BYTES = 64 * 1024;

/** One attempt of InvokeWithResponseStream, until the first chunk or a good end. Rejects with an InvocationError. */
export async function beginStream(attempt: Attempt, times: StreamingTimes): Promise<BegunStream> {
  const { dispatcher, request, limits, signal, memory, logTail, now } = attempt;
  const answer = await exchange(dispatcher, request, limits, signal, new PassedOnAnswer());
  const { status, headers } = answer;
  attempt.head = answer;
  if (status < 200 || status > 299) {
    const body = await beginningOf(answer.body);
    throw errorOf({ status, headers, body }, limits.attempt, now());
  }
  const requestId = requestIdOf(headers);
  checkHead(answer, requestId, limits.attempt);
  const facts = { times, requestId, attempts: limits.attempt, logTail, memory, signal };
  const body = new FunctionStream(answer.body, facts);
  await body.begin();
  return { executedVersion: header(headers, 'x-amz-executed-version'), requestId, attempts: limits.attempt, body };
}

function checkHead({ status, headers, body }: ArrivingAnswer, requestId: string | undefined, attempts: number): void {
  const type = header(headers, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (status === 200 && type === MEDIA_TYPE) return;
  body.stop();
  throw new InvocationError('stream-broken', {
    message: `the endpoint answered ${status}, but not with an event stream`,
    requestId,
    attempts,
  });
}

async function beginningOf(body: ArrivingBody): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    pieces.push(piece);
    bytes += piece.byteLength;
    // Leaving the loop closes the connection.
    if (bytes > MAX_ERROR_BYTES) break;
  }
  return Buffer.concat(pieces);
}
