// What a transaction makes of a format's answer, for formats that the document has no words for yet: whole with headers
// of its own, in pieces, or none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BodyPieces, FormatError, type FunctionAnswer } from '../../../src/formats/index.ts';
import type { ApiPolicies } from '../../../src/policy/index.ts';
import { answerOf, apiOf, type PolicyRunOptions, runOf, step } from '../../support/policy-run.ts';

/** The API of a document whose steps of the function `app` answer as told. */
function withFormat(document: object, decode: () => FunctionAnswer, options: PolicyRunOptions = {}) {
  const policies = apiOf(document);
  const replace = (steps: ApiPolicies['request']) =>
    steps.map((one) =>
      one.configuration.function.constant === 'app'
        ? { ...one, configuration: { ...one.configuration, responseFormat: { decode } } }
        : one,
    );
  return runOf({ ...policies, request: replace(policies.request), response: replace(policies.response) }, options);
}

const app = (configuration: object = {}, outer: object = {}) =>
  step('app', { sendToConsumer: true, ...configuration }, outer);
const requestSteps = (...request: object[]) => ({ apis: { default: { request } } });

/** Pieces that tell whether they were stopped. */
class Pieces implements BodyPieces {
  stopped = false;

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    yield Buffer.from('one ');
    yield Buffer.from('two');
  }

  stop(): void {
    this.stopped = true;
  }
}

const streamed = (pieces: Pieces) => (): FunctionAnswer => ({
  status: 206,
  headers: [['content-type', 'text/event-stream']],
  body: pieces,
});

test('what belongs to one connection or to the framing is left out of what a function answers', async () => {
  const forbidden = 'connection upgrade te keep-alive proxy-connection trailer expect http2-settings transfer-encoding';
  const names = [...forbidden.split(' '), 'content-length', ':status', ':path'];
  const decode = (): FunctionAnswer => ({
    status: 200,
    headers: [...names.map((name): [string, string] => [name, 'x']), ['x-a', 'a']],
    body: Buffer.from('b'),
  });
  const run = withFormat(requestSteps(app()), decode);
  const outcome = await run.request();
  assert.ok(outcome.kind === 'answer');
  assert.deepEqual(outcome.answer.headers, [['x-a', 'a']]);
  const late = withFormat({ apis: { default: { response: [app()] } } }, decode);
  await late.response(200, { connection: 'close', 'x-a': 'old' }, 'body');
  const changed = late.transaction.response?.headers.changes().map(({ kind, name }) => `${kind} ${name}`);
  assert.deepEqual(changed, ['set x-a']);
});

test('status, headers and body are the answer, and a repeated header stays repeated', async () => {
  const run = withFormat(requestSteps(app({ answer: { headers: { set: { 'x-b': 'b' } } } })), () => ({
    status: 302,
    headers: [
      ['set-cookie', 'a=1'],
      ['location', '/x'],
      ['set-cookie', 'b=2'],
    ],
    body: Buffer.from('moved'),
  }));
  const outcome = await run.request();
  assert.ok(outcome.kind === 'answer');
  assert.deepEqual(outcome.answer.headers, [
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
    ['location', '/x'],
    ['x-b', 'b'],
  ]);
  assert.deepEqual([outcome.answer.status, String(outcome.answer.body)], [302, 'moved']);
  assert.deepEqual([run.transaction.lambdaResponse?.status, run.transaction.lambdaResponse?.content], [302, 'moved']);
});

test('a header of the answer takes the place of the backend response, all its values', async () => {
  const document = { apis: { default: { response: [app()] } } };
  const run = withFormat(document, () => ({ status: 200, headers: [['etag', '"new"']], body: Buffer.from('x') }));
  await run.request();
  await run.response(200, { etag: '"old"', 'x-backend': '1' });
  assert.deepEqual(run.transaction.response?.headers.changes(), [{ kind: 'set', name: 'etag', values: ['"new"'] }]);
});

test('a result that the format cannot read is an error with nothing of it, counted and logged', async () => {
  const run = withFormat(requestSteps(app()), () => {
    throw new FormatError('statusCode is missing', { cause: new Error('the reason') });
  });
  const { status, body, errorKey } = answerOf(await run.request());
  assert.deepEqual([status, errorKey], [500, 'AWS_LAMBDA_INVALID_RESPONSE']);
  assert.equal(body, 'An error occurs while invoking lambda function. Details: [statusCode is missing]');
  assert.deepEqual(
    run.counted.map(({ outcome, key }) => [outcome, key]),
    [['function_error', 'AWS_LAMBDA_INVALID_RESPONSE']],
  );
  assert.match(JSON.stringify(run.log), /the reason/);
});

test('what a function said of its own body goes where answer has another one', async () => {
  const decode = (): FunctionAnswer => ({
    status: 206,
    headers: [
      ['content-encoding', 'gzip'],
      ['content-type', 'image/png'],
      ['etag', '"strong"'],
      ['x-kept', '1'],
    ],
    body: Buffer.from('compressed'),
  });
  const answer = { body: 'in the clear' };
  const { status, headers, body } = answerOf(await withFormat(requestSteps(app({ answer })), decode).request());
  assert.deepEqual([status, headers, body], [200, { 'content-type': 'text/plain', 'x-kept': '1' }, 'in the clear']);
  const run = withFormat({ apis: { default: { response: [app({ answer })] } } }, decode);
  await run.request();
  await run.response(200, {}, 'old');
  const { response } = run.transaction;
  assert.deepEqual([response?.status, String(response?.replacement)], [200, 'in the clear']);
  assert.equal(response?.headers.first('content-encoding'), undefined);
});

test('an answer in pieces leaves as it arrives, with what later steps make of status and headers', async () => {
  const pieces = new Pieces();
  const document = {
    apis: {
      default: {
        request: [app(), step('later', { payload: '[{#lambdaResponse.content}]{#response.status}' })],
        response: [step('view', { mutations: { status: 200, headers: { set: { 'x-view': '1' } } } })],
      },
    },
  };
  const run = withFormat(document, streamed(pieces));
  const outcome = await run.request();
  assert.ok(outcome.kind === 'stream');
  const { status, headers, body } = outcome.answer;
  assert.deepEqual(
    [status, Object.fromEntries(headers)],
    [200, { 'content-type': 'text/event-stream', 'x-view': '1' }],
  );
  assert.equal(body, pieces);
  assert.equal(String(run.invocations[1]?.payload), '[]206');
  assert.equal(pieces.stopped, false);
});

test('pieces that nobody gets are stopped', async () => {
  const failing = '{#context.attributes.nothing.at.all}';
  const cases: readonly (readonly [string, object, 'continue' | 'answer'])[] = [
    ['not sent', requestSteps(app({ sendToConsumer: false })), 'continue'],
    ['a variable fails', requestSteps(app({ variables: [{ name: 'v', value: failing }] })), 'answer'],
    [
      'going on after it',
      requestSteps(app({ variables: [{ name: 'v', value: failing }] }, { onError: 'continue' })),
      'continue',
    ],
    ['its answer fails', requestSteps(app({ answer: { status: failing } })), 'answer'],
    ['its answer has another body', requestSteps(app({ answer: { body: 'whole' } })), 'answer'],
    ['a later step fails', requestSteps(app(), step('f', { variables: [{ name: 'v', value: failing }] })), 'answer'],
    ['a later answer', requestSteps(app(), step('f', { sendToConsumer: true, payload: 'whole' })), 'answer'],
    ['a later body', requestSteps(app(), step('f', { sendToConsumer: true, answer: { body: 'whole' } })), 'answer'],
  ];
  for (const [name, document, kind] of cases) {
    const pieces = new Pieces();
    const outcome = await withFormat(document, streamed(pieces)).request();
    assert.equal(outcome.kind, kind, name);
    assert.ok(pieces.stopped, name);
  }
});

test('an abort stops what still arrives', async () => {
  const pieces = new Pieces();
  const run = withFormat(requestSteps(app()), streamed(pieces));
  assert.equal((await run.request()).kind, 'stream');
  run.transaction.abort();
  assert.ok(pieces.stopped);
});

test('a response step whose answer has a body of its own needs no pieces', async () => {
  const pieces = new Pieces();
  const run = withFormat({ apis: { default: { response: [app({ answer: { body: 'whole' } })] } } }, streamed(pieces));
  await run.request();
  assert.deepEqual(await run.response(200), { kind: 'continue' });
  assert.equal(String(run.transaction.response?.replacement), 'whole');
  assert.ok(pieces.stopped);
});

test('a response step cannot send pieces: the caller gets an error, and they are stopped', async () => {
  const pieces = new Pieces();
  const run = withFormat({ apis: { default: { response: [app()] } } }, streamed(pieces));
  await run.request();
  assert.equal(answerOf(await run.response(200)).errorKey, 'LAMBDA_EXT_PROC_INTERNAL');
  assert.ok(pieces.stopped);
});
