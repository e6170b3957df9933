// Result → response, row by row as docs/reference/formats.md has it, in every dialect.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Dialect, decode, dialectNames, refusal, values } from './decode.ts';

const shaped: readonly Dialect[] = ['api-gateway-v1', 'http-api-v1', 'alb', 'alb multi-value'];
const inferring: readonly Dialect[] = ['api-gateway-v2', 'function-url'];
const merging: readonly Dialect[] = ['api-gateway-v1', 'http-api-v1'];

describe('a result that is no answer', () => {
  test('no JSON, and JSON that is no object, is malformed, or the body of a 200 where 2.0 infers', () => {
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

  test('more than Envoy takes are malformed', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, ['v']]));
    const single = (count: number) => Object.fromEntries(Object.keys(many(count)).map((name) => [name, 'v']));
    for (const dialect of dialectNames) {
      const result = (count: number) => ({ statusCode: 204, headers: single(count), multiValueHeaders: many(count) });
      assert.equal(decode(dialect, result(100)).headers.length, 100);
      assert.equal(refusal(dialect, result(101)), 'malformed');
      const long = {
        statusCode: 204,
        headers: { a: 'x'.repeat(70_000) },
        multiValueHeaders: { a: ['x'.repeat(70_000)] },
      };
      assert.equal(refusal(dialect, long), 'malformed');
    }
    const list = { statusCode: 204, multiValueHeaders: { a: Array(101).fill('b') }, cookies: Array(101).fill('a=b') };
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

  test('base64 is strict but for its padding', () => {
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

test('an Event has no result: its answer is that of the Invoke API', async () => {
  const { dialects } = await import('./decode.ts');
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
