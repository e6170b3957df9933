// A default is written once: what the schema (and with it docs and editors) says holds in what is compiled.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policiesJsonSchema } from '../../../src/config/index.ts';
import { encodeClientContext } from '../../../src/lambda/request/header-fields.ts';
import { CLIENT_CONTEXT_BYTES } from '../../../src/lambda-quotas.ts';
import { load, problemsOf } from './support.ts';

type Schema = { readonly properties: Record<string, { readonly default?: unknown; readonly properties?: unknown }> };

const document = JSON.stringify({
  version: 1,
  apis: { a: { request: [{ configuration: { function: 'f', roleArn: 'arn:aws:iam::111111111111:role/r' } }] }, b: {} },
});

function defaultsOf(schema: unknown): Record<string, unknown> {
  const { properties } = schema as Schema;
  return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, field.default]));
}

const { $defs, ...whole } = policiesJsonSchema('0.0.0') as { readonly $defs: Record<string, unknown> };

test('the defaults of a configuration in the schema are those that are compiled', () => {
  const said = defaultsOf($defs.configuration);
  const { set } = load(document);
  const [step] = set.byName('a')?.request ?? [];
  assert.ok(step);
  const { configuration } = step;
  assert.equal(configuration.region.constant, said.region);
  assert.equal(configuration.credentials.constant?.role?.roleSessionName, said.roleSessionName);
  assert.equal(configuration.invocationType, said.invocationType);
  assert.equal(configuration.logType, said.logType);
  assert.equal(configuration.transport.connectionTimeoutMs, said.connectionTimeoutMs);
  assert.equal(configuration.transport.readTimeoutMs, said.readTimeoutMs);
  assert.equal(configuration.sendToConsumer, said.sendToConsumer);
  const retry = defaultsOf(($defs.configuration as Schema).properties.retry);
  assert.deepEqual({ ...configuration.retry }, retry);
});

test('the defaults of a step and of the document in the schema are those that are compiled', () => {
  const { set } = load(document);
  const [step] = set.byName('a')?.request ?? [];
  const ofStep = defaultsOf($defs.step);
  assert.equal(step?.onError, ofStep.onError);
  assert.equal(step?.onConditionError, ofStep.onConditionError);
  const ofDocument = defaultsOf(whole);
  assert.equal(set.unmatched, ofDocument.unmatched);
  assert.equal(load(document).inlineAllowed, ofDocument.inline);
  assert.deepEqual({ ...set.limits }, defaultsOf((whole as unknown as Schema).properties.limits));
});

test('a client context of the longest length that is accepted at load can be sent, and one byte more cannot', () => {
  const text = (bytes: number): string => JSON.stringify('x'.repeat(bytes - 2));
  const errors = (bytes: number): readonly string[] =>
    problemsOf(
      JSON.stringify({
        version: 1,
        apis: { a: { request: [{ configuration: { function: 'f', clientContext: text(bytes) } }] } },
      }),
    );
  assert.deepEqual(errors(CLIENT_CONTEXT_BYTES), []);
  encodeClientContext(text(CLIENT_CONTEXT_BYTES));
  assert.match(errors(CLIENT_CONTEXT_BYTES + 1).join('\n'), /clientContext: is over 2685 bytes/);
  assert.throws(() => encodeClientContext(text(CLIENT_CONTEXT_BYTES + 1)), /at most 3583 bytes of base64/);
});
