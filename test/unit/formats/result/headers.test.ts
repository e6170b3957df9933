// Headers and cookies of results, row by row as docs/reference/formats.md has it, in every dialect.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Dialect, decode, dialectNames, refusal, values } from './decode.ts';

const shaped: readonly Dialect[] = ['api-gateway-v1', 'http-api-v1', 'alb', 'alb multi-value'];
const inferring: readonly Dialect[] = ['api-gateway-v2', 'function-url'];
const merging: readonly Dialect[] = ['api-gateway-v1', 'http-api-v1'];

describe('headers', () => {
  const both = {
    statusCode: 200,
    headers: { 'X-Both': 'single', 'x-single': 's' },
    multiValueHeaders: { 'x-both': ['m1', 'm2'], 'X-Multi': ['n1', 'n2'] },
  };

  test('multiValueHeaders are merged, ignored, or read instead, and the order of values is the dialect’s', () => {
    const all = (dialect: Dialect) => ['x-both', 'x-single', 'x-multi'].map((name) => values(dialect, both, name));
    assert.deepEqual(all('api-gateway-v1'), [['m1', 'm2', 'single'], ['s'], ['n1', 'n2']]);
    assert.deepEqual(all('http-api-v1'), [['single', 'm1', 'm2'], ['s'], ['n1', 'n2']]);
    for (const dialect of [...inferring, 'alb'] as const) assert.deepEqual(all(dialect), [['single'], ['s'], []]);
    assert.deepEqual(all('alb multi-value'), [['m1', 'm2'], [], ['n1', 'n2']]);
  });

  test('the same value of one header in both is sent once', () => {
    const result = { statusCode: 200, headers: { 'X-A': 'm2' }, multiValueHeaders: { 'x-a': ['m1', 'm2'] } };
    assert.deepEqual(values('api-gateway-v1', result, 'x-a'), ['m1', 'm2']);
    assert.deepEqual(values('http-api-v1', result, 'x-a'), ['m2', 'm1']);
  });

  test('names that differ in case alone are one header, and of equal names the last counts', () => {
    const text =
      '{"statusCode":200,"headers":{"Set-Cookie":"a=1","set-cookie":"b=2","SET-COOKIE":"c=3","x":"1","x":"2"}}';
    for (const dialect of dialectNames.filter((name) => name !== 'alb multi-value')) {
      assert.deepEqual(values(dialect, text, 'set-cookie'), ['a=1', 'b=2', 'c=3'], dialect);
      assert.deepEqual(values(dialect, text, 'x'), ['2'], dialect);
    }
  });

  test('scalars are sent as they are written, null leaves a header out, blanks around a value go', () => {
    const headers = '{"a":1.10,"b":true,"c":null,"d":"  x y\\t","e":"","f":12345678901234567890,"g":false}';
    const multi =
      '{"a":[1.10],"b":[true,null],"c":null,"d":["  x y\\t"],"e":[""],"f":[12345678901234567890],"g":[false]}';
    for (const dialect of dialectNames) {
      const answer = decode(dialect, `{"statusCode":204,"headers":${headers},"multiValueHeaders":${multi}}`);
      const sent = Object.fromEntries(answer.headers);
      assert.deepEqual(sent, { a: '1.10', b: 'true', d: 'x y', e: '', f: '12345678901234567890', g: 'false' }, dialect);
    }
  });

  test('what belongs to a connection, what it names, Envoy’s own and pseudo-headers are dropped', () => {
    const dropped = 'keep-alive proxy-connection te trailer transfer-encoding upgrade content-length x-hop';
    const names = [...dropped.split(' '), 'X-Envoy-Decorator-Operation', ':status', ':path'];
    const headers = { Connection: 'close, X-Hop', ...Object.fromEntries(names.map((name) => [name, 'x'])), 'x-a': 'a' };
    const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    for (const dialect of dialectNames) {
      const answer = decode(dialect, { statusCode: 204, headers, multiValueHeaders });
      assert.deepEqual(answer.headers, [['x-a', 'a']], dialect);
    }
  });

  test('nothing is renamed', () => {
    const headers = {
      'WWW-Authenticate': 'Basic',
      Date: 'Tue, 15 Nov 1994 08:12:31 GMT',
      Authorization: 'x',
      Server: 's',
    };
    const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    for (const dialect of dialectNames) {
      assert.deepEqual(decode(dialect, { statusCode: 304, headers, multiValueHeaders }).headers, lower, dialect);
    }
  });

  test('what HTTP cannot carry is malformed', () => {
    const bad = [
      { 'a b': 'x' },
      { '': 'x' },
      { 'a:b': 'x' },
      { ':': 'x' },
      { 'a\r\nb': 'x' },
      { ä: 'x' },
      { 'x-a': 'one\r\nset-cookie: b=c' },
      { 'x-a': 'nul\u0000' },
      { 'x-a': '\u007f' },
      { connection: 'one\ntwo' },
    ];
    for (const dialect of dialectNames) {
      for (const headers of bad) {
        const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
        const result = { statusCode: 200, headers, multiValueHeaders, body: 'b' };
        assert.equal(refusal(dialect, result), 'malformed', `${dialect}: ${JSON.stringify(headers)}`);
      }
    }
  });

  test('fields of another type are malformed, null and unknown ones are not looked at', () => {
    const wrong = [
      { headers: [] },
      { headers: 'x' },
      { headers: { a: ['b'] } },
      { headers: { a: { b: 'c' } } },
      { headers: 1 },
    ];
    for (const part of wrong) {
      for (const dialect of dialectNames.filter((name) => name !== 'alb multi-value')) {
        assert.equal(
          refusal(dialect, { statusCode: 200, ...part }),
          'malformed',
          `${dialect}: ${JSON.stringify(part)}`,
        );
      }
      assert.equal(decode('alb multi-value', { statusCode: 200, ...part }).status, 200);
    }
    const lists = [{ a: 'b' }, { a: [['b']] }, { a: [{}] }, { a: {} }, []];
    for (const multiValueHeaders of lists) {
      const result = { statusCode: 200, multiValueHeaders };
      for (const dialect of [...merging, 'alb multi-value'] as const)
        assert.equal(refusal(dialect, result), 'malformed');
      for (const dialect of [...inferring, 'alb'] as const) assert.equal(decode(dialect, result).status, 200);
    }
    const nothing = { headers: null, multiValueHeaders: null, cookies: null, body: null, isBase64Encoded: null };
    for (const dialect of dialectNames) {
      const result = { statusCode: 200, ...nothing, statusDescription: null, unknown: { a: [] } };
      const { status, body, headers } = decode(dialect, result);
      assert.deepEqual([status, body, headers.length], [200, '', dialect.startsWith('alb') ? 0 : 1], dialect);
    }
  });

  test('more than any client takes are malformed', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, ['v']]));
    const single = (count: number) => Object.fromEntries(Object.keys(many(count)).map((name) => [name, 'v']));
    for (const dialect of dialectNames) {
      const result = (count: number) => ({ statusCode: 204, headers: single(count), multiValueHeaders: many(count) });
      assert.equal(decode(dialect, result(1_000)).headers.length, 1_000);
      assert.equal(refusal(dialect, result(1_001)), 'malformed');
      const long = {
        statusCode: 204,
        headers: { a: 'x'.repeat(270_000) },
        multiValueHeaders: { a: ['x'.repeat(270_000)] },
      };
      assert.equal(refusal(dialect, long), 'malformed');
    }
    const list = {
      statusCode: 204,
      multiValueHeaders: { a: Array(1_001).fill('b') },
      cookies: Array(1_001).fill('a=b'),
    };
    for (const dialect of [...merging, 'alb multi-value', ...inferring] as const) {
      assert.equal(refusal(dialect, list), 'malformed', dialect);
    }
  });
});

describe('cookies', () => {
  test('each is a line of its own after those of headers, unsplit, and only in 2.0', () => {
    const expires = 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT';
    const result = { statusCode: 200, headers: { 'Set-Cookie': 'h=0' }, cookies: [expires, 'b=2, c=3', null] };
    for (const dialect of inferring) {
      assert.deepEqual(values(dialect, result, 'set-cookie'), ['h=0', expires, 'b=2, c=3']);
    }
    for (const dialect of [...merging, 'alb'] as const)
      assert.deepEqual(values(dialect, result, 'set-cookie'), ['h=0']);
  });

  test('in another type they are malformed in 2.0 and ignored elsewhere', () => {
    for (const cookies of ['a=1', { a: '1' }, [['a=1']], [{}], 1, ['a=1\r\nx: y']]) {
      for (const dialect of inferring) assert.equal(refusal(dialect, { statusCode: 200, cookies }), 'malformed');
      for (const dialect of shaped) assert.equal(decode(dialect, { statusCode: 200, cookies }).status, 200);
    }
  });
});
