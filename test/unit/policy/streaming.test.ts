// Answers that are sent while they arrive, as far as the policy has a part in it (docs/reference/streaming.md).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { InvocationError } from '../../../src/lambda/index.ts';
import { textBytes } from '../../../src/memory-account.ts';
import { type PhaseOutcome, PolicyFailure, type StreamedAnswer } from '../../../src/policy/index.ts';
import { answerOf, type PolicyRun, type PolicyRunOptions, policyRun, step } from '../../support/policy-run.ts';
import { PushedStream } from '../../support/pushed-stream.ts';
import { prelude } from '../../support/streaming-stub.ts';

const streams = { sendToConsumer: true, streaming: true };

interface Streaming {
  readonly run: PolicyRun;
  readonly stream: PushedStream;
}

/** An API whose function `chat` the test streams. */
function streaming(api: object, options: PolicyRunOptions = {}): Streaming {
  const stream = new PushedStream();
  const run = policyRun({ apis: { default: api } }, { streams: { chat: async () => stream.result }, ...options });
  return { run, stream };
}

function streamOf(outcome: PhaseOutcome): StreamedAnswer {
  assert.ok(outcome.kind === 'stream', `${outcome.kind} is no stream`);
  return outcome.answer;
}

async function textOf({ body }: StreamedAnswer): Promise<string> {
  let text = '';
  for await (const piece of body) text += Buffer.from(piece).toString();
  return text;
}

const lineOf = ({ log }: PolicyRun) => log.find((line) => line.msg === 'invocation' && line.function === 'chat');

test('the answer is there with the first byte, and its body is what the function sends from then on', async () => {
  const fields = { ...streams, streaming: { maxBytes: 100, idleTimeoutMs: 7 } };
  const { run, stream } = streaming({ request: [step('chat', fields)] });
  const outcome = run.request();
  stream.push('one ');
  const answer = streamOf(await outcome);
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.limits, { maxBytes: 100, bytesPerSecond: 2_097_152, burstBytes: 1_048_576 });
  assert.deepEqual(run.invocations[0]?.streaming, { idleTimeoutMs: 7, totalTimeoutMs: 900_000 });
  assert.equal(lineOf(run), undefined, 'the call has not ended');
  const text = textOf(answer);
  stream.push('two');
  stream.end('a tail');
  assert.equal(await text, 'one two');
  const { outcome: end, bytes, awsRequestId, logTail, functionError } = lineOf(run) ?? {};
  assert.deepEqual(
    { end, bytes, awsRequestId, logTail, functionError },
    {
      end: 'ok',
      bytes: 7,
      awsRequestId: 'r-1',
      logTail: 'a tail',
      functionError: undefined,
    },
  );
  assert.deepEqual(
    run.counted.map((one) => one.outcome),
    ['ok'],
  );
});

test('metadata know of the call when the headers leave', async () => {
  const { run, stream } = streaming({ request: [step('chat', streams, { name: 'chat' })] });
  stream.push('x');
  streamOf(await run.request()).body.stop();
  const { requestId, executedVersion, status } = run.transaction.executions.get('chat') ?? {};
  assert.deepEqual({ requestId, executedVersion, status }, { requestId: 'r-1', executedVersion: '7', status: 200 });
});

test('a function that sends nothing gives a whole answer without a body', async () => {
  const { run, stream } = streaming({ request: [step('chat', streams)] });
  stream.end();
  const { status, body } = answerOf(await run.request());
  assert.deepEqual({ status, body }, { status: 200, body: '' });
  assert.equal(lineOf(run)?.outcome, 'ok');
});

test('what the step says of the answer, and response steps of status and headers, is done before it leaves', async () => {
  const { run, stream } = streaming({
    request: [
      step('before', { payload: 'gold', variables: [{ name: 'tier', value: '{#lambdaResponse.content}' }] }),
      step('chat', {
        ...streams,
        payload: "{#context.attributes['tier']}",
        variables: [{ name: 'status', value: '{#lambdaResponse.status}' }],
        answer: { status: 201, headers: { set: { 'content-type': 'text/event-stream' } } },
      }),
      step('after', { payload: "{#context.attributes['status']} {#response.status}" }),
    ],
    response: [step('view', { mutations: { status: 202, headers: { append: { 'set-cookie': ['a=1', 'b=2'] } } } })],
  });
  stream.push('x');
  const answer = streamOf(await run.request());
  assert.deepEqual(run.calls, ['before', 'chat', 'after', 'view']);
  assert.equal(String(run.invocations[1]?.payload), 'gold');
  assert.equal(String(run.invocations[2]?.payload), '200 201');
  assert.equal(answer.status, 202);
  assert.deepEqual(answer.headers, [
    ['content-type', 'text/event-stream'],
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ]);
  answer.body.stop();
});

test('a step whose condition sees the answer may put another in its place, and the stream is closed', async () => {
  const { run, stream } = streaming({
    request: [
      step('chat', streams, { condition: "{#request.path == '/a'}" }),
      step('other', { payload: '"instead"', sendToConsumer: true }, { condition: '{#response.status == 200}' }),
    ],
  });
  stream.push('x');
  assert.equal(answerOf(await run.request()).body, '"instead"');
  assert.ok(stream.stopped);
  assert.equal(lineOf(run)?.outcome, 'aborted');
});

describe('a failure before the first byte is an error like any other', () => {
  const templates = {
    AWS_LAMBDA_INVALID_RESPONSE: { '*/*': { status: 502, body: { key: '{#error.key}' } } },
  };
  const failures: readonly (readonly [name: string, error: InvocationError, outcome: string])[] = [
    ['of the service', new InvocationError('service-error', { message: 'm', statusCode: 503 }), 'error'],
    [
      'of the function',
      new InvocationError('function-failed', { message: 'secret', errorType: 'Unhandled' }),
      'function_error',
    ],
  ];
  for (const [name, error, outcome] of failures) {
    test(`${name}, instead of a stream`, async () => {
      const reject = async () => Promise.reject(error);
      const api = { request: [step('chat', streams)], responseTemplates: templates };
      const logging = { functionErrors: false };
      const { run } = streaming(api, { streams: { chat: reject }, logging });
      const answer = answerOf(await run.request());
      assert.deepEqual(
        [answer.status, answer.body, answer.errorKey],
        [502, '{"key":"AWS_LAMBDA_INVALID_RESPONSE"}', 'AWS_LAMBDA_INVALID_RESPONSE'],
      );
      assert.equal(lineOf(run)?.outcome, outcome);
      assert.doesNotMatch(
        JSON.stringify(run.log),
        /secret/,
        "a function's own words are told where they are asked for",
      );
    });
  }

  test('of the stream, while its first byte is waited for', async () => {
    const { run, stream } = streaming({ request: [step('chat', streams)] });
    stream.fail(new InvocationError('stream-idle', { message: 'nothing came' }));
    assert.equal(answerOf(await run.request()).errorKey, 'AWS_LAMBDA_INVALID_RESPONSE');
    assert.equal(lineOf(run)?.reason, 'nothing came');
  });

  test('and onError: continue lets the request continue', async () => {
    const { run, stream } = streaming({ request: [step('chat', streams, { onError: 'continue' })] });
    stream.fail(new InvocationError('stream-broken', { message: 'cut' }));
    assert.equal((await run.request()).kind, 'continue');
  });

  test('an answer that fails after the first byte closes the stream', async () => {
    const answer = { status: "{#request.headers['nothing'][0]}" };
    const { run, stream } = streaming({ request: [step('chat', { ...streams, answer })] });
    stream.push('x');
    assert.equal(answerOf(await run.request()).errorKey, 'AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION');
    assert.ok(stream.stopped);
    assert.equal(lineOf(run)?.outcome, 'aborted');
  });
});

test('a failure in the middle is the key that cuts the answer, and is reported once', async () => {
  const { run, stream } = streaming({ request: [step('chat', streams)] });
  stream.push('x');
  const answer = streamOf(await run.request());
  const error = new InvocationError('function-failed', {
    message: 'secret',
    errorType: 'Runtime.ExitError',
    logTail: 'tail',
  });
  stream.fail(error);
  await assert.rejects(textOf(answer), (thrown: unknown) => {
    assert.ok(thrown instanceof PolicyFailure);
    assert.equal(thrown.key, 'AWS_LAMBDA_INVALID_RESPONSE');
    assert.doesNotMatch(thrown.message, /secret|Runtime/);
    return true;
  });
  answer.body.stop();
  const { outcome, functionErrorType, functionErrorMessage, logTail, bytes } = lineOf(run) ?? {};
  assert.deepEqual(
    { outcome, functionErrorType, functionErrorMessage, logTail, bytes },
    {
      outcome: 'function_error',
      functionErrorType: 'Runtime.ExitError',
      functionErrorMessage: 'secret',
      logTail: 'tail',
      bytes: 1,
    },
  );
  assert.equal(run.counted.length, 1);
});

test('a body that the reader stopped is closed, and counts as aborted', async () => {
  const { run, stream } = streaming({ request: [step('chat', streams)] });
  stream.push('x');
  const answer = streamOf(await run.request());
  run.transaction.abort();
  assert.ok(stream.stopped);
  assert.deepEqual(
    run.counted.map(({ outcome, key }) => [outcome, key]),
    [['aborted', '']],
  );
  answer.body.stop();
  assert.equal(run.counted.length, 1);
});

test('the answer to a HEAD is not read to its end, which is not a failure, and a caller who leaves is one', async () => {
  const { run, stream } = streaming({ request: [step('chat', streams)] }, { method: 'HEAD' });
  stream.push('x');
  streamOf(await run.request()).body.stop();
  assert.ok(stream.stopped);
  assert.equal(lineOf(run)?.outcome, 'ok');
  const { run: left, stream: other } = streaming({ request: [step('chat', streams)] }, { method: 'HEAD' });
  other.push('x');
  streamOf(await left.request());
  left.transaction.abort();
  assert.deepEqual(
    [...run.counted, ...left.counted].map(({ outcome, key }) => [outcome, key]),
    [
      ['ok', ''],
      ['aborted', ''],
    ],
  );
});

test('a caller who leaves before the first byte aborts the call', async () => {
  let signal: AbortSignal | undefined;
  const chat: NonNullable<PolicyRunOptions['streams']>[string] = (_, given) => {
    signal = given;
    return new Promise((_resolve, reject) =>
      given?.addEventListener('abort', () => reject(new InvocationError('aborted', { message: 'left' }))),
    );
  };
  const { run } = streaming({ request: [step('chat', streams)] }, { streams: { chat } });
  const outcome = assert.rejects(run.request());
  while (signal === undefined) await new Promise(setImmediate);
  run.transaction.abort();
  await outcome;
  assert.equal(lineOf(run)?.outcome, 'aborted');
});

test('without room for one more the function is not called, and the caller may come again', async () => {
  const { run } = streaming({ request: [step('chat', streams)] }, { room: { takeResponseStream: () => false } });
  const { status, errorKey, headers } = answerOf(await run.request());
  assert.deepEqual([status, errorKey, headers['retry-after']], [503, 'LAMBDA_EXT_PROC_OVERLOADED', '1']);
  assert.deepEqual(run.calls, []);
});

test('a tunnel is not told that it is open', async () => {
  const { run, stream } = streaming({ request: [step('chat', streams)] }, { method: 'CONNECT' });
  stream.push('x');
  assert.equal(answerOf(await run.request()).errorKey, 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE');
  assert.ok(stream.stopped);
});

test('where its headers find no room the stream is closed', async () => {
  const long = 'x'.repeat(6_000);
  const memory = { take: (bytes: number) => bytes !== textBytes(long), give() {}, shortage: 'no room in the test' };
  const fields = { ...streams, responseFormat: 'function-url' };
  const { run, stream } = streaming({ request: [step('chat', fields)] }, { memory });
  stream.push(`${prelude({ headers: { 'x-long': long } })}one`);
  assert.equal(answerOf(await run.request()).errorKey, 'LAMBDA_EXT_PROC_OVERLOADED');
  assert.ok(stream.stopped);
});
