import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { createLogger } from '../../../src/observability/index.ts';
import { openAdmin, parseAdminAddress, type Readiness, readinessOf } from '../../../src/server/index.ts';
import { runMain } from '../../support/command.ts';

/** A server's admin port, at every address of the machine where there is no other. */
async function adminOf(t: TestContext, readiness: Readiness, host = '0.0.0.0'): Promise<string> {
  const address = parseAdminAddress(`${host}:0`);
  assert.ok(address);
  const source = {
    readiness: () => readiness,
    metrics: async () => '',
    config: () => ({}),
    page: { paths: new Set<string>(), answer: () => Promise.reject(new Error('not asked')) },
  };
  const admin = await openAdmin(address, source, { hosts: [], details: false }, createLogger({ level: 'silent' }));
  t.after(() => admin.close());
  return `${host}:${admin.addresses[0]?.split(':').at(-1)}`;
}

const ready = readinessOf({ listeners: { status: 'ok', reason: 'bound' } });
const draining = readinessOf({ listeners: { status: 'failed', reason: 'draining' } });

test('a server that lives and is ready is healthy, by its variable too', async (t) => {
  const admin = await adminOf(t, ready);
  assert.deepEqual(await runMain(['health', '--admin', admin]), { code: 0, stdout: 'live\n', stderr: '' });
  const env = { LAMBDA_EXT_PROC_ADMIN: admin };
  assert.deepEqual(await runMain(['health', '--ready'], env), { code: 0, stdout: 'ready\n', stderr: '' });
});

test('a server that drains lives and is not ready, and the reason is reported', async (t) => {
  const admin = await adminOf(t, draining, '127.0.0.1');
  assert.equal((await runMain(['health', '--admin', admin])).code, 0);
  const { code, stderr } = await runMain(['health', '--ready', '--admin', admin]);
  assert.deepEqual([code, stderr], [1, `lambda-ext-proc: /readyz of ${admin} answers 503: listeners: draining\n`]);
});

test('a missing server, and one that never answers, are not healthy', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { readonly port: number };
  const admin = `127.0.0.1:${port}`;
  const late = await runMain(['health', '--admin', admin]);
  assert.deepEqual(
    [late.code, late.stderr],
    [1, `lambda-ext-proc: /livez of ${admin} cannot be asked: no answer within 2 s\n`],
  );
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
  const gone = await runMain(['health', '--admin', admin]);
  assert.deepEqual(
    [gone.code, gone.stderr],
    [1, `lambda-ext-proc: /livez of ${admin} cannot be asked: ECONNREFUSED\n`],
  );
});

test('an admin port that is off is not asked, and what is not an address is a usage error', async () => {
  assert.deepEqual(await runMain(['health', '--admin', 'off']), {
    code: 0,
    stdout: 'not asked: the admin port is off\n',
    stderr: '',
  });
  for (const address of ['unix:/run/admin.sock', ':9464', '127.0.0.1', '127.0.0.1:0', 'a b:1']) {
    const { code, stderr } = await runMain(['health', '--admin', address]);
    assert.deepEqual([code, stderr.includes('expected host:port or off')], [2, true], address);
  }
});
