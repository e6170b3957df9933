import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Http2Session, type Http2Stream, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { createLogger } from '../../../src/observability/index.ts';
import { replaceStreamTables } from '../../../src/server/http2-stream-table.ts';
import { createServer as createGrpcServer, parseListenAddress } from '../../../src/server/index.ts';
import { StreamList } from '../../../src/server/stream-list.ts';
import { StreamTable } from '../../../src/server/stream-table.ts';
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
  for (const session of sessions) {
    assert.ok(tablesOf(session)?.streams instanceof StreamTable);
    assert.ok(tablesOf(session)?.pendingStreams instanceof StreamList);
  }
});

/** Streams as far as a table looks at them: by identity. */
const streams = Array.from({ length: 6 }, (_, index) => ({ index }) as unknown as Http2Stream);

test('a stream table does what a Map does, a stream list what a Set does, whatever they are asked', (t) => {
  const seed = Number(process.env.STREAM_TABLE_SEED ?? Date.now() % 2 ** 31);
  const stream = fc.constantFrom(...streams);
  const id = fc.integer({ min: 1, max: 5 });
  const call = fc.oneof(
    fc.tuple(fc.constant('set'), id, stream),
    fc.tuple(fc.constant('getOrInsert'), id, stream),
    fc.tuple(fc.constantFrom('get', 'has', 'delete'), id),
    fc.tuple(fc.constantFrom('add', 'has', 'delete'), stream),
    fc.tuple(fc.constantFrom('clear', 'entries', 'keys', 'values', 'size', 'forEach')),
  );
  const others = [new Set<Http2Stream>(), new Set(streams.slice(0, 3)), new Set(streams)];
  const algebra = Reflect.ownKeys(Set.prototype).filter((name) => /^(?:is|union|inter|diff|symm)/.test(String(name)));
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
      const table = [new StreamTable(), new Map<number, Http2Stream>()] as const;
      const list = [new StreamList(), new Set<Http2Stream>()] as const;
      for (const [name, ...args] of calls) {
        for (const [ours, original] of [table, list]) {
          if (!(name in original)) continue;
          assert.deepEqual(ask(ours, name, args), ask(original, name, args), `${name} of ${ours[Symbol.toStringTag]}`);
        }
      }
      assert.deepEqual(sorted([...table[0]]), sorted([...table[1]]));
      assert.deepEqual([...list[0]], [...list[1]]);
      for (const name of algebra) {
        for (const other of others) assert.deepEqual(ask(list[0], name, [other]), ask(list[1], name, [other]));
      }
    }),
    { seed, numRuns: 500 },
  );
  t.diagnostic(`seed ${seed}; Set's ${algebra.map(String).join(', ')}`);
});

/** The answer as data. A Map's order is that of insertion, a table's that of the ids: streams are opened in that order. */
function ask(table: object, name: string | symbol, args: readonly unknown[]): unknown {
  if (name === 'size') return Reflect.get(table, name);
  const method = Reflect.get(table, name) as (...args: readonly unknown[]) => unknown;
  if (name === 'forEach') {
    const seen: unknown[][] = [];
    method.call(table, (value: unknown, key: unknown) => seen.push([key, value]));
    return sorted(seen);
  }
  const answer = method.apply(table, [...args]);
  if (answer === table) return 'itself';
  const isIterator = typeof answer === 'object' && answer !== null && Symbol.iterator in answer;
  return isIterator ? sorted([...(answer as Iterable<unknown>)]) : answer;
}

function sorted(values: readonly unknown[]): unknown[] {
  return [...values].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

test('the tables offer whatever a Map and a Set of this Node offer', () => {
  for (const name of Reflect.ownKeys(Map.prototype))
    assert.ok(name in StreamTable.prototype, `Map has ${String(name)}`);
  for (const name of Reflect.ownKeys(Set.prototype)) assert.ok(name in StreamList.prototype, `Set has ${String(name)}`);
});

test('a table may be changed while it is visited', () => {
  const table = new StreamTable();
  streams.forEach((stream, index) => {
    table.set(index, stream);
  });
  const visited: number[] = [];
  table.forEach((_stream, id) => {
    visited.push(id);
    table.delete(id + 1);
  });
  assert.deepEqual(visited, [0, 2, 4]);
});

test('what is not a session is left alone', () => {
  assert.equal(replaceStreamTables({} as Http2Session), false);
});
