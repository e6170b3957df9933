import { MAX_ANSWER_BYTES } from '../../lambda-quotas.ts';
import { InvocationError } from '../invocation-error.ts';
import type { InvocationFailure } from '../invocation-failures.ts';
import { Destinations } from '../request/destinations.ts';
import { EndpointResolver, type EndpointRules } from '../request/endpoint.ts';
import { type Prepared, prepare } from '../request/prepared.ts';
import { readAnswer } from '../result/read-answer.ts';
import { backoffMs } from '../retry/backoff.ts';
import { retryKind } from '../retry/retry-policy.ts';
import type { Answer } from '../transport/answer.ts';
import type { Invocation, InvocationResult, LambdaInvoker, StreamingResult } from '../types.ts';
import type { GivenAnswer, GivenFailureName, GivenRefusal, GivenResult } from './given-answer.ts';
import { streamOf } from './given-stream.ts';

/** Time that passes only when code waits. */
export interface VirtualTime {
  /** Milliseconds. */
  now(): number;
  /** Advances the time; what is due by then happens. Ends early once the signal fires. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

/**
 * Invocations whose answers are given: nothing is sent, and neither environment nor files are read. Names, limits, timeouts,
 * attempts and what an answer means are those of real invocations, by the same code. `answerFor` may throw an InvocationError.
 */
export class GivenInvoker implements LambdaInvoker {
  readonly #answerFor: (invocation: Invocation) => GivenAnswer;
  readonly #time: VirtualTime;
  readonly #destinations = new Destinations(new EndpointResolver({}, nominalRules));

  constructor(answerFor: (invocation: Invocation) => GivenAnswer, time: VirtualTime) {
    this.#answerFor = answerFor;
    this.#time = time;
  }

  async invoke(invocation: Invocation, signal?: AbortSignal): Promise<InvocationResult> {
    return this.#call(invocation, signal, (whole, { attempt, invocation: { memory } }) => {
      if (whole.body.byteLength > MAX_ANSWER_BYTES) {
        const message = `the answer is larger than ${MAX_ANSWER_BYTES} bytes`;
        throw new InvocationError('answer-too-large', { message, attempts: attempt });
      }
      const result = readAnswer(whole, attempt, false, this.#time.now());
      if (memory !== undefined && !memory.take(whole.body.byteLength)) {
        throw new InvocationError('no-room', { message: memory.shortage, attempts: attempt });
      }
      return result;
    });
  }

  /** The pieces take no time. */
  async invokeStreaming(invocation: Invocation, signal?: AbortSignal): Promise<StreamingResult> {
    return this.#call(invocation, signal, (whole, { attempt }, answer) => {
      const result = readAnswer(whole, attempt, false, this.#time.now());
      return streamOf(result, answer.kind === 'result' ? answer.pieces : undefined);
    });
  }

  async #call<T>(invocation: Invocation, signal: AbortSignal | undefined, read: Read<T>): Promise<T> {
    const { retry, transport, invocationType } = invocation;
    await this.#destinations.get(invocation);
    const prepared = prepare(invocation);
    const callEnd = this.#time.now() + limitOf(transport.apiCallTimeoutMs);
    const answer = this.#answerFor(invocation);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(answer, { invocation, prepared, callEnd, attempt, signal }, read);
      } catch (error) {
        if (!(error instanceof InvocationError) || attempt >= retry.maxAttempts) throw error;
        const kind = retryKind(error, invocationType, retry);
        if (kind === undefined) throw error;
        const delay = backoffMs(kind, attempt, error.retryAfterSeconds, () => 0.5);
        if (this.#time.now() + delay >= callEnd) throw error;
        await this.#sleep(delay, signal, attempt);
      }
    }
  }

  async #attempt<T>(answer: GivenAnswer, given: Attempt, read: Read<T>): Promise<T> {
    const { invocation, prepared, callEnd, attempt: attempts, signal } = given;
    const { readTimeoutMs, apiCallAttemptTimeoutMs } = invocation.transport;
    const limits: readonly (readonly [number, InvocationFailure, string])[] = [
      [callEnd - this.#time.now(), 'timeout', 'the call took longer than apiCallTimeoutMs'],
      [
        limitOf(apiCallAttemptTimeoutMs),
        'timeout',
        `no answer within apiCallAttemptTimeoutMs (${apiCallAttemptTimeoutMs} ms)`,
      ],
      [limitOf(readTimeoutMs), 'read-timeout', `no answer within readTimeoutMs (${readTimeoutMs} ms)`],
    ];
    const [ms, failure, message] = limits.reduce((nearest, limit) => (limit[0] < nearest[0] ? limit : nearest));
    await this.#sleep(Math.min(answer.delayMs, ms), signal, attempts);
    if (answer.delayMs >= ms) throw new InvocationError(failure, { message, attempts });
    if (answer.kind === 'failure') {
      throw failureOf(answer.failure, attempts);
    }
    const whole = answer.kind === 'result' ? resultAnswer(answer, prepared) : refusalAnswer(answer);
    return read(whole, given, answer);
  }

  async #sleep(ms: number, signal: AbortSignal | undefined, attempts: number): Promise<void> {
    await this.#time.sleep(ms, signal);
    if (signal?.aborted)
      throw new InvocationError('aborted', { message: 'the caller went away', attempts, cause: signal.reason });
  }
}

interface Attempt {
  readonly invocation: Invocation;
  readonly prepared: Prepared;
  readonly callEnd: number;
  readonly attempt: number;
  readonly signal: AbortSignal | undefined;
}

/** What an answer of the service means. Throws InvocationError. */
type Read<T> = (whole: Answer, given: Attempt, answer: GivenResult | GivenRefusal) => T;

function limitOf(ms: number | undefined): number {
  return ms || Number.POSITIVE_INFINITY;
}

/** Without a connection the function cannot have run. STS refuses with 403. */
function failureOf(failure: GivenFailureName, attempts: number): InvocationError {
  const isUnconnected = failure === 'connection-timeout' || failure === 'connection-failed';
  return new InvocationError(failure, {
    message: `the given failure: ${failure}`,
    statusCode: failure === 'role-refused' ? 403 : undefined,
    ...(isUnconnected ? { attempts, mayHaveRun: false } : {}),
  });
}

const nothing = Buffer.alloc(0);

function resultAnswer({ payload, functionError }: GivenResult, { invocationType }: Prepared): Answer {
  if (invocationType === 'Event') return { status: 202, headers: {}, body: nothing };
  if (invocationType === 'DryRun') return { status: 204, headers: {}, body: nothing };
  const headers = functionError === undefined ? {} : { 'x-amz-function-error': functionError };
  return { status: 200, headers, body: Buffer.from(payload) };
}

function refusalAnswer({ name, status, reason, retryAfterSeconds }: GivenRefusal): Answer {
  return {
    status,
    headers: {
      ...(name === undefined ? {} : { 'x-amzn-errortype': name }),
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: reason === undefined ? nothing : Buffer.from(JSON.stringify({ Reason: reason })),
  };
}

/** AWS's own host of a region, whatever this machine's settings say: nothing connects to it. */
async function nominalRules(): Promise<EndpointRules> {
  return {
    ruleset: ({ Region }) => ({ url: new URL(`https://lambda.${Region}.amazonaws.com`) }),
    settings: { useFips: false, useDualStack: false, url: undefined },
  };
}
