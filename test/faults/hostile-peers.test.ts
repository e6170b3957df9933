// Peers that are no Envoy: thousands of streams that say nothing, peers that never read or stop in the middle of a
// message. None harms another's streams, and nothing is kept of them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { ClientHttp2Session, SecureClientSessionOptions } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, type TestContext, test } from 'node:test';
import { loadServiceDefinition } from '../../src/ext-proc/wire/service-definition.ts';
import { ExchangeClient, type Message, requestHeaders } from '../support/exchange.ts';
import { ended, frame, openSession, openStream } from '../support/raw-streams.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';

const idleStreams = Number(process.env.IDLE_STREAMS ?? 10_000);
const MIB = 1024 * 1024;
const ANSWER = 5 * MIB;

let lambda: Server;
let sidecar: RunningSidecar;

before(async () => {
  const large = Buffer.alloc(ANSWER, 'x');
  lambda = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(request.url?.includes('large') ? large : '{}');
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  const answer = (name: string) => ({
    request: [
      {
        configuration: {
          function: name,
          endpoint,
          accessKey: 'AKIDEXAMPLE',
          secretKey: 'secret',
          payload: '{#request.content}',
          sendToConsumer: true,
        },
      },
    ],
  });
  sidecar = await startSidecar({
    config: {
      version: 1,
      limits: { streams: idleStreams + 200 },
      apis: { small: answer('small'), large: answer('large') },
    },
  });
});
after(async () => {
  await sidecar.stop();
  lambda.closeAllConnections();
  lambda.close();
});

const serialize = loadServiceDefinition().Process?.requestSerialize as (message: Message) => Buffer;
const request = (api: string): [Message, Record<string, string>] => [requestHeaders(true), { 'x-lambda-api': api }];

/** Answers as ever: what the hostile peer may not change. */
async function assertServes(): Promise<void> {
  const client = new ExchangeClient(sidecar.address);
  const [message, metadata] = request('small');
  for (let i = 0; i < 20; i++) {
    const exchange = client.open(metadata);
    assert.equal((await exchange.ask(message))?.immediate_response?.status?.code, 'OK');
    await exchange.end();
  }
  client.close();
}

const inFlight = (): Promise<number> => sidecar.metric('lambda_ext_proc_streams_in_flight');
const descriptors = (): number => readdirSync(`/proc/${sidecar.pid}/fd`).length;
const rss = (): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${sidecar.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

async function until(what: string, fits: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await fits()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`${what}: not within 10 s`);
}

const sessions: ClientHttp2Session[] = [];

async function open(options: SecureClientSessionOptions = {}): Promise<ClientHttp2Session> {
  const session = await openSession(sidecar.address, options);
  sessions.push(session);
  return session;
}

/** Whatever the test did, nothing is left of it once its connections are closed. */
function assertNothingStays(t: TestContext): void {
  const before = descriptors();
  t.after(async () => {
    for (const session of sessions.splice(0)) session.destroy();
    await until('streams are gone', async () => (await inFlight()) === 0);
    assert.equal(await sidecar.metric('lambda_ext_proc_buffered_bytes'), 0);
    await until('connections are gone', () => descriptors() <= before + 4);
  });
}

beforeEach(async () => {
  await assertServes();
  await until('idle', async () => (await inFlight()) === 0);
});

test(`${idleStreams} idle streams cost little, and others are served beside them`, async (t) => {
  assertNothingStays(t);
  const memory = rss();
  await Promise.all(Array.from({ length: 10 }, () => open()));
  for (const session of sessions) {
    for (let i = 0; i < idleStreams / sessions.length; i++) openStream(session);
  }
  await until('all are open', async () => (await inFlight()) === idleStreams);
  await assertServes();
  const each = ((rss() - memory) * 1024) / idleStreams;
  t.diagnostic(`${idleStreams} idle streams: ${each.toFixed(0)} KiB each`);
  assert.ok(each < 100, `${each} KiB for an idle stream`);
});

test('streams over limits.streams are answered 503 at once, with Retry-After', async (t) => {
  assertNothingStays(t);
  const session = await open();
  for (let i = 0; i < idleStreams + 200; i++) openStream(session);
  await until('all are open', async () => (await inFlight()) === idleStreams + 200);
  const client = new ExchangeClient(sidecar.address);
  t.after(() => client.close());
  const [message, metadata] = request('small');
  const exchange = client.open(metadata);
  const reply = (await exchange.ask(message))?.immediate_response;
  assert.equal(reply?.status?.code, 'ServiceUnavailable');
  assert.equal(reply?.details, 'lambda_ext_proc{LAMBDA_EXT_PROC_OVERLOADED}');
  const headers = reply?.headers?.set_headers?.map(({ header }) => `${header?.key}: ${header?.raw_value}`);
  assert.ok(headers?.includes('retry-after: 1'), String(headers));
  await exchange.end();
});

test('a peer that never reads keeps its own answers waiting, nobody else’s', async (t) => {
  assertNothingStays(t);
  const memory = rss();
  const streams = 20;
  const session = await open({ settings: { initialWindowSize: 0 } });
  const [message, metadata] = request('large');
  for (let i = 0; i < streams; i++) openStream(session, metadata).write(frame(serialize(message)));
  const answered = 'lambda_ext_proc_immediate_responses_total{api="large",reason="SEND_TO_CONSUMER"}';
  const already = await sidecar.metric(answered);
  await until('all are answered', async () => (await sidecar.metric(answered)) >= already + streams - 1);
  const started = performance.now();
  await assertServes();
  t.diagnostic(
    `20 others in ${(performance.now() - started).toFixed(0)} ms; ${((rss() - memory) / streams).toFixed(1)} MiB for each answer of 5`,
  );
});

test('messages that stop in the middle, and such that claim more than is allowed', async (t) => {
  assertNothingStays(t);
  const session = await open();
  const [message, metadata] = request('small');
  const bytes = serialize(message);
  for (let cut = 0; cut < 100; cut++) {
    openStream(session, metadata).write(frame(bytes).subarray(0, cut % (bytes.length + 5)));
  }
  const claims = openStream(session, metadata);
  claims.write(frame(bytes, 2 ** 32 - 1));
  assert.equal(await ended(claims), '8', 'RESOURCE_EXHAUSTED');
  const rubbish = openStream(session, metadata);
  rubbish.write(frame(Buffer.from('ff'.repeat(50), 'hex')));
  assert.notEqual(await ended(rubbish), '0');
  const whole = openStream(session, metadata);
  whole.end(frame(bytes));
  assert.equal(await ended(whole), '0', 'on the same connection');
  await assertServes();
});

test('a byte at a time is slow, and nothing else', async (t) => {
  assertNothingStays(t);
  const session = await open();
  const [message, metadata] = request('small');
  const stream = openStream(session, metadata);
  for (const byte of frame(serialize(message))) {
    stream.write(Buffer.of(byte));
    await new Promise(setImmediate);
  }
  stream.end();
  assert.equal(await ended(stream), '0');
});
