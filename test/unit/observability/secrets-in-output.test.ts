// Every server that tests start is watched for the secrets that it was given. This holds the watch itself: it must be able to find one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ExchangeClient, requestHeaders } from '../../support/exchange.ts';
import { SecretWatch, secretMarker, secretsOf } from '../../support/secret-watch.ts';
import { startSidecar } from '../../support/sidecar.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfi';

describe('the watch', () => {
  test('finds the secrets of a document and of the environment', () => {
    const yaml = `apis: {a: {request: [{configuration: {secretKey: ${SECRET}, sessionToken: "{#secrets.get('env:X')}"}}]}}`;
    const env = { LAMBDA_EXT_PROC_SECRET_A: 'of-the-environment', PATH: '/usr/bin', AWS_SESSION_TOKEN: 'a-session' };
    assert.deepEqual(secretsOf(yaml, env), [SECRET, 'of-the-environment', 'a-session']);
    assert.deepEqual(secretsOf({ ssl: { trustStorePassword: 'a-password' } }), ['a-password']);
    assert.deepEqual(secretsOf('broken: [', {}), []);
  });

  for (const [how, line] of [
    ['as it is', `{"reason":"key ${SECRET} is wrong"}`],
    ['in base64', `{"reason":"${Buffer.from(SECRET).toString('base64')}"}`],
    ['in a URL', `{"reason":"https://h/?k=${encodeURIComponent(SECRET)}"}`],
    ['outside of JSON', `Error: ${SECRET}`],
  ] as const) {
    test(`sees a secret ${how}`, () => {
      const watch = new SecretWatch([SECRET]);
      watch.see('{"msg":"ready"}');
      watch.check();
      watch.see(line);
      assert.throws(() => watch.check(), /wrote a secret/);
    });
  }

  test('sees a short secret as a value, and not as a part of a word', () => {
    const watch = new SecretWatch(['secret']);
    watch.see('{"msg":"--allow-secret opens secrets"}');
    watch.check();
    watch.see('{"field":"secret"}');
    assert.throws(() => watch.check(), /wrote a secret/);
  });
});

/** Nobody listens there: the invocation fails, and both lines are written. */
const configuration = {
  function: 'f',
  endpoint: 'http://127.0.0.1:9',
  accessKey: 'AKIDEXAMPLE',
  secretKey: SECRET,
  sessionToken: 'FwoGZXIvYXdzEXAMPLE-session',
  retry: { maxAttempts: 1 },
};

test('a server that writes what it must not fails the test that started it', async () => {
  // A warning of `check` is in the log, and names the API.
  const name = 'api-named-as-a-secret';
  const step = { condition: "{#request.method == 'GET'}", configuration: { ...configuration, sendToConsumer: true } };
  const api = { request: [step] };
  const sidecar = await startSidecar({ config: { version: 1, apis: { [name]: api } }, secrets: [name] });
  await assert.rejects(sidecar.stop(), /wrote a secret of this test/);
});

test('what callers send and keys of policies are in no line of a request that fails', async (t) => {
  const [token, cookie, query] = [secretMarker('token'), secretMarker('cookie'), secretMarker('query')];
  const sidecar = await startSidecar({
    config: { version: 1, apis: { default: { request: [{ name: 'step', configuration }] } } },
    env: { LAMBDA_EXT_PROC_SECRET_UNUSED: 'a-secret-of-the-environment' },
    args: ['--log-decisions', 'on'],
    test: t,
  });
  const client = new ExchangeClient(sidecar.address);
  const exchange = client.open({ 'x-lambda-api': 'default' });
  const headers = { authorization: `Bearer ${token}`, cookie: `session=${cookie}`, 'x-request-id': 'id-1' };
  await exchange.ask(requestHeaders(true, { ...headers, ':path': `/a?key=${query}` }));
  await exchange.end();
  const failed = await sidecar.log(({ msg }) => msg === 'request failed');
  assert.deepEqual([failed.requestId, failed.policy, failed.kind], ['id-1', 'step', 'connection']);
  const call = await sidecar.log(({ msg }) => msg === 'invocation');
  assert.match(String(call.reason), /127\.0\.0\.1:9/);
  await sidecar.log(({ msg, decision }) => msg === 'decision' && decision === 'refused');
  client.close();
  await sidecar.stop();
});
