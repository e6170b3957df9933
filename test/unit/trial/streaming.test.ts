// A trial of an answer that is sent while it arrives: what the caller gets of it, and where it is collected.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GivenResult } from '../../../src/lambda/index.ts';
import type { RecordedRun, Trial } from '../../../src/trial/index.ts';
import { step, trialOf } from '../../support/trial.ts';

const head = (fields: object): Buffer => Buffer.concat([Buffer.from(JSON.stringify(fields)), Buffer.alloc(8)]);

/** A function that sends these pieces, or this result. */
function trial(given: Partial<GivenResult>, envoy: Trial['envoy'] = {}, fields: object = {}): Promise<RecordedRun> {
  const configuration = {
    payload: '{#request.content}',
    responseFormat: 'function-url',
    sendToConsumer: true,
    streaming: true,
    ...fields,
  };
  const document = {
    envoy: { allowModeOverride: true, streamedCookies: 3 },
    apis: { default: { request: [step('chat', configuration)] } },
  };
  const payload = Buffer.concat(given.pieces ?? []);
  const chat: GivenResult = { kind: 'result', payload, delayMs: 0, ...given };
  return trialOf(document, { functions: { chat }, method: 'POST', body: 'x', envoy });
}

const shown = ({ response, streamed, error }: RecordedRun) => ({
  status: response.status,
  body: response.body.toString(),
  streamed,
  key: error?.failure.key,
});

test('the caller gets its pieces, its status and as many cookies as the filter brings', async () => {
  const cookies = ['a=1', 'b=2', 'c=3', 'd=4'];
  const pieces = [head({ statusCode: 201, headers: { 'x-a': 'b' }, cookies }), Buffer.from('one '), Buffer.from('two')];
  const run = await trial({ pieces });
  assert.deepEqual(shown(run), {
    status: 201,
    body: 'one two',
    streamed: { pieces: 2, cutBy: undefined },
    key: undefined,
  });
  const values = run.response.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
  assert.deepEqual(values, ['a=1', 'b=2', 'c=3']);
  assert.ok(
    run.log.some(({ level, msg }) => level === 'error' && /4 cookies/.test(String(msg))),
    'not lost in silence',
  );
});

test('a failure behind its first bytes cuts it, one before is an error like any other', async () => {
  const pieces = [head({}), Buffer.from('one')];
  const cut = await trial({ pieces, functionError: 'Unhandled' });
  assert.deepEqual(shown(cut), {
    status: 200,
    body: 'one',
    streamed: { pieces: 1, cutBy: 'AWS_LAMBDA_INVALID_RESPONSE' },
    key: undefined,
  });
  const before = await trial({ pieces: [head({})], functionError: 'Unhandled' });
  assert.deepEqual(
    [before.response.status, before.streamed, before.error?.failure.key],
    [500, undefined, 'AWS_LAMBDA_INVALID_RESPONSE'],
  );
});

test('a limit of bytes cuts it', async () => {
  const run = await trial(
    { pieces: [head({}), Buffer.from('one'), Buffer.from('two')] },
    {},
    { streaming: { maxBytes: 4 } },
  );
  assert.equal(run.streamed?.cutBy, 'LAMBDA_EXT_PROC_BODY_TOO_LARGE');
});

test('an answer without a body has none, streamed or not', async () => {
  const run = await trial({ pieces: [head({ statusCode: 204 }), Buffer.from('x')] });
  assert.deepEqual([run.response.status, run.response.body.length], [204, 0]);
});

test('a mode that cannot stream has it collected, with a warning', async () => {
  const pieces = [head({ statusCode: 201 }), Buffer.from('one '), Buffer.from('two')];
  for (const requestBody of ['BUFFERED', 'STREAMED', 'NONE'] as const) {
    const run = await trial({ pieces }, { requestBody });
    assert.deepEqual(shown(run), { status: 201, body: 'one two', streamed: undefined, key: undefined });
    assert.ok(
      run.log.some(({ level, msg }) => level === 'warn' && /are collected/.test(String(msg))),
      requestBody,
    );
  }
});

test('the result of a function that does not stream is the answer that it is elsewhere', async () => {
  const payload = Buffer.from(JSON.stringify({ statusCode: 202, body: 'whole' }));
  const run = await trial({ payload });
  assert.deepEqual([run.response.status, run.response.body.toString()], [202, 'whole']);
});
