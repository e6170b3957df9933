import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepTextMetadata } from '../../../src/server/text-metadata.ts';

const metadata = {
  prefix: 'x-own-',
  kinds: { 'x-own-json': 'json', 'x-own-name': 'name' },
  unknown: 'x-own-unknown',
} as const;

const asSent = (text: string): string => Buffer.from(text).toString('latin1');

/** What the headers become; `pairs` as they come over the wire. */
function kept(...pairs: readonly (readonly [string, string])[]): Record<string, unknown> {
  // As node:http2 does it.
  const headers: Record<string, string> = {};
  for (const [name, value] of pairs) headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  keepTextMetadata(headers, pairs.flat(), metadata);
  return headers;
}

test('JSON stays the same JSON, and other headers stay as they are', () => {
  const value = { name: 'größe – 値 😀', plain: 'a\tb' };
  const headers = kept(['x-own-json', asSent(JSON.stringify(value))], ['x-other', asSent(' größe')]);
  const json = String(headers['x-own-json']);
  assert.match(json, /^[\x20-\x7e]*$/);
  assert.deepEqual(JSON.parse(json), value);
  assert.equal(headers['x-other'], asSent(' größe'));
});

test('bytes that are not UTF-8 become ASCII too', () => {
  const headers = kept(['x-own-json', Buffer.from([0x22, 0xff, 0x80, 0x22]).toString('latin1')]);
  assert.equal(JSON.parse(String(headers['x-own-json'])), '\ufffd\ufffd');
});

test('a tab in JSON is a blank, also between its parts', () => {
  const headers = kept(['x-own-json', '\t{\t"a":\t1 }\t ']);
  assert.deepEqual(JSON.parse(String(headers['x-own-json'])), { a: 1 });
});

for (const [what, sent, arrives] of [
  ['a blank before a name', ' first', 'first'],
  ['a blank after a name', 'first ', 'first'],
  ['tabs and blanks around a name', '\t first\t \t', 'first'],
  ['a blank within a name', 'my api', 'my api'],
  ['a tab within a name, which another name must not swallow', 'my\tapi', 'my\\u0009api'],
  ['blanks alone, which are not the same as no value', ' \t ', ' '],
  ['an empty value', '', ''],
  ['a letter beyond ASCII after a blank', asSent(' größe'), 'gr\\u00f6\\u00dfe'],
] as const) {
  test(`${what}: ${JSON.stringify(sent)} arrives as ${JSON.stringify(arrives)}`, () => {
    assert.equal(kept(['x-own-name', sent])['x-own-name'], arrives);
  });
}

test('a name that is sent twice stays two values, and a comma within one stays one', () => {
  assert.deepEqual(kept(['x-own-name', 'a '], ['x-own-name', ' b'])['x-own-name'], ['a', 'b']);
  assert.equal(kept(['x-own-name', 'a, b'])['x-own-name'], 'a, b');
});

test('unknown names with the prefix are reported, whatever the client says about them itself', () => {
  const headers = kept(['x-own-name-bin', 'YQ=='], ['x-own-names', 'a'], ['x-own-unknown', ''], ['x-other', 'b']);
  assert.equal(headers['x-own-unknown'], 'x-own-name-bin x-own-names x-own-unknown');
  assert.equal(kept(['x-own-name', 'a'])['x-own-unknown'], undefined);
  assert.equal(kept(['x-own-constructor', 'a'])['x-own-unknown'], 'x-own-constructor');
});
