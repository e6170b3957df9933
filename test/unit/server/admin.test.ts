import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { type TestContext, test } from 'node:test';
import { createLogger, describeError } from '../../../src/observability/index.ts';
import {
  type AdminAccess,
  type AdminSource,
  openAdmin,
  parseAdminAddress,
  readinessOf,
} from '../../../src/server/index.ts';

const logger = createLogger({ level: 'silent' });

const closed: AdminAccess = { hosts: [], details: false };

const page: AdminSource['page'] = {
  paths: new Set(['/', '/admin/page.js']),
  answer: async (path, query) => ({
    status: 200,
    type: 'text/html; charset=utf-8',
    body: `<p>page ${path} ${query.get('q')}</p>`,
    headers: { 'content-security-policy': "default-src 'none'" },
  }),
};

async function start(t: TestContext, source: Partial<AdminSource> = {}, access = closed, listen = '127.0.0.1:0') {
  const parsed = parseAdminAddress(listen);
  assert.ok(parsed !== undefined);
  const admin = await openAdmin(
    parsed,
    {
      readiness: () => readinessOf({ listeners: { status: 'ok', reason: 'all bound' } }),
      metrics: async () => 'up 1\n',
      config: () => ({ apis: ['orders'] }),
      page,
      ...source,
    },
    access,
    logger,
  );
  t.after(() => admin.close());
  const address = admin.addresses[0] ?? '';
  return { address, port: Number(address.split(':').at(-1)), url: `http://${address}` };
}

test('each path answers with its type', async (t) => {
  const { url } = await start(t);
  const live = await fetch(`${url}/livez`);
  assert.equal(live.status, 200);
  const metrics = await fetch(`${url}/metrics?x=1`);
  assert.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(await metrics.text(), 'up 1\n');
  assert.deepEqual(await (await fetch(`${url}/config`)).json(), { apis: ['orders'] });
  const shown = await fetch(`${url}/?q=a%3F?`);
  assert.equal(await shown.text(), '<p>page / a??</p>');
  assert.equal(shown.headers.get('content-security-policy'), "default-src 'none'");
  assert.equal(shown.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(shown.headers.get('cache-control'), 'no-store');
  assert.equal((await fetch(`${url}/other`)).status, 404);
});

test('readyz is 503 when a check failed, and 200 with its reason when one is only degraded', async (t) => {
  let checks = { policies: { status: 'degraded' as 'degraded' | 'failed', reason: 'policies.yaml:3:1 …' } };
  const { url } = await start(t, { readiness: () => readinessOf(checks) });
  const degraded = await fetch(`${url}/readyz`);
  assert.equal(degraded.status, 200);
  assert.deepEqual(await degraded.json(), { ready: true, checks });
  checks = { policies: { status: 'failed', reason: 'none' } };
  assert.equal((await fetch(`${url}/readyz`)).status, 503);
});

test('a source that throws is a 500, and the port lives on', async (t) => {
  const { url } = await start(t, { metrics: () => Promise.reject(new Error('worker gone')) });
  const answer = await fetch(`${url}/metrics`);
  assert.equal(answer.status, 500);
  assert.match(await answer.text(), /worker gone/);
  assert.equal((await fetch(`${url}/livez`)).status, 200);
});

test('HEAD has no body, and other methods are refused', async (t) => {
  const { url } = await start(t);
  const head = await fetch(`${url}/livez`, { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), '');
  const post = await fetch(`${url}/config`, { method: 'POST', body: 'x'.repeat(100_000) });
  assert.equal(post.status, 405);
});

test('scrapes that come at once share one answer', async (t) => {
  let scrapes = 0;
  const { url } = await start(t, {
    async metrics() {
      scrapes++;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return 'up 1\n';
    },
  });
  await Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${url}/metrics`)).text()));
  assert.ok(scrapes <= 2, `${scrapes} scrapes`);
});

for (const [what, bytes] of [
  ['headers over 8 KiB', `GET /livez HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`],
  ['what is no HTTP', '\x00\x01\x02 garbage\r\n\r\n'],
  ['a smuggled length', 'GET /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n'],
] as const) {
  test(`${what} are cut off and do not affect others`, async (t) => {
    const admin = await start(t);
    const socket = createConnection(Number(admin.address.split(':')[1]), '127.0.0.1');
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.write(bytes);
    await once(socket, 'close');
    assert.equal((await fetch(`${admin.url}/livez`)).status, 200);
  });
}

/** The status of a request that is written byte by byte; undefined where the connection ends without one. */
async function ask(port: number, request: string, address = '127.0.0.1'): Promise<number | undefined> {
  const socket = createConnection(port, address);
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
  });
  socket.end(request);
  await once(socket, 'close');
  return text === '' ? undefined : Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
}

const get = (path: string, host: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n${more}connection: close\r\n\r\n`;

/** 120 connections of one kind, more than the port holds. */
async function crowd(t: TestContext, port: number, address: string, use: (socket: Socket) => unknown): Promise<void> {
  for (let i = 0; i < 120; i++) {
    const socket = createConnection({ port, host: '127.0.0.1', localAddress: address }).on('error', () => {});
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    await use(socket);
  }
}

function keepAlive(socket: Socket): Promise<unknown> {
  socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
  return once(socket, 'data');
}

for (const [what, use] of [
  ['idle', () => {}],
  ['kept alive', keepAlive],
  ['half a request', (socket: Socket) => socket.write('GET /livez HTTP/1.1\r\nhost:')],
  ['never read', (socket: Socket) => socket.pause().write(get('/metrics', 'localhost'))],
] as const) {
  test(`120 connections that are ${what} do not take /livez away`, async (t) => {
    const { port } = await start(t, { metrics: async () => 'x'.repeat(8_000_000) });
    await crowd(t, port, '127.0.0.1', use);
    for (let i = 0; i < 30; i++) assert.equal(await ask(port, get('/livez', 'localhost')), 200);
  });
}

test('a request that never becomes whole, and an answer that is never read, end within their time', async (t) => {
  const { port } = await start(t, { metrics: async () => 'x'.repeat(8_000_000) });
  const started = performance.now();
  const slow = createConnection(port, '127.0.0.1').on('error', () => {});
  const dripping = setInterval(() => slow.write('x'), 500);
  t.after(() => clearInterval(dripping));
  slow.resume().write('GET /livez HTTP/1.1\r\nx: ');
  const deaf = createConnection(port, '127.0.0.1').on('error', () => {});
  deaf.write(get('/metrics', 'localhost'));
  await once(slow, 'close');
  assert.ok(performance.now() - started < 9_000);
  // It reads a little now and then, so that it never looks idle.
  let read = 0;
  const sipping = setInterval(() => {
    read += (deaf.read(1_000) as Buffer | null)?.length ?? 0;
  }, 200);
  t.after(() => clearInterval(sipping));
  await new Promise((resolve) => setTimeout(resolve, 11_000 - (performance.now() - started)));
  clearInterval(sipping);
  deaf.on('data', (bytes: Buffer) => {
    read += bytes.length;
  });
  if (!deaf.closed) await once(deaf, 'close');
  assert.ok(read < 8_000_000, 'the whole answer came');
});

for (const [host, expected] of [
  ['127.0.0.1:9464', 200],
  ['10.1.2.3', 200],
  ['[::1]:9464', 200],
  ['[fe80::1%25eth0]', 200],
  ['localhost', 200],
  ['LOCALHOST:9464', 200],
  ['localhost.', 200],
  [hostname(), 200],
  ['metrics.local', 200],
  ['Metrics.Local.:80', 200],
  ['attacker.example', 421],
  ['localhost.attacker.example', 421],
  ['127.0.0.1.attacker.example', 421],
  ['metrics.local.attacker.example', 421],
  ['attacker.example:127', 421],
  ['[attacker.example]', 421],
  ['localhost@attacker.example', 421],
  ['0x7f000001', 421],
  ['', 421],
] as const) {
  test(`the host ${JSON.stringify(host)} gets ${expected}, and /livez`, async (t) => {
    const { port } = await start(t, {}, { hosts: ['metrics.local'], details: false });
    for (const path of ['/', '/admin/page.js', '/readyz', '/metrics', '/config', '/nothing']) {
      const found = expected === 200 && path === '/nothing' ? 404 : expected;
      assert.equal(await ask(port, get(path, host)), found, path);
    }
    assert.equal(await ask(port, get('/livez', host)), 200);
  });
}

test('no host and two hosts are not known ones', async (t) => {
  const { port } = await start(t);
  assert.equal(await ask(port, 'GET /config HTTP/1.0\r\n\r\n'), 421);
  assert.notEqual(await ask(port, get('/config', 'localhost', 'host: attacker.example\r\n')), 200);
  assert.notEqual(await ask(port, get('http://attacker.example/config', 'localhost')), 200);
});

for (const [what, client, more, details, expected] of [
  ['this machine', '127.0.0.1', '', false, true],
  ['where Istio lets others come from', '127.0.0.6', '', false, false],
  ['a proxy on this machine', '127.0.0.1', 'x-forwarded-for: 10.0.0.1\r\n', false, false],
  ['an Envoy that adds no address', '127.0.0.1', 'x-envoy-expected-rq-timeout-ms: 15000\r\n', false, false],
  ['anywhere, with --admin-details', '127.0.0.6', '', true, true],
] as const) {
  test(`a request from ${what} ${expected ? 'is' : 'is not'} told the configuration and the reasons`, async (t) => {
    const { port } = await start(
      t,
      { readiness: () => readinessOf({ credentials: { status: 'degraded', reason: 'arn:aws:secret' } }) },
      { hosts: [], details },
    );
    const answer = async (path: string): Promise<string> => {
      const socket = createConnection({ port, host: '127.0.0.1', localAddress: client });
      socket.end(get(path, '127.0.0.1', more));
      return Buffer.concat(await socket.toArray()).toString();
    };
    for (const path of ['/', '/?q=1', '/admin/page.js']) {
      assert.match(await answer(path), expected ? /^HTTP\/1\.1 200.*<p>page/s : /^HTTP\/1\.1 403.*--admin-details/s);
    }
    assert.match(await answer('/config'), expected ? /^HTTP\/1\.1 200.*orders/s : /^HTTP\/1\.1 403.*--admin-details/s);
    const readyz = await answer('/readyz');
    assert.match(readyz, /^HTTP\/1\.1 200.*"credentials": \{.*"degraded"/s);
    assert.equal(readyz.includes('arn:aws:secret'), expected);
    assert.match(await answer('/metrics'), /up 1/);
  });
}

test('a thousand pages asked for at once are made one by one, and others are answered between them', async (t) => {
  let made = 0;
  let inTurn = 0;
  let most = 0;
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const answer: AdminSource['page']['answer'] = async () => {
    if (inTurn++ === 0) {
      setImmediate(() => {
        inTurn = 0;
      });
    }
    most = Math.max(most, inTurn);
    if (++made === 200) resolve();
    return { status: 200, type: 'text/html', body: 'page', headers: {} };
  };
  const { port } = await start(t, { page: { ...page, answer } });
  const socket = createConnection({ port, host: '127.0.0.1' }).on('error', () => {});
  socket.resume().write(get('/', '127.0.0.1').replace('connection: close\r\n', '').repeat(1_000));
  await enough;
  assert.ok(most <= 2, `${most} at once`);
  // Nobody waits any more for those that are left.
  socket.destroy();
  assert.equal(await ask(port, get('/livez', '127.0.0.1')), 200);
});

for (const [what, headers, expected] of [
  ['no browser', '', 200],
  ['the page itself', 'origin: http://127.0.0.1:9464\r\nsec-fetch-site: same-origin\r\n', 200],
  ['who types the address', 'sec-fetch-site: none\r\nsec-fetch-mode: navigate\r\n', 200],
  ['a link elsewhere', 'sec-fetch-site: cross-site\r\nsec-fetch-mode: navigate\r\nsec-fetch-dest: document\r\n', 200],
  ['another origin', 'origin: http://attacker.example\r\n', 403],
  ['another port of this machine', 'origin: http://127.0.0.1:8080\r\nsec-fetch-site: same-site\r\n', 403],
  ['an origin that is hidden', 'origin: null\r\n', 403],
  ['a script of another origin', 'sec-fetch-site: cross-site\r\nsec-fetch-mode: no-cors\r\n', 403],
  ['a frame', 'sec-fetch-site: cross-site\r\nsec-fetch-mode: navigate\r\nsec-fetch-dest: iframe\r\n', 403],
] as const) {
  test(`details that ${what} asks for are a ${expected}`, async (t) => {
    const { port } = await start(t);
    for (const path of ['/', '/admin/page.js', '/config']) {
      assert.equal(await ask(port, get(path, '127.0.0.1:9464', headers)), expected, path);
    }
    assert.equal(await ask(port, get('/metrics', '127.0.0.1:9464', headers)), 200);
  });
}

test('the admin port is bound at each address of a name', async (t) => {
  const { url } = await start(t, {}, closed, 'localhost:0');
  assert.match(url, /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/);
  assert.equal((await fetch(`${url}/livez`)).status, 200);
});

test('an admin port in use is an error that names it and the way without', async (t) => {
  const { address } = await start(t);
  const taken = parseAdminAddress(address);
  assert.ok(taken !== undefined);
  const source = { readiness: () => readinessOf({}), metrics: async () => '', config: () => ({}), page };
  await assert.rejects(openAdmin(taken, source, closed, logger), (error: Error) => {
    const told = `cannot listen on ${address} (admin port): the address is in use by another process; --admin off runs without it`;
    assert.equal(error.message, told);
    assert.match(describeError(error), /^(?!.*another process.*another process).*EADDRINUSE/);
    return true;
  });
});

test('the admin address is host:port or off', () => {
  assert.equal(parseAdminAddress('off'), undefined);
  assert.throws(() => parseAdminAddress('unix:/x'), /--admin unix:\/x is not an address: expected host:port or off/);
  assert.throws(() => parseAdminAddress('on'), /expected/);
});
