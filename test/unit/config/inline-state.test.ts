// What policies that a route brings along may not share, and what work they may not ask for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyDocumentError } from '../../../src/config/index.ts';
import { load } from './support.ts';

const document = 'version: 1\ninline: {functions: [f]}\n';
const textOf = (configuration: object): string =>
  JSON.stringify({ request: [{ configuration: { function: 'f', ...configuration } }] });

function refusal(text: string, surrounding = document): string {
  try {
    load(surrounding).set.inline(text);
  } catch (error) {
    assert.ok(error instanceof PolicyDocumentError);
    return error.problems.map(({ path, message }) => `${path}: ${message}`).join('\n');
  }
  return '';
}

test('limits, circuits and retries of an inline policy are its own, those of the document are shared', () => {
  const api = 'apis: {orders: {request: [{configuration: {function: f}}]}}\n';
  const { set } = load(document + api);
  assert.equal(set.inline(textOf({})).request[0]?.configuration.transport.isolated, true);
  assert.equal(set.byName('orders')?.request[0]?.configuration.transport.isolated, undefined);
});

test('an inline policy may not contain a key store, in any field', () => {
  const content = Buffer.from('a store').toString('base64');
  for (const trustStoreType of ['PKCS12', 'JKS']) {
    const ssl = { trustStoreType, trustStoreContent: content };
    assert.match(refusal(textOf({ ssl })), /ssl\.trustStoreType: inline policies may contain only PEM:/);
  }
  const surrounding = `${document}defaults: {ssl: {trustStoreType: PKCS12, trustStorePath: /p}}\n`;
  assert.notEqual(refusal(textOf({ ssl: { trustStoreContent: content } }), surrounding), '');
  assert.notEqual(refusal(textOf({ ssl: { trustStorePassword: 'x' } }), surrounding), '');
  assert.equal(refusal(textOf({}), surrounding), '', 'the store of the document is the document’s');
});
