// Each optional text of an invocation goes from policies.yaml into the invocation by its line in one list.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INVOCATION_TEXTS } from '../../../src/lambda/index.ts';
import { answerOf, policyRun, step } from '../../support/policy-run.ts';

const value = { endpoint: 'https://lambda.test', qualifier: 'live', clientContext: '{"a":1}', tenantId: 'acme' };
const document = (configuration: object) => ({ apis: { default: { request: [step('f', configuration)] } } });

for (const name of INVOCATION_TEXTS) {
  test(`${name} is a template; null and "" in the document are absent, and an error names it`, async () => {
    const text = async (template: string | null) => {
      const run = policyRun(document({ [name]: template }), { headers: { 'x-text': value[name] } });
      await run.request();
      return run.invocations[0]?.[name];
    };
    assert.equal(await text(value[name]), value[name]);
    assert.equal(await text("{#request.headers['x-text'][0]}"), value[name]);
    assert.equal(await text(''), undefined);
    assert.equal(await text(null), undefined);
    const run = policyRun(document({ [name]: '{#context.attributes.nothing.at.all}' }));
    const { body, errorKey } = answerOf(await run.request());
    assert.equal(errorKey, 'AWS_LAMBDA_INVALID_RESPONSE');
    assert.ok(body?.endsWith(`Details: [the expression of ${name} failed]`), body);
    assert.deepEqual(run.calls, []);
  });
}

test('no text of an invocation is longer than 8,192 characters, since caches keep it', async () => {
  const { accessKey, secretKey } = { accessKey: 'AKIA', secretKey: 'secret' };
  const role = 'arn:aws:iam::123456789012:role/r';
  const of = (template: string): Readonly<Record<string, object>> => ({
    function: { function: template },
    region: { region: template },
    accessKey: { accessKey: template, secretKey },
    secretKey: { accessKey, secretKey: template },
    sessionToken: { accessKey, secretKey, sessionToken: template },
    roleArn: { roleArn: template },
    roleSessionName: { roleArn: role, roleSessionName: template },
    externalId: { roleArn: role, externalId: template },
    'roleChain[0].roleArn': { roleChain: [{ roleArn: template }] },
    ...Object.fromEntries(INVOCATION_TEXTS.map((name) => [name, { [name]: template }])),
  });
  for (const [place, configuration] of Object.entries(of("{#request.headers['x-text'][0]}"))) {
    const run = policyRun(document(configuration), { headers: { 'x-text': 'a'.repeat(8_193) } });
    const { body } = answerOf(await run.request());
    assert.ok(body?.endsWith(`Details: [${place} has more than 8192 characters]`), `${place}: ${body}`);
    assert.deepEqual(run.calls, []);
  }
});
