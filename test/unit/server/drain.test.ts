import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { createLogger } from '../../../src/observability/index.ts';
import { createServer, parseListenAddress, type RunningServer } from '../../../src/server/index.ts';
import { echoService } from '../../support/echo-service.ts';
import { askHealth } from '../../support/health-client.ts';

async function start(t: TestContext): Promise<RunningServer> {
  const server = await createServer({
    services: [echoService()],
    listeners: [parseListenAddress('127.0.0.1:0')],
    maxBodyBytes: 1024,
    maxConcurrentStreams: 100,
    logger: createLogger({ level: 'silent' }),
  });
  t.after(() => server.close());
  server.setServing(true);
  return server;
}

function echoClient(t: TestContext, server: RunningServer): { open(): ClientDuplexStream<Buffer, Buffer> } {
  const client = new Client(server.addresses[0] ?? '', credentials.createInsecure());
  t.after(() => client.close());
  const bytes = (value: Buffer): Buffer => value;
  return { open: () => client.makeBidiStreamRequest('/test.Echo/Process', bytes, bytes) };
}

async function echo(stream: ClientDuplexStream<Buffer, Buffer>, text: string): Promise<string> {
  stream.write(Buffer.from(text));
  const [answer] = (await once(stream, 'data')) as [Buffer];
  return answer.toString();
}

test('a stream that runs is finished after the announcement, and the drain is clean', async (t) => {
  const server = await start(t);
  const stream = echoClient(t, server).open();
  assert.equal(await echo(stream, 'before'), 'before');
  const drained = server.drain({ timeoutMs: 5_000 });
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(await echo(stream, 'after'), 'after');
  const closed = once(stream, 'end');
  stream.end();
  await closed;
  assert.equal(await drained, true);
});

test('a stream that never ends is cut at the bound, and the drain is not clean', async (t) => {
  const server = await start(t);
  const stream = echoClient(t, server).open();
  const cut = once(stream, 'end').catch((error: unknown) => error);
  await echo(stream, 'x');
  const started = Date.now();
  assert.equal(await server.drain({ timeoutMs: 300 }), false);
  assert.ok(Date.now() - started < 3_000);
  assert.ok((await cut) instanceof Error);
});

test('once it drains, new connections are refused while a stream that runs is served', async (t) => {
  const server = await start(t);
  const address = server.addresses[0] ?? '';
  const held = echoClient(t, server).open();
  await echo(held, 'x');
  const drained = server.drain({ timeoutMs: 5_000 });
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.equal(await askHealth(address), 'UNAVAILABLE');
  assert.equal(await echo(held, 'held'), 'held');
  held.end();
  assert.equal(await drained, true);
});

test('a server without connections drains at once', async (t) => {
  const server = await start(t);
  assert.equal(await server.drain({ timeoutMs: 10_000 }), true);
});
