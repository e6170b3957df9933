import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeMetadata } from '../../../src/server/ascii-metadata.ts';

const asSent = (text: string): string => Buffer.from(text).toString('latin1');

test('JSON stays the same JSON, and other headers stay as they are', () => {
  const value = { name: 'größe – 値 😀', plain: 'a\tb' };
  const headers = { 'x-json': asSent(JSON.stringify(value)), 'x-other': asSent('größe'), 'x-ascii': '{"a":1}' };
  const before = { ...headers };
  escapeMetadata(headers, ['x-json', 'x-ascii', 'x-missing']);
  assert.match(headers['x-json'], /^[\x20-\x7e]*$/);
  assert.deepEqual(JSON.parse(headers['x-json']), value);
  assert.equal(headers['x-other'], before['x-other']);
  assert.equal(headers['x-ascii'], before['x-ascii']);
});

test('bytes that are no UTF-8 become ASCII too', () => {
  const headers = { 'x-json': Buffer.from([0x22, 0xff, 0x80, 0x22]).toString('latin1') };
  escapeMetadata(headers, ['x-json']);
  assert.equal(JSON.parse(headers['x-json']), '\ufffd\ufffd');
});
