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
    const run = policyRun(document({ [name]: '{#nothing.at.all}' }));
    const { body, errorKey } = answerOf(await run.request());
    assert.equal(errorKey, 'AWS_LAMBDA_INVALID_RESPONSE');
    assert.ok(body?.endsWith(`Details: [the expression of ${name} failed]`), body);
    assert.deepEqual(run.calls, []);
  });
}
