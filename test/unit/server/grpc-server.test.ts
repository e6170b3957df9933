import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createNetServer, type Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createLogger } from '../../../src/observability/index.ts';
import { createServer, parseListenAddress, type RunningServer, type ServerOptions } from '../../../src/server/index.ts';
import { askHealth } from '../../support/health-client.ts';

const logger = createLogger({ level: 'silent' });

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'lep-'));
  t.after(() => {
    chmodSync(path, 0o700);
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

async function start(t: TestContext, addresses: readonly string[], more: Partial<ServerOptions> = {}) {
  const server = await createServer({
    services: [],
    listeners: addresses.map((address) => parseListenAddress(address)),
    maxBodyBytes: 1024,
    maxConcurrentStreams: 100,
    logger,
    ...more,
  });
  t.after(() => server.close());
  return server;
}

/** A socket file whose process was killed: nothing unlinks it. */
async function crashedSocket(path: string): Promise<void> {
  const child = spawn(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`,
  ]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(statSync(path).isSocket());
}

function otherListener(t: TestContext, address: string | { port: number; host: string }): Promise<NetServer> {
  return new Promise((resolve) => {
    const server = createNetServer((socket) => socket.destroy());
    t.after(() => server.close());
    server.listen(address, () => resolve(server));
  });
}

const serving = async (server: RunningServer): Promise<string> => {
  server.setServing(true);
  return await askHealth(server.addresses[0] ?? '');
};

test('several sockets and ports are served at once, sockets with mode 0660', async (t) => {
  const dir = directory(t);
  const server = await start(t, [`unix:${dir}/a.sock`, '127.0.0.1:0', `unix:${dir}/b.sock`]);
  server.setServing(true);
  assert.match(server.addresses[1] ?? '', /^127\.0\.0\.1:[1-9]\d+$/);
  for (const address of server.addresses) assert.equal(await askHealth(address), 'SERVING', address);
  assert.equal(statSync(`${dir}/a.sock`).mode & 0o777, 0o660);
  assert.deepEqual(readdirSync(dir).sort(), ['a.sock', 'b.sock']);
});

test('health is NOT_SERVING until it is set, by the name of the service and without one', async (t) => {
  const server = await start(t, ['127.0.0.1:0']);
  const address = server.addresses[0] ?? '';
  assert.equal(await askHealth(address), 'NOT_SERVING');
  server.setServing(true);
  assert.equal(await askHealth(address, 'envoy.service.ext_proc.v3.ExternalProcessor'), 'SERVING');
  assert.equal(await askHealth(address, 'another.Service'), 'NOT_FOUND');
});

test('a socket file left by a crash is taken over', async (t) => {
  const path = join(directory(t), 'a.sock');
  await crashedSocket(path);
  assert.equal(await serving(await start(t, [`unix:${path}`])), 'SERVING');
});

test('a socket that another process listens on is an error, and stays that process’s', async (t) => {
  const path = join(directory(t), 'a.sock');
  const other = await otherListener(t, path);
  await assert.rejects(start(t, [`unix:${path}`]), {
    name: 'ListenError',
    message: `cannot listen on unix:${path}: the address is in use: another process listens on this socket`,
  });
  assert.ok(statSync(path).isSocket());
  assert.ok(other.listening);
});

test('with takeover a socket is taken over from a running server, which does not remove it when it ends', async (t) => {
  const path = join(directory(t), 'a.sock');
  const old = await start(t, [`unix:${path}`]);
  const successor = await start(t, [`unix:${path}`], { takeover: 'now' });
  successor.setServing(true);
  assert.equal(await askHealth(`unix:${path}`), 'SERVING');
  await old.close();
  assert.equal(await askHealth(`unix:${path}`), 'SERVING');
  await successor.close();
  assert.deepEqual(readdirSync(join(path, '..')), []);
});

test('of servers that start at once on the socket of a crashed one, one wins and the others say that it is in use', async (t) => {
  const path = join(directory(t), 'a.sock');
  await crashedSocket(path);
  const results = await Promise.allSettled([0, 1, 2, 3].map(() => start(t, [`unix:${path}`])));
  const winners = results.filter((result) => result.status === 'fulfilled');
  assert.equal(winners.length, 1);
  const loser = results.find((result) => result.status === 'rejected');
  assert.match(String(loser?.reason), /the address is in use/);
});

test('a file that is not a socket is left as it is', async (t) => {
  const path = join(directory(t), 'precious');
  writeFileSync(path, 'data');
  await assert.rejects(start(t, [`unix:${path}`]), /precious: the file exists and is not a socket; it was not changed/);
  assert.equal(statSync(path).size, 4);
});

test('a directory that is missing or may not be written is named', async (t) => {
  const dir = directory(t);
  await assert.rejects(start(t, [`unix:${dir}/no/a.sock`]), /no\/a\.sock: its directory does not exist/);
  mkdirSync(join(dir, 'locked'), { mode: 0o500 });
  if (process.getuid?.() === 0) return;
  await assert.rejects(start(t, [`unix:${dir}/locked/a.sock`]), /no permission/);
});

test('a directory so deep that no socket fits in it is refused before anything is bound', async (t) => {
  const dir = join(directory(t), 'd'.repeat(60));
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'x'.repeat(60));
  await assert.rejects(async () => start(t, [`unix:${path}`]), /too long for a Unix socket/);
});

test('a port in use is an error that names it, and the listeners before it are closed again', async (t) => {
  const dir = directory(t);
  const other = await otherListener(t, { host: '127.0.0.1', port: 0 });
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await assert.rejects(
    start(t, [`unix:${dir}/a.sock`, `127.0.0.1:${port}`]),
    new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: the address is in use`),
  );
  assert.deepEqual(readdirSync(dir), []);
});

test('an address of another machine and a host without an address are errors of one line', async (t) => {
  await assert.rejects(
    start(t, ['192.0.2.1:0'], { insecurePlaintext: true }),
    /192\.0\.2\.1 is not an address of this machine/,
  );
  await assert.rejects(start(t, ['no.such.host.invalid:0']), /cannot be resolved/);
});

test('a client that does not speak HTTP/2 does not affect others', async (t) => {
  const server = await start(t, ['127.0.0.1:0']);
  server.setServing(true);
  const address = server.addresses[0] ?? '';
  const response = await fetch(`http://${address}/`).catch((error: unknown) => error);
  assert.ok(response !== undefined);
  assert.equal(await askHealth(address), 'SERVING');
});
