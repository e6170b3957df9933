// Peers that open streams and say nothing, and peers that do not read what they asked for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadServiceDefinition } from '../../src/ext-proc/service-definition.ts';
import { ExchangeClient, requestHeaders } from '../support/exchange.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';

const idle = Number(process.env.IDLE_STREAMS ?? 10_000);
const connections = 4;
const unread = 8;
const answerBytes = 4 * 1024 * 1024;
const inFlight = 'lambda_ext_proc_streams_in_flight';

let lambda: FaultStub;
let sidecar: RunningSidecar;
let client: ExchangeClient;

before(async () => {
  lambda = await FaultStub.start();
  lambda.script('big', {
    kind: 'answer',
    answer: { status: 200, body: JSON.stringify('x'.repeat(answerBytes)) },
    runs: true,
  });
  const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint: lambda.endpoint };
  sidecar = await startSidecar({
    config: {
      version: 1,
      limits: { streams: idle + 100 },
      apis: { none: {}, big: { request: [{ configuration: { ...keys, function: 'big', sendToConsumer: true } }] } },
    },
  });
  client = new ExchangeClient(sidecar.address);
});
after(async () => {
  client.close();
  await sidecar.stop();
  await lambda.stop();
});

test(`${idle} idle streams leave room for work, are refused over the limit, and are gone when their connections close`, async (t) => {
  await served();
  const before = residentBytes();
  const sessions = Array.from({ length: connections }, () => peer(2 ** 16));
  for (let i = 0; i < idle; i++) open(sessions[i % connections], 'none');
  await until(idle);
  t.diagnostic(`${Math.round((residentBytes() - before) / idle)} bytes of RSS for each idle stream`);
  await served();

  for (let i = 0; i < 100; i++) open(sessions[i % connections], 'none');
  await until(idle + 100);
  const over = client.open({ 'x-lambda-api': 'none' });
  const refused = await over.ask({ ...requestHeaders(true), protocol_config: {} });
  assert.equal(refused?.immediate_response?.status?.code, 'ServiceUnavailable');
  assert.equal(refused.immediate_response.details, 'lambda_ext_proc{LAMBDA_EXT_PROC_OVERLOADED}');
  await over.end();

  for (const session of sessions) session.destroy();
  await until(0);
  await served();
});

test(`${unread} answers of ${answerBytes} bytes that nobody reads hurt no other stream and go with their connection`, async (t) => {
  const before = residentBytes();
  const session = peer(0);
  const request = message(requestHeaders(true));
  for (let i = 0; i < unread; i++) open(session, 'big').write(request);
  while (lambda.requests.length < unread) await sleep(20);
  await sleep(500);
  t.diagnostic(`${Math.round((residentBytes() - before) / unread / 1024)} KiB of RSS for each unread answer`);
  const held = await sidecar.metric('lambda_ext_proc_buffered_bytes');
  assert.ok(held >= unread * answerBytes, `${held} bytes are counted`);
  await served();
  session.destroy();
  await until(0);
  assert.equal(await sidecar.metric('lambda_ext_proc_buffered_bytes'), 0);
  await served();
});

test('peers that send half a message, or a byte now and then, hurt no other stream and go with their connection', async () => {
  const session = peer(2 ** 16);
  const request = message(requestHeaders(true));
  for (let i = 0; i < 50; i++) open(session, 'none').write(request.subarray(0, 1 + (i % (request.length - 1))));
  const slow = open(session, 'none');
  let answered = 0;
  slow.on('data', (bytes: Buffer) => {
    answered += bytes.length;
  });
  for (const byte of request) {
    assert.equal(answered, 0, 'an answer before the message was whole');
    slow.write(Buffer.of(byte));
    await sleep(5);
  }
  await until(51);
  await served();
  while (answered === 0) await sleep(5);
  session.destroy();
  await until(0);
});

/** A bare HTTP/2 peer; `window` is what it lets the server send on each stream, in bytes. */
function peer(window: number): ClientHttp2Session {
  const session = connectHttp2('http://sidecar', {
    createConnection: () => connect(sidecar.address.slice('unix:'.length)),
    settings: { initialWindowSize: window },
  });
  session.on('error', () => {});
  return session;
}

function open(session: ClientHttp2Session | undefined, api: string): ClientHttp2Stream {
  assert.ok(session);
  const stream = session.request(
    {
      ':method': 'POST',
      ':path': '/envoy.service.ext_proc.v3.ExternalProcessor/Process',
      'content-type': 'application/grpc',
      te: 'trailers',
      'x-lambda-api': api,
    },
    { endStream: false },
  );
  stream.on('error', () => {});
  return stream;
}

/** One gRPC message with its prefix. */
function message(content: object): Buffer {
  const bytes = loadServiceDefinition().Process?.requestSerialize(content) ?? Buffer.alloc(0);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

/** A stream that keeps the rules is served. */
async function served(): Promise<void> {
  const exchange = client.open({ 'x-lambda-api': 'none' });
  const reply = await exchange.ask({ ...requestHeaders(true), protocol_config: {} });
  assert.ok(reply?.request_headers);
  assert.equal((await exchange.end()).code, 0);
}

async function until(streams: number): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if ((await sidecar.metric(inFlight)) === streams) return;
    await sleep(20);
  }
  assert.equal(await sidecar.metric(inFlight), streams);
}

/** Of the server's process, in bytes. */
function residentBytes(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${sidecar.pid}/status`, 'utf8'))?.[1]) * 1024;
}
