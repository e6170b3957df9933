import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvocationError } from '../../../src/lambda/index.ts';
import { readAnswer } from '../../../src/lambda/result/read-answer.ts';

const body = Buffer.from('{}');

function errorOf(status: number, headers: Record<string, string>, text: string): InvocationError {
  try {
    readAnswer({ status, headers, body: Buffer.from(text) }, 1, false, 0);
  } catch (error) {
    assert.ok(error instanceof InvocationError);
    return error;
  }
  throw new Error('no error');
}

test('the log tail is decoded up to 4 KB and only where it was asked for', () => {
  const text = `START\n${'ü'.repeat(5000)}`;
  const headers = { 'x-amz-log-result': Buffer.from(text).toString('base64') };
  const { logTail } = readAnswer({ status: 200, headers, body }, 1, true, 0);
  assert.ok(logTail !== undefined);
  assert.ok(logTail.startsWith('START\nü'));
  assert.ok(Buffer.byteLength(logTail) <= 4096 + 2, 'a character cut in two becomes one of three bytes');
  assert.equal(readAnswer({ status: 200, headers, body }, 1, false, 0).logTail, undefined);
});

test('what a caller may see of an error is the service and the status and no more', () => {
  const arn = 'arn:aws:iam::123456789012:user/x is not authorized to perform lambda:InvokeFunction';
  const error = errorOf(403, { 'x-amzn-errortype': 'AccessDeniedException' }, JSON.stringify({ Message: arn }));
  assert.equal(error.details, 'Service: Lambda, Status Code: 403');
  assert.equal(error.message, `AccessDeniedException (403): ${arn}`);
  assert.equal(error.mayHaveRun, false);
});

test('the canonical request that a refused signature repeats is left out of the text', () => {
  const text =
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key.' +
    "\n\nThe Canonical String for this request should have been\n'POST\n/2015-03-31/functions/f/invocations\n\n" +
    "host:lambda.us-east-1.amazonaws.com\nx-amz-security-token:IQoJb3JpZ2luX2Vj\n'";
  const error = errorOf(403, { 'x-amzn-errortype': 'InvalidSignatureException' }, JSON.stringify({ message: text }));
  assert.equal(error.message, `InvalidSignatureException (403): ${text.split('\n')[0]}`);
});

test('text and name of an error are bounded and a name that is not valid is not a name', () => {
  const error = errorOf(400, { 'x-amzn-errortype': 'X' }, JSON.stringify({ message: 'm'.repeat(100_000) }));
  assert.ok(error.message.length < 1100);
  for (const type of ['<script>', 'a b', '', 'x'.repeat(200), 'a\u0000b']) {
    assert.equal(errorOf(400, { 'x-amzn-errortype': type }, '').kind, 'status', type);
  }
  assert.equal(errorOf(400, {}, '{"__proto__":{"code":"X"}}').kind, 'status');
  assert.equal(errorOf(404, {}, '{"code":404,"message":"no route"}').kind, 'status', 'a gateway that is none of AWS');
  assert.equal(errorOf(400, {}, `{"code":"X","pad":"${'p'.repeat(70_000)}"}`).kind, 'status', 'too large to be read');
});

test('a request id is the services in any of its headers', () => {
  for (const name of ['x-amzn-requestid', 'x-amzn-request-id', 'x-amz-request-id']) {
    assert.equal(readAnswer({ status: 200, headers: { [name]: 'r1' }, body }, 1, false, 0).requestId, 'r1');
  }
  assert.equal(readAnswer({ status: 200, headers: {}, body }, 1, false, 0).requestId, undefined);
});
