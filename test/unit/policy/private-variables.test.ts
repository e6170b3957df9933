// A private variable is in no line of the log, however the request ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvocationError } from '../../../src/lambda/index.ts';
import { redactionOf, withoutQuotes } from '../../../src/policy/private-variables.ts';
import { policyRun, step } from '../../support/policy-run.ts';

const secret = 'c0nfidential "value" of one';
const keep = (more: object = {}) =>
  step('keep', { variables: [{ name: 'token', value: '{#lambdaResponse.content}', private: true }], ...more });
const token = "{#context.attributes['token']}";

function run(request: readonly object[], failure?: () => never) {
  return policyRun(
    { apis: { default: { request } } },
    { level: 'debug', functions: { keep: () => secret, fails: () => failure?.() ?? '{}', [secret]: () => '{}' } },
  );
}

const endings: Readonly<Record<string, readonly [object, (() => never)?]>> = {
  'a tenant that Lambda would refuse': [
    step('fails', { tenantId: `${token}\u0007` }),
    () => {
      const shown = JSON.stringify(secret.slice(0, 12));
      throw new InvocationError('invalid-field', { field: 'tenantId', message: `tenantId ${shown} is invalid` });
    },
  ],
  'an error of the service that repeats it': [
    step('fails'),
    () => {
      const cause = new Error(`inside: ${secret}`);
      throw new InvocationError('service-error', { statusCode: 404, message: `no function: ${secret}`, cause });
    },
  ],
  'a step that goes on': [
    step('fails', {}, { onError: 'continue' }),
    () => {
      throw new InvocationError('service-error', { statusCode: 404, message: `no function: ${secret}` });
    },
  ],
  'a function of that name': [step(token)],
  'a region of that name': [step('fails', { region: token })],
  'a condition that cannot be read': [step('fails', {}, { condition: `{#context.attributes['token'] + 'x'}` })],
  'a mutation that fails': [
    step('fails', { mutations: { headers: { set: { 'x-a': `${token}{#context.attributes.nothing.at.all}` } } } }),
  ],
  'an answer that fails': [
    step('fails', { sendToConsumer: true, answer: { body: `${token}{#context.attributes.nothing.at.all}` } }),
  ],
  'an answer with no status': [step('fails', { sendToConsumer: true, answer: { status: token } })],
};

for (const [name, [last, failure]] of Object.entries(endings)) {
  test(`a private variable is not in the log: ${name}`, async () => {
    const one = run([keep(), last], failure);
    await one.request();
    assert.equal(one.transaction.attributes.get('token'), secret);
    const log = JSON.stringify(one.log);
    assert.ok(one.log.length > 1);
    for (const part of ['c0nfidential', 'of one']) assert.ok(!log.includes(part), log);
  });
}

test('a private variable is in no log line and no metric in the forms in which payloads, logs and URLs have it', async () => {
  const inJson = JSON.stringify({ user: secret });
  const forms = [inJson, JSON.stringify(inJson), `/p?t=${encodeURIComponent(secret)}`, btoa(secret)];
  for (const form of forms) {
    const logged = policyRun(
      { apis: { default: { request: [keep(), step('logs'), step('fails'), step(token)] } } },
      {
        level: 'debug',
        functions: {
          keep: () => secret,
          logs: () => ({ payload: Buffer.from('{}'), logTail: `event ${form} of the call` }),
          fails: () => ({ payload: Buffer.from(form), functionError: 'Unhandled' }),
          [secret]: () => '{}',
        },
      },
    );
    await logged.request();
    const told = JSON.stringify([logged.log, logged.counted]);
    for (const part of [form.slice(2, -2), 'c0nfidential', 'of one']) assert.ok(!told.includes(part), told);
  }
  const named = run([keep(), step(token)]);
  await named.request();
  assert.deepEqual(
    named.counted.map((labels) => labels.function),
    ['keep', '…'],
  );
});

test('what an error quotes is not in the log before a private variable has a value', async () => {
  for (const value of [
    '{T(Integer).parseInt(#lambdaResponse.content)}',
    "{#lambdaResponse.content.matches(#lambdaResponse.content + '(')}",
  ]) {
    const one = run([keep({ variables: [{ name: 'token', value, private: true }] })]);
    await one.request();
    const log = JSON.stringify(one.log);
    for (const part of ['c0nfidential', 'value\\', 'of one']) assert.ok(!log.includes(part), log);
    assert.ok(log.includes(JSON.stringify(`of ${value}`).slice(1, -1)), log);
  }
});

test('without private variables the log says what it said', async () => {
  const one = run([step('fails')], () => {
    throw new InvocationError('service-error', { statusCode: 404, message: 'no "function" here' });
  });
  await one.request();
  assert.match(JSON.stringify(one.log), /no ..function.. here/);
});

test('a name that one step calls private is private in all of the API', async () => {
  const again = { variables: [{ name: 'token', value: secret }] };
  const one = run([step('keep', again), step('fails', { variables: [{ name: 'token', private: true }] })]);
  assert.deepEqual([...one.transaction.policies.privateVariables], ['token']);
});

test('what is quoted is cut out, to the end where the quote has none', () => {
  assert.equal(withoutQuotes('the tenant "a\\"b" is not "c"'), 'the tenant "…" is not "…"');
  for (const open of ['"abc', '"a\\"b', '"a\\', '"a\n\\\nb']) assert.equal(withoutQuotes(`x ${open}`), 'x "…"');
});

test('forms of a value that is longer than the text are not made: a body would take 100 ms for each line', (t) => {
  const value = 'v'.repeat(6_000_000);
  const run = policyRun({ apis: { default: { request: [keep()] } } }, { functions: {} });
  run.transaction.attributes.set('token', value);
  const encode = t.mock.method(globalThis, 'encodeURIComponent');
  const redact = redactionOf(run.transaction);
  assert.equal(redact?.('no such thing'), 'no such thing');
  assert.equal(encode.mock.callCount(), 0);
  assert.equal(redact?.(`of ${value}`), 'of …');
});
