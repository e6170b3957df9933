// Result → response, row by row as docs/reference/formats.md has it, in every dialect.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Dialect, decode, dialectNames, dialects, refusal, values } from './decode.ts';

const shaped: readonly Dialect[] = ['api-gateway-v1', 'http-api-v1', 'alb', 'alb multi-value'];
const inferring: readonly Dialect[] = ['api-gateway-v2', 'function-url'];

describe('a result that is not an answer', () => {
  test('no JSON, and JSON that is not an object, is malformed, or the body of a 200 where 2.0 infers', () => {
    for (const text of ['not json', '', '{"a"', '{"a": 30,}', '42', 'true', 'null', '[1, 2]', ' [1,\n2] ']) {
      for (const dialect of shaped) assert.equal(refusal(dialect, text), 'malformed', `${dialect}: ${text}`);
      for (const dialect of inferring) {
        assert.deepEqual(
          decode(dialect, text),
          { status: 200, headers: [['content-type', 'application/json']], body: text },
          `${dialect}: ${text}`,
        );
      }
    }
  });

  test('an HTTP API sends a JSON string without its quotes, a Function URL with them', () => {
    for (const [text, says] of [
      ['"Hello, World!"', 'Hello, World!'],
      ['"Special \\"quoted\\""', 'Special "quoted"'],
      [' "\\u00fc" ', 'ü'],
      ['""', ''],
    ] as const) {
      assert.equal(decode('api-gateway-v2', text).body, says);
      assert.equal(decode('function-url', text).body, text);
      for (const dialect of shaped) assert.equal(refusal(dialect, text), 'malformed');
    }
    for (const broken of ['"open', '"a" b', '"\\x"', '"a"\u0000']) {
      assert.equal(decode('api-gateway-v2', broken).body, broken);
    }
  });

  test('an object without statusCode', () => {
    const known = { headers: { 'x-a': 'a' }, body: 'b' };
    assert.deepEqual(decode('api-gateway-v1', known), {
      status: 200,
      headers: [
        ['x-a', 'a'],
        ['content-type', 'application/json'],
      ],
      body: 'b',
    });
    for (const key of ['headers', 'multiValueHeaders', 'body', 'isBase64Encoded']) {
      assert.equal(decode('api-gateway-v1', { [key]: null }).status, 200, key);
    }
    for (const result of [{}, { message: 'hello' }, { cookies: [] }, { statuscode: 201 }]) {
      assert.equal(refusal('api-gateway-v1', result), 'malformed');
    }
    for (const dialect of shaped.slice(1)) assert.equal(refusal(dialect, known), 'malformed', dialect);
    for (const dialect of inferring) {
      const text = '{ "headers": {"x-a": "a"},\n "body": "b" }';
      assert.deepEqual(decode(dialect, text), {
        status: 200,
        headers: [['content-type', 'application/json']],
        body: text,
      });
    }
  });

  test('an answer that is not JSON is never inferred to be a 200', () => {
    const truncated = '{"statusCode": 403, "body": "not for y';
    const broken = ['{"statusCode": 403, "ratio": NaN}', truncated, '{"statusCode": 403,}', ' {"statusCode":403} x'];
    const bytes = [Buffer.from('{"statusCode":403,"body":"\xff"}', 'latin1')];
    const deep = `{"statusCode":403,"body":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    for (const result of [...broken, ...bytes, deep]) {
      for (const dialect of dialectNames) assert.equal(refusal(dialect, result), 'malformed', `${dialect}: ${result}`);
    }
  });

  test('bytes that are not UTF-8 are sent as they came where 2.0 infers', () => {
    const { body } = { body: Buffer.from([0xff, 0x00, 0x7b]) };
    for (const dialect of inferring) assert.equal(decode(dialect, body).body, body.toString());
    for (const dialect of shaped) assert.equal(refusal(dialect, body), 'malformed');
  });
});

describe('statusCode', () => {
  test('an integer from 200 to 599, as a number or as digits', () => {
    const good = ['200', '599', '"201"', '"404"', '2.04e2', '200.0', '20400e-2'];
    const statuses = [200, 599, 201, 404, 204, 200, 204];
    for (const dialect of dialectNames) {
      assert.deepEqual(
        good.map((status) => decode(dialect, `{"statusCode":${status}}`).status),
        statuses,
        dialect,
      );
    }
  });

  test('anything else has a key of its own', () => {
    const bad = [
      '0',
      '200.5',
      '199',
      '600',
      '999',
      '100',
      '101',
      '-200',
      '1e3',
      '2e400',
      '"abc"',
      '""',
      '"+20"',
      '" 200"',
    ];
    for (const status of [...bad, '"0200"', '"2e2"', 'null', 'true', '[200]', '{"a":200}', `"${'2'.repeat(5_000)}"`]) {
      for (const dialect of dialectNames) {
        assert.equal(refusal(dialect, `{"statusCode":${status},"body":"b"}`), 'status', `${dialect}: ${status}`);
      }
    }
  });

  test('204, 205 and 304 have no body whatever the result says, and keep their headers', () => {
    for (const statusCode of [204, 205, 304]) {
      for (const dialect of dialectNames) {
        const headers = { location: '/a', 'set-cookie': 'a=1', etag: '"e"' };
        const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
        const answer = decode(dialect, { statusCode, headers, multiValueHeaders, body: 'a body' });
        assert.deepEqual(answer, { status: statusCode, headers: Object.entries(headers), body: '' }, dialect);
      }
    }
  });
});

describe('content-type', () => {
  test('the default of each dialect, unless the result has one in any spelling', () => {
    const defaults = {
      'api-gateway-v1': ['application/json'],
      'http-api-v1': ['text/plain; charset=utf-8'],
      'api-gateway-v2': ['text/plain; charset=utf-8'],
      'function-url': ['text/plain; charset=utf-8'],
      alb: [],
      'alb multi-value': [],
    };
    for (const dialect of dialectNames) {
      assert.deepEqual(values(dialect, { statusCode: 200, body: 'b' }, 'content-type'), defaults[dialect], dialect);
      const own = {
        statusCode: 200,
        headers: { 'Content-TYPE': 'a/b' },
        multiValueHeaders: { 'content-Type': ['a/b'] },
      };
      assert.deepEqual(values(dialect, own, 'content-type'), ['a/b'], dialect);
      const without = {
        statusCode: 200,
        headers: { 'content-type': null },
        multiValueHeaders: { 'content-type': null },
      };
      assert.deepEqual(values(dialect, without, 'content-type'), defaults[dialect], dialect);
    }
  });
});

test('an Event has no result: its answer is that of the Invoke API', () => {
  for (const format of Object.values(dialects)) {
    const answer = format.decode({ status: 202, payload: new Uint8Array() });
    assert.deepEqual([answer.status, answer.headers], [202, []]);
  }
});

test('names and values of prototypes are plain names', () => {
  const text =
    '{"__proto__":{"statusCode":201},"constructor":1,"statusCode":204,"headers":{"__proto__":"p","constructor":"c"}}';
  for (const dialect of dialectNames.filter((name) => name !== 'alb multi-value')) {
    const { status, headers } = decode(dialect, text);
    assert.deepEqual(
      [status, headers],
      [
        204,
        [
          ['__proto__', 'p'],
          ['constructor', 'c'],
        ],
      ],
    );
  }
  for (const dialect of inferring) assert.equal(decode(dialect, '{"__proto__":{"statusCode":403}}').status, 200);
});

test('of a key that is there twice the last value counts', () => {
  const text = '{"statusCode":500,"body":"first","statusCode":201,"bo\\u0064y":"second"}';
  for (const dialect of dialectNames) {
    const { status, body } = decode(dialect, text);
    assert.deepEqual([status, body], [201, 'second']);
  }
});
