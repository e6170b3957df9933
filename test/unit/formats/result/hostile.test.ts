// Results that want too much of the sidecar. Work that grew as the square of 6 MB would never end; memory is taken before it is used.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoRoomError } from '../../../../src/memory-account.ts';
import { dialects, refusal } from './decode.ts';

const MB = 1024 * 1024;
const whole = (head: string, piece: string, tail: string) =>
  head + piece.repeat((6 * MB - head.length - tail.length) / piece.length) + tail;

test('6 MB of whatever are read in one pass, or refused', () => {
  const results: readonly (readonly [string, string, 'answer' | 'malformed'])[] = [
    ['empty lists in an unknown key', whole('{"statusCode":200,"x":[', '[],', '[]]}'), 'answer'],
    ['deep lists', whole('{"statusCode":200,"x":', '[', ''), 'malformed'],
    ['unknown keys', whole('{', '"k":{},', '"statusCode":200}'), 'answer'],
    ['one key again and again', whole('{', '"body":"",', '"statusCode":200}'), 'answer'],
    [
      'names of headers',
      whole('{"statusCode":200,"multiValueHeaders":{},"headers":{', '"a":"b",', '"c":"d"}}'),
      'answer',
    ],
    ['a name of 6 MB', whole('{"statusCode":200,"', 'a', '":1}'), 'answer'],
    ['blanks', whole('{"statusCode":200', ' ', '}'), 'answer'],
    ['escapes', whole('{"statusCode":200,"body":"', '\\u00fc', '"}'), 'answer'],
    ['quotes', whole('{"statusCode":200,"body":"', '\\"', '"}'), 'answer'],
    ['base64', whole('{"statusCode":200,"isBase64Encoded":true,"body":"', 'AAAA', '"}'), 'answer'],
    ['nearly base64', whole('{"statusCode":200,"isBase64Encoded":true,"body":"', 'AAAA', '!"}'), 'malformed'],
    ['digits', whole('{"statusCode":200,"body":', '9', '}'), 'answer'],
    ['a status of digits', whole('{"statusCode":', '9', '}'), 'malformed'],
    ['a body that is an object', whole('{"statusCode":200,"body":{"a":[', '{"b":1},', '0]}}'), 'answer'],
  ];
  for (const [name, text, expected] of results) {
    for (const dialect of ['api-gateway-v1', 'api-gateway-v2'] as const) {
      assert.equal(refusal(dialect, text) === undefined ? 'answer' : 'malformed', expected, `${dialect}: ${name}`);
    }
  }
});

test('what a body takes on the way is taken before it is made, and given back', () => {
  let held = 0;
  let most = 0;
  let limit = Number.POSITIVE_INFINITY;
  const memory = {
    shortage: 'test',
    take(bytes: number) {
      if (held + bytes > limit) return false;
      held += bytes;
      most = Math.max(most, held);
      return true;
    },
    give(bytes: number) {
      held -= bytes;
    },
  };
  const results = [
    { body: 'é'.repeat(1_000) },
    { body: 'AAAA'.repeat(500), isBase64Encoded: true },
    { body: ['a'.repeat(2_000)] },
  ];
  for (const result of results) {
    for (const format of Object.values(dialects)) {
      const payload = Buffer.from(JSON.stringify({ statusCode: 200, ...result }));
      most = 0;
      limit = Number.POSITIVE_INFINITY;
      format.decode({ status: 200, payload }, memory);
      assert.equal(held, 0);
      assert.ok(most >= 2_000, String(most));
      limit = most - 1;
      assert.throws(() => format.decode({ status: 200, payload }, memory), NoRoomError);
      assert.equal(held, 0);
    }
  }
});
