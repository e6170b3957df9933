// Which addresses are bound, and which of them may be.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer as createNetServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isLoopback } from '../../../src/loopback.ts';
import { createLogger } from '../../../src/observability/index.ts';
import { bindHosts, type TcpAddress } from '../../../src/server/bind.ts';
import { createServer, parseListenAddress, type ServerOptions } from '../../../src/server/index.ts';
import { listenOnSocket } from '../../../src/server/unix-socket.ts';
import { askHealth } from '../../support/health-client.ts';

async function start(t: TestContext, listen: string, more: Partial<ServerOptions> = {}) {
  const server = await createServer({
    services: [],
    listeners: [parseListenAddress(listen)],
    maxBodyBytes: 1024,
    maxConcurrentStreams: 100,
    logger: createLogger({ level: 'silent' }),
    ...more,
  });
  t.after(() => server.close());
  server.setServing(true);
  return server;
}

const tcp = (text: string): TcpAddress => {
  const address = parseListenAddress(text);
  assert.ok(address.kind === 'tcp');
  return address;
};

for (const [address, expected] of [
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['0:0:0:0:0:0:0:1', true],
  ['::1%lo', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:7f00:1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['::ffff:0.0.0.0', false],
  ['::ffff:10.0.0.1', false],
  ['10.0.0.1', false],
  ['128.0.0.1', false],
  ['fe80::1%lo', false],
  ['::127.0.0.1', false],
  ['localhost', false],
  ['', false],
] as const) {
  test(`${JSON.stringify(address)} ${expected ? 'is' : 'is not'} loopback`, () => {
    assert.equal(isLoopback(address), expected);
  });
}

for (const listen of ['0.0.0.0:0', '[::]:0', '[::ffff:0.0.0.0]:0', '0:0', '0x0:0', '192.0.2.1:0']) {
  test(`${listen} is not bound without a client CA, and the error names the ways out`, async (t) => {
    await assert.rejects(
      start(t, listen),
      /can be reached from other machines.*--tls-client-ca.*unix:.*127\.0\.0\.1.*--insecure-plaintext/,
    );
  });
}

for (const listen of ['127.0.0.1:0', '[::1]:0', '[::ffff:127.0.0.1]:0', 'localhost:0', '127.1:0', '2130706433:0']) {
  test(`${listen} is bound`, async (t) => {
    const { addresses, exposed } = await start(t, listen);
    assert.ok(addresses.length > 0);
    for (const address of addresses) assert.match(address, /^(127\.0\.0\.1|\[::1\]|\[::ffff:127\.0\.0\.1\]):[1-9]\d*$/);
    assert.deepEqual(exposed, []);
    assert.equal(await askHealth(addresses[0] ?? ''), 'SERVING');
  });
}

test('with --insecure-plaintext it is bound, and known to be exposed', async (t) => {
  const { addresses, exposed } = await start(t, '0.0.0.0:0', { insecurePlaintext: true });
  assert.match(addresses[0] ?? '', /^0\.0\.0\.0:\d+$/);
  assert.deepEqual(exposed, addresses);
});

test('every address of a name is bound on one port, which port 0 chooses', async (t) => {
  const create = (): Server => createNetServer((socket) => socket.end('hello'));
  const { servers, addresses } = await bindHosts(tcp('name:0'), ['127.0.0.1', '::1', '127.0.0.2'], create);
  t.after(() => servers.forEach((server) => void server.close()));
  const port = addresses[0]?.split(':').at(-1);
  assert.deepEqual(addresses, [`127.0.0.1:${port}`, `[::1]:${port}`, `127.0.0.2:${port}`]);
});

test('an address that this machine does not have is left out while another is bound', async (t) => {
  const { servers, addresses } = await bindHosts(tcp('name:0'), ['2001:db8::1', '127.0.0.1'], () => createNetServer());
  t.after(() => servers.forEach((server) => void server.close()));
  assert.equal(addresses.length, 1);
  await assert.rejects(
    bindHosts(tcp('name:0'), ['2001:db8::1'], () => createNetServer()),
    /cannot listen on name:0: 2001:db8::1 is not an address of this machine/,
  );
});

test('a port that is taken at one address of a name is an error, and the other is free again', async (t) => {
  const other = createNetServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.2', resolve));
  t.after(() => other.close());
  const bound = other.address();
  const port = typeof bound === 'object' ? bound?.port : 0;
  const create = (): Server => createNetServer();
  await assert.rejects(
    bindHosts(tcp(`name:${port}`), ['127.0.0.1', '127.0.0.2'], create),
    /is in use by another process/,
  );
  const again = await bindHosts(tcp(`name:${port}`), ['127.0.0.1'], create);
  for (const server of again.servers) server.close();
});

test('a Unix socket has mode 0660 when its file appears, whatever the umask is', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'lep-'));
  const before = process.umask(0);
  t.after(() => {
    process.umask(before);
    rmSync(directory, { recursive: true, force: true });
  });
  const server = createNetServer();
  const modes: string[] = [];
  const listen = server.listen.bind(server) as (...args: unknown[]) => Server;
  // `listen` binds before it returns: nobody can see the file earlier.
  server.listen = ((...args: unknown[]) => {
    const result = listen(...args);
    for (const name of readdirSync(directory)) modes.push((statSync(join(directory, name)).mode & 0o777).toString(8));
    return result;
  }) as Server['listen'];
  const path = join(directory, 's');
  await listenOnSocket(server, { text: `unix:${path}`, path }, false);
  t.after(() => server.close());
  assert.deepEqual(modes, ['660']);
  assert.equal((statSync(path).mode & 0o777).toString(8), '660');
  assert.equal(process.umask(), 0);
});
