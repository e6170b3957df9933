import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createLogger } from '../../../src/observability/index.ts';
import {
  type AdminAccess,
  type AdminSource,
  openAdmin,
  parseAdminAddress,
  readinessOf,
} from '../../../src/server/index.ts';

const logger = createLogger({ level: 'silent' });

const closed: AdminAccess = { hosts: [], details: false };

async function start(t: TestContext, source: Partial<AdminSource> = {}, access = closed, listen = '127.0.0.1:0') {
  const parsed = parseAdminAddress(listen);
  assert.ok(parsed !== undefined);
  const admin = await openAdmin(
    parsed,
    {
      readiness: () => readinessOf({ listeners: { status: 'ok', reason: 'all bound' } }),
      metrics: async () => 'up 1\n',
      config: () => ({ apis: ['orders'] }),
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
  test(`${what} are cut off and hurt nobody`, async (t) => {
    const admin = await start(t);
    const socket = createConnection(Number(admin.address.split(':')[1]), '127.0.0.1');
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.write(bytes);
    await once(socket, 'close');
    assert.equal((await fetch(`${admin.url}/livez`)).status, 200);
  });
}

test('more connections than the bound are refused, those open go on', async (t) => {
  const admin = await start(t);
  const port = Number(admin.address.split(':')[1]);
  const sockets = Array.from({ length: 150 }, () => createConnection(port, '127.0.0.1').on('error', () => {}));
  t.after(() => sockets.forEach((socket) => void socket.destroy()));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const open = sockets.filter((socket) => !socket.destroyed && !socket.readableEnded && socket.readyState === 'open');
  assert.ok(open.length <= 100, `${open.length} open`);
  const last = open.at(0);
  assert.ok(last !== undefined);
  last.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
  const [answer] = (await once(last, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 200/);
});

test('an admin port in use is an error that names it and the way without', async (t) => {
  const { address } = await start(t);
  const taken = parseAdminAddress(address);
  assert.ok(taken !== undefined);
  const source = { readiness: () => readinessOf({}), metrics: async () => '', config: () => ({}) };
  await assert.rejects(
    openAdmin(taken, source, closed, logger),
    new RegExp(`cannot listen on ${address} \\(admin port\\): the address is in use by another process; --admin off`),
  );
});

test('the admin address is host:port or off', () => {
  assert.equal(parseAdminAddress('off'), undefined);
  assert.throws(() => parseAdminAddress('unix:/x'), /the admin port is host:port or off/);
  assert.throws(() => parseAdminAddress('on'), /expected/);
});
