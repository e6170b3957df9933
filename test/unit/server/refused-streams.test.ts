// What is refused before a service sees it, and what is lost on the way: over real HTTP/2.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { createConnection } from 'node:net';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createLogger } from '../../../src/observability/index.ts';
import { createServer, parseListenAddress, type ServerOptions } from '../../../src/server/index.ts';
import { echoService } from '../../support/echo-service.ts';
import { askHealth } from '../../support/health-client.ts';
import { openRawHttp2 } from '../../support/raw-http2.ts';
import { frame } from '../../support/raw-streams.ts';

const ECHO = { ':path': '/test.Echo/Process' };

async function start(t: TestContext, more: Partial<ServerOptions> = {}) {
  const refused: string[] = [];
  const lines: { readonly msg: string; readonly count?: number; readonly reason?: string }[] = [];
  const waiting = new Set<() => void>();
  const note = (...reasons: string[]): void => {
    refused.push(...reasons);
    for (const wake of waiting) wake();
  };
  const server = await createServer({
    services: [echoService()],
    listeners: [parseListenAddress('127.0.0.1:0')],
    maxBodyBytes: 1024,
    maxConcurrentStreams: 100,
    refusals: {
      streamsRefused: (reason, count) => note(...new Array<string>(count).fill(reason)),
      connectionRefused: (reason) => note(`connection ${reason}`),
    },
    logger: createLogger({ destination: { write: (line: string) => void lines.push(JSON.parse(line)) } }),
    ...more,
  });
  t.after(() => server.close());
  server.setServing(true);
  // The server's own timers keep no process alive.
  const alive = setInterval(() => {}, 1_000);
  t.after(() => clearInterval(alive));
  return {
    server,
    address: server.addresses[0] ?? '',
    refused,
    lines,
    async untilRefused(count: number): Promise<void> {
      while (refused.length < count) {
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
        });
      }
    },
  };
}

async function client(t: TestContext, address: string): Promise<ClientHttp2Session> {
  const session = connect(`http://${address}`);
  session.on('error', () => {});
  t.after(() => session.destroy());
  await once(session, 'connect');
  return session;
}

function openStream(session: ClientHttp2Session, headers: Readonly<Record<string, string>> = {}): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ...ECHO,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => {});
  return stream;
}

/** All fields with which the server ends the stream, `{}` when it is only reset. */
async function end(stream: ClientHttp2Stream): Promise<Readonly<Record<string, unknown>>> {
  const fields: Record<string, unknown> = {};
  stream.on('response', (headers) => Object.assign(fields, headers));
  stream.on('trailers', (headers) => Object.assign(fields, headers));
  stream.resume();
  if (!stream.closed && !stream.readableEnded) await Promise.race([once(stream, 'close'), once(stream, 'end')]);
  stream.close();
  return fields;
}

for (const encoding of ['gzip', 'deflate', 'GZIP', 'gzip ', 'identity, gzip', 'br', 'none', 'x'.repeat(5_000)]) {
  test(`grpc-encoding ${JSON.stringify(encoding.slice(0, 20))} is refused, and says what is accepted`, async (t) => {
    const { address, refused } = await start(t);
    const stream = openStream(await client(t, address), { 'grpc-encoding': encoding });
    stream.write(frame(gzipSync(Buffer.alloc(100_000))));
    const answer = await end(stream);
    assert.equal(answer['grpc-status'], '12');
    assert.equal(answer['grpc-accept-encoding'], 'identity');
    assert.deepEqual(refused, ['encoding']);
  });
}

for (const encoding of [undefined, 'identity', 'Identity']) {
  test(`grpc-encoding ${encoding ?? 'absent'}: a message is served, one with the compressed flag is UNIMPLEMENTED`, async (t) => {
    const { address } = await start(t);
    const session = await client(t, address);
    const headers: Readonly<Record<string, string>> = encoding === undefined ? {} : { 'grpc-encoding': encoding };
    const good = openStream(session, headers);
    good.write(frame(Buffer.from([42])));
    const [answer] = (await once(good, 'data')) as [Buffer];
    assert.equal(answer.at(-1), 42);
    good.close();
    const flagged = frame(gzipSync(Buffer.alloc(100_000)));
    flagged[0] = 1;
    const bad = openStream(session, headers);
    bad.write(flagged);
    assert.equal((await end(bad))['grpc-status'], '12');
  });
}

test('a stream without a whole first message ends after the bound, one that had it may be silent', async (t) => {
  const { address, refused, untilRefused } = await start(t, { firstMessageMs: 300 });
  const session = await client(t, address);
  const silent = openStream(session);
  const half = openStream(session);
  half.write(frame(Buffer.from([1]), 10));
  const good = openStream(session);
  good.write(frame(Buffer.from([42])));
  await once(good, 'data');
  assert.equal((await end(silent))['grpc-status'], '4');
  assert.equal((await end(half))['grpc-status'], '4');
  await untilRefused(2);
  assert.deepEqual(refused, ['no_message', 'no_message']);
  good.write(frame(Buffer.from([43])));
  const [answer] = (await once(good, 'data')) as [Buffer];
  assert.equal(answer.at(-1), 43);
});

test('a health check without a message ends after the bound, a watch continues', async (t) => {
  const { server, address, refused } = await start(t, { firstMessageMs: 300 });
  const session = await client(t, address);
  const watch = openStream(session, { ':path': '/grpc.health.v1.Health/Watch' });
  watch.end(frame(Buffer.alloc(0)));
  await once(watch, 'data');
  const silent = openStream(session, { ':path': '/grpc.health.v1.Health/Check' });
  await end(silent);
  assert.deepEqual(refused, ['no_message']);
  server.setServing(false);
  const [answer] = (await once(watch, 'data')) as [Buffer];
  assert.equal(answer.at(-1), 2);
});

for (const authority of ['outbound|50051||lambda.default.svc.cluster.local', 'a/b', 'a b', 'a\\b', '<a>']) {
  test(`an authority ${authority}, which HTTP/2 refuses silently, is counted and logged with the remedy`, async (t) => {
    const { address, refused, lines, untilRefused } = await start(t);
    const raw = await openRawHttp2(address);
    t.after(() => raw.socket.destroy());
    const good = raw.open(ECHO);
    raw.data(good, frame(Buffer.from([42])));
    assert.equal(await raw.answer(good), 'HEADERS');
    for (let i = 0; i < 3; i++)
      assert.equal(await raw.answer(raw.open({ ...ECHO, ':authority': authority })), 'RST_STREAM 1');
    await untilRefused(3);
    assert.deepEqual(refused, ['http2', 'http2', 'http2']);
    const told = lines.filter(({ reason }) => reason === 'http2');
    assert.equal(told.length, 1);
    assert.match(told[0]?.msg ?? '', /authority: lambda-ext-proc/);
  });
}

test('a refused stream of a connection that is closed at once is counted too', async (t) => {
  const { address, refused, untilRefused } = await start(t);
  const raw = await openRawHttp2(address);
  assert.equal(await raw.answer(raw.open({ ':authority': 'a|b' })), 'RST_STREAM 1');
  raw.socket.destroy();
  await untilRefused(1);
  assert.deepEqual(refused, ['http2']);
});

test('2,000 refused streams leave the connection open and its good streams alone', async (t) => {
  const { address, refused, untilRefused } = await start(t);
  const raw = await openRawHttp2(address);
  t.after(() => raw.socket.destroy());
  const good = raw.open(ECHO);
  for (let i = 0; i < 20; i++) {
    const opened = Array.from({ length: 100 }, () => raw.open({ ...ECHO, ':authority': 'a|b' }));
    await Promise.all(opened.map((stream) => raw.answer(stream)));
  }
  raw.data(good, frame(Buffer.from([42])));
  assert.equal(await raw.answer(good), 'HEADERS');
  await untilRefused(2_000);
  assert.equal(refused.length, 2_000);
});

test('good streams are never counted as refused', async (t) => {
  const { address, refused } = await start(t);
  const session = await client(t, address);
  for (let i = 0; i < 300; i++) {
    const stream = openStream(session);
    stream.write(frame(Buffer.from([42])));
    await once(stream, 'data');
    stream.close(i % 2 === 0 ? 0 : 8);
  }
  // Two looks at the connection.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  assert.deepEqual(refused, []);
});

test('a client that speaks HTTP/1.1 is counted, and the log says what to set', async (t) => {
  const { address, refused, lines, untilRefused } = await start(t);
  await fetch(`http://${address}/`).catch(() => undefined);
  await untilRefused(1);
  assert.deepEqual(refused, ['connection http2']);
  assert.match(lines.find(({ reason }) => reason === 'http2')?.msg ?? '', /http2_protocol_options/);
});

test('a connection that its client resets in the middle of a stream was not refused', async (t) => {
  const { server, address, refused } = await start(t);
  const raw = await openRawHttp2(address);
  const stream = raw.open(ECHO);
  raw.data(stream, frame(Buffer.from([42])));
  assert.equal(await raw.answer(stream), 'HEADERS');
  raw.socket.resetAndDestroy();
  while (server.connections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(refused, []);
});

test('idle connections over the bound are closed for new ones, and health is always answered', async (t) => {
  const { address, refused } = await start(t, { maxConnections: 20 });
  const used = await client(t, address);
  const stream = openStream(used);
  stream.write(frame(Buffer.from([42])));
  await once(stream, 'data');
  const [host = '', port = ''] = address.split(':');
  const idle = Array.from({ length: 60 }, () => createConnection(Number(port), host).on('error', () => {}));
  t.after(() => idle.forEach((socket) => void socket.destroy()));
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  for (let i = 0; i < 30; i++) assert.equal(await askHealth(address), 'SERVING');
  assert.ok(refused.filter((reason) => reason === 'connection limit').length >= 40, refused.join());
  // The stream that was open is served to its end, on a connection that takes no new ones.
  stream.write(frame(Buffer.from([43])));
  const [answer] = (await once(stream, 'data')) as [Buffer];
  assert.equal(answer.at(-1), 43);
});
