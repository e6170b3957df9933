import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialError } from '../../../../src/lambda/credentials/credential-error.ts';

/** As the SDK throws what STS answers. */
function sdkError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 403, requestId: 'id-1' } });
}

test('what_STS_says_is_for_the_log_and_the_caller_gets_the_status_alone', () => {
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

test('the_canonical_request_that_AWS_repeats_with_a_wrong_signature_stays_out_of_the_log', () => {
  const canonical = "The Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:SECRET\n";
  const error = credentialError('none', sdkError('SignatureDoesNotMatch', `It does not match.\n\n${canonical}`));
  assert.equal(error.message, 'none: SignatureDoesNotMatch: It does not match.');
});

test('an_endless_text_is_cut', () => {
  assert.ok(credentialError('none', new Error('x'.repeat(100_000))).message.length < 1_100);
});

test('an_error_of_the_identity_before_in_a_chain_stays_as_it_is', () => {
  const first = credentialError('no credentials from the hub', new Error('denied'));
  assert.equal(credentialError('no credentials from the spoke', first), first);
});

test('what_is_no_error_is_told_all_the_same', () => {
  assert.equal(credentialError('none', 'nothing').message, 'none: nothing');
  const odd = Object.assign(new Error(''), { $metadata: 'x', cause: new Error('below') });
  assert.match(credentialError('none', odd).message, /below/);
});
