import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, type EvaluationContext } from '../../../src/expression/index.ts';
import { FormatError, RawRequest, rawResponse } from '../../../src/formats/index.ts';

const context: EvaluationContext = { attributes: new Map([['v', 'ü']]), variables: new Map() };
const encode = (payload: string | undefined) => {
  const bytes = new RawRequest(payload === undefined ? undefined : compileTemplate(payload)).encode(context);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
};

test('the payload is the text as UTF-8; null, "" and a missing template are none, whitespace is one', () => {
  assert.equal(encode('{"a": 1}'), '{"a": 1}');
  assert.equal(encode("<{#context.attributes['v']}>"), '<ü>');
  assert.equal(encode(' '), ' ');
  for (const none of [undefined, '', "{#context.attributes['none']}"]) assert.equal(encode(none), undefined);
});

test('what it needs is what its template reads', () => {
  assert.deepEqual(new RawRequest(undefined).needs, { requestBody: false, responseBody: false });
  const { requestBody, responseBody } = new RawRequest(compileTemplate('{#response.content}')).needs;
  assert.deepEqual([requestBody, responseBody], [false, true]);
});

test('an expression that fails names the field, and keeps the reason for the log', () => {
  const request = new RawRequest(compileTemplate('{#nothing.at.all}'));
  assert.throws(
    () => request.encode(context),
    (error) => {
      assert.ok(error instanceof FormatError);
      assert.equal(error.message, 'the expression of payload failed');
      assert.ok(error.cause instanceof Error);
      return true;
    },
  );
});

test('a result is its bytes, with the status of the Invoke API, and JSON unless it is empty', () => {
  const payload = Buffer.from('"text"');
  const answer = rawResponse.decode({ status: 200, payload });
  assert.deepEqual([answer.status, answer.headers], [200, [['content-type', 'application/json']]]);
  assert.equal(answer.body, payload);
  assert.deepEqual(rawResponse.decode({ status: 202, payload: Buffer.alloc(0) }).headers, []);
});
