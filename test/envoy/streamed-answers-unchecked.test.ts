// What Envoy does not check of a streamed answer, and the sidecar must (docs/notes/envoy.md), through a real Envoy.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { envoyMinor } from '../support/envoy.ts';
import { type Received, type StreamingCaller, streamHttp1, streamingCallers } from '../support/streaming-callers.ts';
import { COOKIES, type StreamingEnvironment, startStreaming } from '../support/streaming-environment.ts';
import { prelude, streams } from '../support/streaming-stub.ts';

const skip = envoyMinor() < 37 && 'Envoy 1.37 is the first that can';
const callers = Object.entries(streamingCallers);

const keyed = { DEFAULT: { '*/*': { status: 502, body: 'templated {#error.key}' } } };
let environment: StreamingEnvironment;

before(async () => {
  if (skip) return;
  environment = await startStreaming({
    apis: { http: { responseFormat: 'api-gateway-v2' } },
    document: { responseTemplates: keyed },
  });
});
after(async () => {
  await environment?.stop();
});

const call = (caller: StreamingCaller, path: string, more?: Parameters<StreamingCaller>[2]): Promise<Received> =>
  caller(environment.envoy.url, path, more);

/** Requests one after the other on one connection, as a caller that keeps it: everything that comes back. */
async function onOneConnection(requests: readonly string[]): Promise<string> {
  const socket = connect(environment.envoy.port, '127.0.0.1');
  let text = '';
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
  });
  socket.write(requests.map((request) => `${request} HTTP/1.1\r\nhost: h\r\n\r\n`).join(''));
  socket.write('GET /last HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n');
  await once(socket, 'close');
  return text;
}

const statusLines = (text: string): readonly string[] => text.match(/HTTP\/1\.1 \d+/g) ?? [];

describe('what Envoy does not check', { skip }, () => {
  for (const [what, method, statusCode, headers] of [
    ['a content-length that is too small', 'GET', 200, { 'content-length': '3' }],
    ['a content-length that is too large', 'GET', 200, { 'content-length': '3000' }],
    ['a content-length that is none', 'GET', 200, { 'content-length': 'abc' }],
    ['a body beside HEAD', 'HEAD', 200, {}],
    ['a body beside 204', 'GET', 204, {}],
    ['a body beside 205', 'GET', 205, {}],
    ['a body beside 304', 'GET', 304, {}],
    ['a transfer-encoding', 'GET', 200, { 'transfer-encoding': 'gzip', connection: 'close, x-secret' }],
  ] as const) {
    const smuggled = 'HTTP/1.1 299 Smuggled\r\ncontent-length: 0\r\n\r\n';
    test(`${what} never becomes the next response on the connection`, async () => {
      environment.on('http', streams(prelude({ statusCode, headers: { ...headers, 'x-kept': 'yes' } }), smuggled));
      const text = await onOneConnection([`${method} /duplex/http`, `${method} /none/http`]);
      const bodiless = method === 'HEAD' || statusCode !== 200;
      // The bytes of the body are within chunks, or nowhere.
      const outside = text.replaceAll(smuggled, '');
      assert.deepEqual(statusLines(outside), [`HTTP/1.1 ${statusCode}`, `HTTP/1.1 ${statusCode}`, 'HTTP/1.1 404']);
      assert.equal(text.split(smuggled).length - 1, bodiless ? 0 : 2);
      if (method !== 'HEAD') assert.equal(text.split('transfer-encoding: chunked').length - 1, bodiless ? 0 : 2);
      assert.equal(text.split('x-kept: yes').length - 1, 2);
    });

    for (const [protocol, caller] of callers) {
      test(`${what} ends well: ${protocol}`, async () => {
        environment.on('http', streams(prelude({ statusCode, headers }), 'a body'));
        const answer = await call(caller, '/duplex/http', { method });
        assert.equal(await answer.ended, 'end');
        assert.equal(answer.status, statusCode);
        assert.equal(answer.body().toString(), method === 'HEAD' || statusCode !== 200 ? '' : 'a body');
      });
    }
  }

  for (const [protocol, caller] of callers) {
    test(`a HEAD has the headers of a GET: ${protocol}`, async () => {
      const shown = async (method: string) => {
        const answer = await call(caller, '/duplex/http', { method });
        assert.equal(await answer.ended, 'end');
        const { date: _, ...headers } = answer.headers;
        return headers;
      };
      const headers = { 'content-type': 'text/csv', 'x-a': '1' };
      environment.on('http', streams(prelude({ statusCode: 200, headers, cookies: ['a=1', 'b=2'] }), 'a body'));
      const head = await shown('HEAD');
      assert.equal(head['content-type'], 'text/csv');
      assert.deepEqual(head, await shown('GET'));
    });
  }

  for (const statusCode of [99, 100, 101, 600, 999, 'abc', 200.5]) {
    test(`the status ${statusCode} is refused before anything is sent`, async () => {
      environment.on('http', streams(prelude({ statusCode }), 'a body'));
      const answer = await call(streamHttp1, '/duplex/http');
      assert.equal(await answer.ended, 'end');
      assert.match(answer.body().toString(), /^templated AWS_LAMBDA_/);
      assert.equal(answer.status, 502);
    });
  }

  for (const [what, headers] of [
    ['a name with a space', { 'x y': '1' }],
    ['a value with a line break', { 'x-a': '1\r\nx-b: 2' }],
    ['a value with NUL', { 'x-a': '1\0' }],
  ] as const) {
    test(`${what} is refused before anything is sent`, async () => {
      environment.on('http', streams(prelude({ statusCode: 200, headers }), 'a body'));
      const answer = await call(streamHttp1, '/duplex/http');
      assert.equal(await answer.ended, 'end');
      assert.deepEqual([answer.status, answer.body().toString()], [502, 'templated AWS_LAMBDA_INVALID_RESPONSE']);
    });
  }

  for (const [protocol, caller] of callers) {
    test(`several cookies all arrive, by way of the metadata: ${protocol}`, async () => {
      const cookies = ['a=1', 'b=2; Path=/', 'c=3'].slice(0, COOKIES);
      environment.on('http', streams(prelude({ statusCode: 200, cookies }), 'a body'));
      const answer = await call(caller, '/duplex/http');
      assert.equal(await answer.ended, 'end');
      assert.deepEqual(answer.headers['set-cookie']?.toSorted(), cookies);
    });
  }

  test('one cookie more than the filter adds is a logged error', async () => {
    const cookies = ['a=1', 'b=2', 'c=3', 'd=4'];
    environment.on('http', streams(prelude({ statusCode: 200, cookies }), 'a body'));
    const answer = await call(streamHttp1, '/duplex/http');
    assert.equal(await answer.ended, 'end');
    const line = await environment.sidecar.log(({ level, count }) => level === 'error' && count === 4);
    assert.equal(line.told, COOKIES);
  });

  test('UTF-8 in a value passes', async () => {
    environment.on('http', streams(prelude({ statusCode: 200, headers: { 'x-name': 'Zoë' } }), 'a body'));
    const answer = await call(streamHttp1, '/duplex/http');
    await answer.ended;
    assert.equal(Buffer.from(String(answer.headers['x-name']), 'latin1').toString(), 'Zoë');
  });
});
