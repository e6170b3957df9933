// A field of identity or destination that gives nothing is an error that names it: never another identity or place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, policyRun, step } from '../../support/policy-run.ts';

const role = (name: string) => `arn:aws:iam::111111111111:role/${name}`;
const keys = { accessKey: 'a', secretKey: 's' };
/** The configuration around one field, and the field's name in the error. */
const fields: readonly (readonly [string, (text: string) => object, string?])[] = [
  ['region', (region) => ({ region })],
  ['endpoint', (endpoint) => ({ endpoint })],
  ['qualifier', (qualifier) => ({ qualifier })],
  ['tenantId', (tenantId) => ({ tenantId })],
  ['clientContext', (clientContext) => ({ clientContext })],
  ['accessKey', (accessKey) => ({ accessKey, secretKey: 's' })],
  ['secretKey', (secretKey) => ({ accessKey: 'a', secretKey })],
  ['accessKey', (both) => ({ accessKey: both, secretKey: both })],
  ['sessionToken', (sessionToken) => ({ ...keys, sessionToken })],
  ['roleArn', (roleArn) => ({ roleArn })],
  ['roleSessionName', (roleSessionName) => ({ roleArn: role('r'), roleSessionName })],
  ['externalId', (externalId) => ({ roleArn: role('r'), externalId })],
  ['roleChain[0].roleArn', (roleArn) => ({ roleChain: [{ roleArn }] })],
  ['roleChain[1].roleArn', (roleArn) => ({ roleChain: [{ roleArn: role('a') }, { roleArn }], roleArn: role('b') })],
  ['roleChain[0].roleSessionName', (roleSessionName) => ({ roleChain: [{ roleArn: role('a'), roleSessionName }] })],
  ['roleChain[0].externalId', (externalId) => ({ roleChain: [{ roleArn: role('a'), externalId }] })],
];
/** Everything that gives nothing: null, "", blanks. */
const nothings = {
  'a header that is not there': "{#request.headers['x-none']}",
  'an unknown entry of a dictionary': "{#dictionaries['hubs'][#request.headers['x-tenant'][0]]}",
  'an empty header': "{#request.headers['x-empty'][0]}",
  blanks: "{#request.headers['x-blank'][0]}",
  'an attribute that nobody set': "{#context.attributes['none']}",
  'an empty one between texts': "{#request.headers['x-empty'][0]}{#request.headers['x-empty'][0]}",
};
const headers = { 'x-tenant': 'unknown', 'x-empty': '', 'x-blank': ' \t ' };
const documentOf = (configuration: object) => ({
  apis: { default: { dictionaries: { hubs: { known: role('hub') } }, request: [step('f', configuration)] } },
});

for (const [name, configurationOf] of fields) {
  test(`${name} that gives nothing (${Object.keys(configurationOf('')).join(', ')}): nobody is called`, async () => {
    for (const [how, template] of Object.entries(nothings)) {
      const run = policyRun(documentOf(configurationOf(template)), { headers });
      const { body, status, errorKey } = answerOf(await run.request());
      assert.deepEqual([status, errorKey], [500, 'AWS_LAMBDA_INVALID_RESPONSE'], how);
      assert.ok(body?.endsWith(`Details: [${name} is empty]`), `${how}: ${body}`);
      assert.deepEqual(run.calls, [], how);
    }
  });
}

test('a field that is not configured, or gives a text, is as before', async () => {
  const known = policyRun(
    documentOf({ roleChain: [{ roleArn: "{#dictionaries['hubs'][#request.headers['x-tenant'][0]]}" }] }),
    { headers: { 'x-tenant': 'known' } },
  );
  await known.request();
  assert.deepEqual(
    known.invocations[0]?.credentials.roleChain?.map(({ roleArn }) => roleArn),
    [role('hub')],
  );
  const plain = policyRun(documentOf({}));
  await plain.request();
  const { region, credentials, qualifier, endpoint } = plain.invocations[0] ?? {};
  assert.deepEqual([region, credentials?.role, qualifier, endpoint], ['us-east-1', undefined, undefined, undefined]);
});

test('onError: continue skips the call instead of making it with another identity', async () => {
  const document = {
    apis: { default: { request: [step('f', { roleArn: "{#request.headers['x-none']}" }, { onError: 'continue' })] } },
  };
  const run = policyRun(document);
  assert.deepEqual(await run.request(), { kind: 'continue' });
  assert.deepEqual(run.calls, []);
});

test('a guard that says what allows holds where one that says what denies lets everything pass', async () => {
  const passes = async (sendToConsumer: string, verdict: string) => {
    const run = policyRun(
      { apis: { default: { request: [step('f', { sendToConsumer })] } } },
      { functions: { f: () => verdict } },
    );
    return (await run.request()).kind === 'continue';
  };
  for (const verdict of ['{}', '{"allow": "no"}', '{"alow": false}', '{"allow": null}']) {
    assert.equal(await passes("{#jsonPath(#lambdaResponse.content, '$.allow') != true}", verdict), false, verdict);
    assert.equal(await passes("{#jsonPath(#lambdaResponse.content, '$.allow') == false}", verdict), true, verdict);
  }
  assert.equal(await passes("{#jsonPath(#lambdaResponse.content, '$.allow') != true}", '{"allow": true}'), true);
});
