import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Http2Session, type Http2Stream, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createLogger } from '../../../src/observability/index.ts';
import { replaceStreamTables } from '../../../src/server/http2-stream-table.ts';
import { createServer as createGrpcServer, parseListenAddress } from '../../../src/server/index.ts';
import { echoService } from '../../support/echo-service.ts';

interface Tables {
  readonly streams: { readonly size: number };
  readonly pendingStreams: { readonly size: number };
}

function tablesOf(session: Http2Session): Tables | undefined {
  for (const symbol of Object.getOwnPropertySymbols(session)) {
    const state = Reflect.get(session, symbol) as Partial<Tables> | null | undefined;
    if (typeof state === 'object' && state?.streams !== undefined) return state as Tables;
  }
  return undefined;
}

async function pair(t: TestContext) {
  const server = createServer();
  server.on('sessionError', () => {});
  const opened = once(server, 'session') as Promise<[ServerHttp2Session]>;
  server.on('session', (session) => assert.ok(replaceStreamTables(session), 'node:http2 keeps its streams elsewhere'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('error', () => {});
  t.after(() => {
    client.destroy();
    server.close();
  });
  const [session] = await opened;
  return { server, client, session };
}

test('streams are served, counted while they are open and forgotten when they end', async (t) => {
  const { server, client, session } = await pair(t);
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200 });
    stream.resume().on('end', () => stream.end('done'));
  });
  const requests = Array.from({ length: 50 }, () => client.request({ ':method': 'POST' }));
  await Promise.all(requests.map((request) => once(request, 'response')));
  assert.equal(tablesOf(session)?.streams.size, 50);
  assert.equal(tablesOf(session)?.pendingStreams.size, 0);
  for (const request of requests) request.resume().end();
  await Promise.all(requests.map((request) => once(request, 'close')));
  while (tablesOf(session)?.streams.size !== 0) await new Promise(setImmediate);
});

test('a session that is closed waits for its streams, one that is destroyed ends them', async (t) => {
  const { server, client, session } = await pair(t);
  const streams: Http2Stream[] = [];
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200 });
    streams.push(stream);
  });
  const [first, second] = [client.request({ ':method': 'POST' }), client.request({ ':method': 'POST' })];
  for (const request of [first, second]) request.on('error', () => {});
  await Promise.all([once(first, 'response'), once(second, 'response')]);
  let closed = false;
  session.close(() => {
    closed = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(closed, false);
  assert.ok(streams.every((stream) => !stream.destroyed));
  session.destroy();
  assert.equal(streams.length, 2);
  assert.ok(streams.every((stream) => stream.destroyed));
});

test('the connections of the gRPC server have their tables replaced', async (t) => {
  const server = await createGrpcServer({
    services: [echoService()],
    listeners: [parseListenAddress('127.0.0.1:0')],
    maxBodyBytes: 1024,
    maxConcurrentStreams: 100,
    logger: createLogger({ level: 'silent' }),
  });
  t.after(() => server.close());
  const client = connect(`http://${server.addresses[0]}`);
  client.on('error', () => {});
  t.after(() => client.destroy());
  await once(client, 'remoteSettings');
  const http2Servers = Reflect.get(server.grpc, 'http2Servers') as Map<unknown, { sessions: Set<Http2Session> }>;
  const sessions = [...http2Servers.values()].flatMap((entry) => [...entry.sessions]);
  assert.equal(sessions.length, 1);
  for (const session of sessions) assert.ok(!(tablesOf(session)?.streams instanceof Map) && plain(tablesOf(session)));
});

/** Node's own table is a Map in all but its prototype. */
function plain(tables: Tables | undefined): boolean {
  return tables !== undefined && !('clear' in tables.streams);
}

test('what is no session is left alone', () => {
  assert.equal(replaceStreamTables({} as Http2Session), false);
});
