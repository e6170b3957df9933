import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialError } from '../../../../src/lambda/credentials/credential-error.ts';

/** As the SDK throws what STS answers. */
function sdkError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 403, requestId: 'id-1' } });
}

test('what STS says is for the log and the caller gets the status alone', () => {
  const message = 'User: arn:aws:iam::111111111111:user/x is not authorized to perform: sts:AssumeRole';
  const error = credentialError('no credentials from role r', sdkError('AccessDenied', message));
  assert.equal(error.kind, 'credentials');
  assert.equal(error.message, `no credentials from role r: AccessDenied: ${message}`);
  assert.equal(error.errorType, 'AccessDenied');
  assert.equal(error.statusCode, 403);
  assert.equal(error.requestId, 'id-1');
  assert.equal(error.details, 'Service: Sts, Status Code: 403');
  assert.equal(error.mayHaveRun, false);
});

test('the canonical request that AWS repeats with a wrong signature stays out of the log', () => {
  const canonical = "The Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:SECRET\n";
  const error = credentialError('none', sdkError('SignatureDoesNotMatch', `It does not match.\n\n${canonical}`));
  assert.equal(error.message, 'none: SignatureDoesNotMatch: It does not match.');
});

test('an endless text is cut', () => {
  assert.ok(credentialError('none', new Error('x'.repeat(100_000))).message.length < 1_100);
});

test('an error of the identity before in a chain stays as it is', () => {
  const first = credentialError('no credentials from the hub', new Error('denied'));
  assert.equal(credentialError('no credentials from the spoke', first), first);
});

test('what is not an error is reported anyway', () => {
  assert.equal(credentialError('none', 'nothing').message, 'none: nothing');
  const odd = Object.assign(new Error(''), { $metadata: 'x', cause: new Error('below') });
  assert.match(credentialError('none', odd).message, /below/);
});

test('a cause that is no more than its words is reported once, and one that is more stays', () => {
  const first = new Error('refused');
  assert.equal(credentialError('none', new Error('away', { cause: first })).cause, first);
  assert.equal(credentialError('none', new Error('away')).cause, undefined);
  const named = sdkError('AccessDenied', 'no');
  assert.equal(credentialError('none', named).cause, named);
});
