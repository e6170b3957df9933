// What callers can fill, through a real Envoy: bodies that unfold, uploads that stand still, codings that nobody knows.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type ClientRequest, createServer, request as httpRequest, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Environment, startEnvironment } from '../support/environment.ts';

const MIB = 1024 * 1024;
const BUFFERED = 32 * MIB;
const STREAMS = 40;
/** 107 bytes or so. */
const bomb = gzipSync(gzipSync(Buffer.alloc(6 * MIB, 'x')));

let lambda: Server;
let environment: Environment;
/** Answers that the function `waits` owes. */
const waiting: ServerResponse[] = [];

before(async () => {
  lambda = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.url?.includes('/waits/')) waiting.push(response);
      else response.end('{}');
    });
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  const step = (name: string, payload?: string) => ({
    configuration: { function: name, endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret', payload },
  });
  environment = await startEnvironment({
    policies: {
      version: 1,
      limits: { streams: STREAMS, bufferedBytes: BUFFERED, shares: { default: 0.5 } },
      apis: {
        reads: { request: [step('waits', '{#request.content.length()}')] },
        uploads: { request: [step('quick', '{#request.content}')] },
        other: { request: [step('quick', '{#request.content}')] },
      },
    },
    apis: ['reads', 'uploads', 'other'],
  });
});
after(async () => {
  await environment.stop();
  lambda.closeAllConnections();
  lambda.close();
});

const buffered = (): Promise<number> => environment.sidecar.metric('lambda_ext_proc_buffered_bytes');
const reached = (limit: string): Promise<number> =>
  environment.sidecar.metric(`lambda_ext_proc_limit_reached_total{limit="${limit}"}`);
const rss = (): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${environment.sidecar.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

async function until(what: string, fits: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await fits()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`${what}: not within 15 s`);
}

async function isOthersServed(): Promise<void> {
  const { status } = await environment.call('/other', { method: 'POST', body: 'small' });
  assert.equal(status, 200);
}

function post(body: Buffer, codings: string): Promise<{ status: number; key: string; headers: Headers }> {
  return environment
    .call('/reads', { method: 'POST', headers: { 'content-encoding': codings }, body: new Uint8Array(body) })
    .then(({ status, headers, text }) => ({ status, key: text, headers }));
}

test(`bodies of ${bomb.length} bytes that unfold to 6 MiB twice over are refused if there is no room`, async (t: TestContext) => {
  const before = rss();
  const calls = Array.from({ length: STREAMS / 2 }, () => post(bomb, 'gzip, gzip'));
  let refused = 0;
  for (const call of calls) void call.then(({ status }) => void (status === 503 && refused++));
  await until('each waits or is refused', () => waiting.length + refused === calls.length);
  assert.ok(waiting.length > 0, 'none was served');
  assert.ok(refused > 0, 'none was refused');
  const held = await buffered();
  t.diagnostic(
    `${waiting.length} wait, ${refused} refused, ${held} bytes counted, ${(rss() - before).toFixed(0)} MiB more`,
  );
  // A body and its text for each that waits.
  assert.ok(held >= waiting.length * 12 * MIB && held <= BUFFERED / 2 + MIB, String(held));
  assert.ok((await reached('api_buffered_bytes')) >= refused);
  await isOthersServed();
  for (const response of waiting.splice(0)) response.end('{}');
  const statuses = (await Promise.all(calls)).map(({ status }) => status);
  assert.deepEqual([...new Set(statuses)].sort(), [200, 503]);
  await until('all is given back', async () => (await buffered()) === 0);
});

test('uploads that stand still at one API leave room for the others', async (t: TestContext) => {
  const { port } = new URL(environment.envoy.url);
  const stalled: ClientRequest[] = [];
  let refused = 0;
  t.after(() => {
    for (const call of stalled) call.destroy();
  });
  for (let i = 0; i < STREAMS; i++) {
    const call = httpRequest({ port, path: '/uploads', method: 'POST', headers: { 'content-length': '100' } });
    call.on('error', () => {});
    call.on('response', ({ statusCode }) => void (statusCode === 503 && refused++));
    call.write('half');
    stalled.push(call);
  }
  await until('the share is used up', () => refused === STREAMS / 2);
  assert.equal(await reached('api_streams'), STREAMS / 2);
  assert.equal(await reached('streams'), 0);
  for (let i = 0; i < 5; i++) await isOthersServed();
  const line = await environment.sidecar.log(({ msg, api }) => msg === 'request failed' && api === 'uploads');
  assert.match(JSON.stringify(line), /limits\.shares/);
});

test('a content coding that nobody knows is 415, a broken one 400, and neither an error of ours', async () => {
  const errors = () =>
    environment.sidecar.logs().filter(({ level, api }) => level === 'error' && api === 'reads').length;
  const before = errors();
  const unknown = await post(Buffer.from('x'), 'compress');
  assert.deepEqual([unknown.status, unknown.headers.get('accept-encoding')], [415, 'gzip, deflate, br, zstd']);
  assert.equal((await post(gzipSync('{}'), 'gzip, gzip, gzip')).status, 415);
  assert.equal((await post(gzipSync('{}').subarray(0, 12), 'gzip')).status, 400);
  assert.equal((await post(Buffer.concat([gzipSync('{}'), Buffer.from('{}')]), 'gzip')).status, 400);
  assert.equal(errors(), before);
});
