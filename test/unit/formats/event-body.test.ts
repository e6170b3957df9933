import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { eventApi, eventBytes, eventFormats, eventOf, parseEvent } from '../../support/aws-events.ts';
import { CountedMemory } from '../../support/counted-memory.ts';
import { answerOf, policyRun, runOf, step } from '../../support/policy-run.ts';

const post = (body: string | Uint8Array, headers: Readonly<Record<string, string>>) => ({
  method: 'POST',
  body,
  headers,
});
const isCoded = async (format: string, type: string | undefined, more: object = {}): Promise<boolean> => {
  const headers = type === undefined ? {} : { 'content-type': type };
  return (await eventOf(format, { ...post('text', headers), ...more })).isBase64Encoded;
};

describe('text or base64', () => {
  const types: readonly (readonly [string | undefined, boolean, boolean])[] = [
    ['text/plain', false, false],
    ['TEXT/Html; charset=utf-8', false, false],
    ['text/x-anything', false, false],
    ['application/json', false, false],
    ['application/json;charset=x', false, false],
    ['application/javascript', false, false],
    ['application/xml', false, false],
    ['application/problem+json', false, false],
    ['image/svg+xml', false, false],
    ['application/x-www-form-urlencoded', false, true],
    [undefined, false, true],
    ['', false, true],
    ['multipart/form-data; boundary=b', true, true],
    ['application/octet-stream', true, true],
    ['application/jsonish', true, true],
    ['text', true, true],
    ['text/', true, true],
    ['x+json', true, true],
  ];
  for (const [type, lenient, strict] of types) {
    test(`content type ${type}`, async () => {
      for (const format of ['api-gateway-v1', 'http-api-v1'])
        assert.equal(await isCoded(format, type), lenient, format);
      for (const format of ['api-gateway-v2', 'function-url', 'alb'])
        assert.equal(await isCoded(format, type), strict, format);
    });
  }

  test('binaryMediaTypes adds types, wildcards too', async () => {
    const binary = (...types: string[]) => ({ format: { binaryMediaTypes: types } });
    assert.equal(await isCoded('alb', 'application/json; a=b', binary('Application/JSON')), true);
    assert.equal(await isCoded('alb', 'text/csv', binary('text/*')), true);
    assert.equal(await isCoded('alb', 'text/csv', binary('*/*')), true);
    assert.equal(await isCoded('api-gateway-v1', undefined, binary('*/*')), true);
    assert.equal(await isCoded('alb', 'text/csv', binary('tex/*', 'image/*')), false);
  });

  test('bytes that are not UTF-8 are never text, and UTF-8 in another charset is', async () => {
    for (const format of eventFormats) {
      const headers = { 'content-type': 'text/plain; charset=iso-8859-1' };
      assert.equal((await eventOf(format, post(Uint8Array.of(0xe9), headers))).isBase64Encoded, true);
      assert.equal((await eventOf(format, post('é', headers))).body, 'é');
    }
  });
});

describe('a body with a content coding', () => {
  const body = gzipSync('{"a": 1}');
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };

  for (const format of eventFormats) {
    test(`${format}: its bytes as they came, with their header and length`, async () => {
      const event = await eventOf(format, { ...post(body, headers) });
      assert.deepEqual([event.isBase64Encoded, event.body], [true, body.toString('base64')]);
      const names = new Map(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
      assert.equal(names.get('content-encoding'), 'gzip');
      if (format !== 'api-gateway-v1') assert.equal(names.get('content-length'), String(body.length));
    });
  }

  test('that nobody can decode continues too, where no expression reads it', async () => {
    const event = await eventOf('alb', post('abc', { 'content-type': 'text/plain', 'content-encoding': 'dcb' }));
    assert.deepEqual([event.isBase64Encoded, event.body], [true, Buffer.from('abc').toString('base64')]);
  });

  test('identity is none', async () => {
    const event = await eventOf('alb', post('abc', { 'content-type': 'text/plain', 'content-encoding': 'Identity, ' }));
    assert.deepEqual([event.isBase64Encoded, event.body], [false, 'abc']);
  });

  test('is decoded for expressions beside it, and still sent as it came', async () => {
    const set = { headers: { set: { 'x-a': "{#jsonPath(#request.content, '$.a')}" } } };
    const request = { ...post(body, headers), before: [set] };
    const event = parseEvent(await eventBytes(eventApi('alb', request), request));
    assert.equal(event.headers['x-a'], '1');
    assert.equal(event.body, body.toString('base64'));
  });

  test('that an earlier step has replaced is the new one, without the coding', async () => {
    const request = { ...post(body, headers), before: [{ body: '{"b": 2}' }] };
    const event = parseEvent(await eventBytes(eventApi('api-gateway-v2', request), request));
    assert.deepEqual([event.isBase64Encoded, event.body, event.headers['content-length']], [false, '{"b": 2}', '8']);
    assert.ok(!('content-encoding' in event.headers));
  });

  test('that is not read as text is not decoded: a response template sees no body', async () => {
    const failing = step('f', { requestFormat: 'alb', responseFormat: 'raw', format: { targetGroupArn: '{#null}' } });
    const templates = { DEFAULT: { '*/*': { status: 500, body: '{#request.content == null}' } } };
    const run = policyRun({ apis: { default: { request: [failing], responseTemplates: templates } } }, { headers });
    assert.equal(answerOf(await run.request(body)).body, 'true');
  });
});

describe('the bytes of an event', () => {
  const everyByte = Buffer.from(Array.from({ length: 128 }, (_, code) => code));

  test('each character below 128, and wider ones, come back as they were', async () => {
    const text = `${everyByte.toString()}é€😀\u2028\ufeff"\\`.repeat(50);
    const event = await eventOf('alb', post(text, { 'content-type': 'text/plain' }));
    assert.equal(event.body, text);
  });

  test('runs of every length between two escapes are copied whole', async () => {
    const text = Array.from({ length: 100 }, (_, length) => 'x'.repeat(length)).join('"');
    assert.equal((await eventOf('alb', post(text, { 'content-type': 'text/plain' }))).body, text);
  });

  test('base64 of every length, also beyond a piece', async () => {
    for (const length of [1, 2, 3, 4, 49_151, 49_152, 49_153, 98_305]) {
      const body = Buffer.alloc(length, 'abcdefg');
      assert.equal((await eventOf('alb', post(body, {}))).body, body.toString('base64'));
    }
  });

  test('are taken of the memory before they are made, and given back after the call', async () => {
    for (const [body, type] of [
      ['"'.repeat(10_000), 'text/plain'],
      [Buffer.alloc(10_000), 'image/png'],
    ] as const) {
      const memory = new CountedMemory();
      const functions = { event: () => '' };
      const run = runOf(eventApi('api-gateway-v2'), {
        headers: { 'content-type': type },
        memory,
        functions,
        bodyLimit: 100_000,
      });
      await run.request(body);
      assert.equal(memory.peak, run.invocations[0]?.payload?.length);
      assert.equal(memory.taken, 0);
    }
  });

  test('for which there is no room fail the request with nothing called', async () => {
    const memory = { take: (bytes: number) => bytes < 10_000, give() {}, shortage: 'full' };
    const run = policyRun(
      { apis: { default: { request: [step('f', { requestFormat: 'alb', responseFormat: 'raw' })] } } },
      { headers: { 'content-type': 'text/plain' }, memory, bodyLimit: 100_000 },
    );
    assert.equal(answerOf(await run.request('x'.repeat(10_000))).errorKey, 'LAMBDA_EXT_PROC_OVERLOADED');
    assert.deepEqual(run.calls, []);
  });
});
