// Headers and paths that no decent caller sends, through a real Envoy: what a policy reads and writes of them is right
// or refused with its key, and what it leaves alone arrives as it was.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, test } from 'node:test';
import { type Environment, startEnvironment } from '../support/environment.ts';

let lambda: Server;
let environment: Environment;
let payloads: string[] = [];

before(async () => {
  lambda = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      payloads.push(Buffer.concat(chunks).toString());
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  const keys = { function: 'f', endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
  const payload = "{#request.headers['x-in'][0]}|{#request.path}|{#request.params['q']}|{#request.headers.size()}";
  const echo = { mutations: { headers: { set: { 'x-out': "{#request.headers['x-in'][0]}" } } } };
  const path = { mutations: { path: "{#request.headers['x-in'][0]}" } };
  environment = await startEnvironment({
    policies: {
      version: 1,
      apis: {
        reads: { request: [{ configuration: { ...keys, payload } }] },
        echoes: { request: [{ configuration: { ...keys, ...echo } }] },
        moves: { request: [{ configuration: { ...keys, ...path } }] },
      },
    },
    apis: ['reads', 'echoes', 'moves'],
    envoy: {
      connectionManager: { max_request_headers_kb: 96, common_http_protocol_options: { max_headers_count: 2_000 } },
    },
  });
});
after(async () => {
  await environment.stop();
  lambda.closeAllConnections();
  lambda.close();
});

interface Raw {
  readonly status: number;
  readonly text: string;
}

/** Bytes as they are; fetch would refuse them. */
async function send(target: string, headers: string): Promise<Raw> {
  payloads = [];
  const socket = connect(environment.envoy.port, '127.0.0.1');
  const text = `GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${headers}\r\n`;
  socket.write(Buffer.from(text, 'latin1'));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const answer = Buffer.concat(chunks).toString('latin1');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0), text: answer };
}

const lastHeader = (name: string): string | undefined => environment.backend.last?.header(name);

test('60 KB in one header are read, and arrive untouched', async () => {
  const value = 'v'.repeat(60_000);
  assert.equal((await send('/reads', `x-in: ${value}\r\n`)).status, 200);
  assert.ok(payloads[0]?.startsWith(`${value}|/reads|`));
  assert.equal(lastHeader('x-in'), value);
});

test('1,000 headers, many of them of one name', async () => {
  const many = Array.from({ length: 1_000 }, (_, i) => `x-h${i % 700}: ${i}\r\n`).join('');
  assert.equal((await send('/reads', `x-in: one\r\n${many}`)).status, 200);
  const size = Number(payloads[0]?.split('|')[3]);
  assert.ok(size > 700, payloads[0]);
  assert.equal(environment.backend.last?.headers.filter(([name]) => name.startsWith('x-h')).length, 1_000);
});

test('bytes that are not UTF-8 arrive as they were, read or not, and copied too', async () => {
  const bytes = Buffer.from([0x61, 0xff, 0xfe, 0xc3, 0x28, 0x80, 0x7a]).toString('latin1');
  assert.equal((await send('/reads', `x-in: ${bytes}\r\n`)).status, 200);
  assert.equal(lastHeader('x-in'), bytes);
  assert.equal(payloads.length, 1);
  const copied = await send('/echoes', `x-in: ${bytes}\r\n`);
  assert.equal(copied.status, 200);
  assert.equal(lastHeader('x-in'), bytes, 'the original');
});

test('UTF-8 in a header is copied byte for byte', async () => {
  const bytes = Buffer.from('größe – 値').toString('latin1');
  assert.equal((await send('/echoes', `x-in: ${bytes}\r\n`)).status, 200);
  assert.equal(lastHeader('x-out'), bytes);
});

test('an empty header, one of blanks, and one that comes twice', async () => {
  assert.equal((await send('/echoes', 'x-in:\r\n')).status, 200);
  assert.equal(lastHeader('x-out'), '');
  assert.equal((await send('/echoes', 'x-in: first\r\nX-IN: second\r\n')).status, 200);
  assert.ok(['first', 'first,second'].includes(lastHeader('x-out') ?? ''), lastHeader('x-out'));
  const missing = await send('/echoes', '');
  assert.equal(missing.status, 500, 'null has no first element, as in the original');
  assert.match(missing.text, /An error occurs while processing context variables/);
});

test('rubbish in paths and queries', async () => {
  const targets = [
    '/reads?q=%',
    '/reads?q=%zz',
    '/reads?q=%ff%fe',
    '/reads?&&=&q',
    '/reads?q=a&q=b',
    '/reads/%2e%2e/%00',
  ];
  for (const target of targets) {
    const { status } = await send(target, 'x-in: a\r\n');
    // Envoy itself refuses some; what it lets through is served.
    assert.ok(status === 200 || status === 400, `${target}: ${status}`);
    if (status === 200) assert.equal(payloads.length, 1, target);
  }
  const long = `/reads?q=${'a'.repeat(50_000)}`;
  assert.equal((await send(long, 'x-in: a\r\n')).status, 200);
  assert.equal(environment.backend.last?.path, long);
});

test('a path of a caller’s making is a path, or the key of the error', async () => {
  assert.equal((await send('/moves', 'x-in: /elsewhere?x=1\r\n')).status, 200);
  assert.equal(environment.backend.last?.path, '/elsewhere?x=1');
  for (const value of ['no slash', '/a b', '/ü', '//evil.example/x', '*']) {
    const bytes = Buffer.from(value).toString('latin1');
    const calls = environment.backend.calls;
    const { status, text } = await send('/moves', `x-in: ${bytes}\r\n`);
    const forwarded = environment.backend.calls > calls;
    // Either the backend got a path that HTTP allows, or the caller a keyed error; never Envoy's empty 500.
    if (status === 200) assert.ok(forwarded && /^\/[\x21-\x7e]*$/.test(environment.backend.last?.path ?? ''), value);
    else
      assert.match(
        text,
        /An error occurs while processing context variables|Request processing broken/,
        `${value}: ${text}`,
      );
  }
});

test('headers that a mutation makes larger than Envoy allows fail that request alone', async () => {
  const { status } = await send('/echoes', `x-in: ${'v'.repeat(60_000)}\r\n`);
  assert.equal(status, 500, 'Envoy’s limit, max_request_headers_kb, is not told to the server');
  assert.equal((await send('/echoes', 'x-in: small\r\n')).status, 200);
});
