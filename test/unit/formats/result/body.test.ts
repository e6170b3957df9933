// Bodies of results, as docs/reference/formats.md has it, in every dialect.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Dialect, decode, dialectNames, refusal } from './decode.ts';

describe('body', () => {
  const body = (dialect: Dialect, text: string, more = ''): string =>
    decode(dialect, `{"statusCode":200,"body":${text}${more}}`).body;

  test('text is sent as UTF-8, any other value as it is written', () => {
    for (const dialect of dialectNames) {
      for (const [written, sent] of [
        ['"grün \\u20ac \\ud83d\\ude00"', 'grün € 😀'],
        ['"\\ud800"', '\ufffd'],
        ['""', ''],
        ['null', ''],
        ['1.10', '1.10'],
        ['12345678901234567890', '12345678901234567890'],
        ['true', 'true'],
        ['{"a": [1.50, "\\u00fc"]}', '{"a": [1.50, "\\u00fc"]}'],
        ['[]', '[]'],
      ] as const) {
        assert.equal(body(dialect, written), sent, dialect);
      }
      assert.equal(decode(dialect, { statusCode: 200 }).body, '');
    }
  });

  test('isBase64Encoded is true or false, as a boolean or as text, or null', () => {
    for (const dialect of dialectNames) {
      for (const yes of ['true', '"true"']) assert.equal(body(dialect, '"aGV5"', `,"isBase64Encoded":${yes}`), 'hey');
      for (const no of ['false', '"false"', 'null'])
        assert.equal(body(dialect, '"aGV5"', `,"isBase64Encoded":${no}`), 'aGV5');
      for (const wrong of ['1', '"yes"', '"True"', '""', '{}', '[true]', `"${'t'.repeat(100)}"`]) {
        assert.equal(refusal(dialect, `{"statusCode":200,"body":"","isBase64Encoded":${wrong}}`), 'malformed', wrong);
      }
    }
  });

  test('base64 is strict except its padding', () => {
    const bytes = Buffer.from([0xfb, 0xff, 0xfe, 0x00]);
    for (const dialect of dialectNames) {
      const read = (text: unknown) => decode(dialect, { statusCode: 200, isBase64Encoded: true, body: text }).body;
      assert.equal(read(bytes.toString('base64')), bytes.toString());
      assert.equal(read('+//+AA'), bytes.toString(), 'without padding');
      assert.equal(
        body(dialect, '"+\\/\\/+AA=="', ',"isBase64Encoded":true'),
        bytes.toString(),
        'escaped, as PHP does',
      );
      assert.equal(read(''), '');
      assert.equal(read(null), '');
      for (const bad of [
        'a',
        'aGk=\n',
        ' aGk=',
        '-__-AA==',
        'aGk==',
        'aG=k',
        '=',
        '====',
        'aGk=aGk=',
        'äGk=',
        'no base64!',
      ]) {
        assert.equal(refusal(dialect, { statusCode: 200, isBase64Encoded: true, body: bad }), 'malformed', bad);
      }
      assert.equal(refusal(dialect, { statusCode: 200, isBase64Encoded: true, body: { a: 1 } }), 'malformed');
    }
  });
});
