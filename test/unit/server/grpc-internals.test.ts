import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { type TestContext, test } from 'node:test';
import { Server } from '@grpc/grpc-js';
import { createLogger } from '../../../src/observability/index.ts';
import { loosenHttp2 } from '../../../src/server/grpc-internals.ts';
import { createServer, parseListenAddress } from '../../../src/server/index.ts';
import { echoService } from '../../support/echo-service.ts';

const RESETS = 3_000;

async function session(t: TestContext, address: string): Promise<ClientHttp2Session> {
  const client = connect(`http://${address}`);
  client.on('error', () => {});
  t.after(() => client.destroy());
  await once(client, 'connect');
  return client;
}

/** As Envoy ends a good stream: a message, its answer, then RST_STREAM. Gives how many streams were served. */
async function resetStreams(client: ClientHttp2Session): Promise<number> {
  let served = 0;
  for (let i = 0; i < RESETS && !client.destroyed && !client.closed; i++) {
    const ok = await new Promise<boolean>((resolve) => {
      const stream = client.request({
        ':method': 'POST',
        ':path': '/test.Echo/Process',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      let answered = false;
      stream.on('error', () => {});
      stream.on('close', () => resolve(answered));
      stream.on('data', () => {
        answered = true;
        stream.close(8);
      });
      stream.write(Buffer.from([0, 0, 0, 0, 1, 42]));
    });
    if (ok) served++;
  }
  return served;
}

test('3,000 streams that the client ends with RST_STREAM leave the connection open', async (t) => {
  const server = await createServer({
    services: [echoService()],
    listeners: [parseListenAddress('127.0.0.1:0')],
    maxBodyBytes: 1024,
    maxConcurrentStreams: 100,
    logger: createLogger({ level: 'silent' }),
  });
  t.after(() => server.close());
  const client = await session(t, server.addresses[0] ?? '');
  assert.equal(await resetStreams(client), RESETS);
  assert.ok(!client.closed);
  assert.equal(server.connections, 1);
});

test('a change of grpc-js that moves the field is an error, not a silent loss of requests', () => {
  const moved = new Server();
  Reflect.deleteProperty(moved, 'commonServerOptions');
  assert.throws(() => loosenHttp2(moved), /no longer has commonServerOptions/);
});
