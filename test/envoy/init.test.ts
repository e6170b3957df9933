// What `init` writes is right as it is: check and test pass, and a real Envoy calls through it.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { startBackend } from '../support/backend.ts';
import { runMain } from '../support/command.ts';
import { startEnvoy } from '../support/envoy.ts';
import { startSidecar } from '../support/sidecar.ts';

const run = (...args: readonly string[]) => runMain(args);

function directory(t: TestContext): string {
  const made = temporaryDirectory('init-');
  t.after(() => made.remove());
  return made.path;
}

const FILES = [
  'envoy.yaml',
  'policies.test.yaml',
  'policies.yaml',
  'schema',
  'schema/policies.schema.json',
  'schema/policy-tests.schema.json',
];

const written = (where: string): string[] => readdirSync(where, { recursive: true, encoding: 'utf8' }).sort();

test('init writes files that check and test pass, into a directory that it makes', async (t) => {
  const where = join(directory(t), 'a/b');
  const made = await run('init', where);
  assert.deepEqual([made.code, made.stderr], [0, '']);
  assert.deepEqual(written(where), FILES);
  for (const file of FILES) if (file !== 'schema') assert.ok(made.stdout.includes(`wrote ${where}/${file}\n`), file);
  const at = (name: string): string => join(where, name);
  const checked = await run('check', at('policies.yaml'), '--envoy', at('envoy.yaml'), '--strict');
  assert.equal(checked.code, 0, checked.stdout);
  const tested = await run('test', at('policies.test.yaml'));
  assert.equal(tested.code, 0, tested.stdout);
  assert.match(tested.stdout, /3 of 3 tests passed/);
  assert.match(tested.stdout, /100 %/);
  assert.ok(made.stdout.includes(`\n  lambda-ext-proc test ${at('policies.test.yaml')}\n`), made.stdout);
  const byNpx = await runMain(['init', `${where}/c`], { npm_command: 'exec' });
  assert.ok(byNpx.stdout.includes(`\n  npx lambda-ext-proc serve --config ${at('c/policies.yaml')}\n`), byNpx.stdout);
});

test('the files name the schemas beside them', async (t) => {
  const where = directory(t);
  await run('init', where);
  for (const name of ['policies.yaml', 'policies.test.yaml']) {
    const text = readFileSync(join(where, name), 'utf8');
    const schema = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1] ?? '';
    assert.ok(JSON.parse(readFileSync(join(where, schema), 'utf8')).$id);
  }
});

test('init overwrites nothing, and then writes nothing', async (t) => {
  const where = directory(t);
  writeFileSync(join(where, 'envoy.yaml'), 'mine');
  const refused = await run('init', where);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /envoy\.yaml exists already, and nothing was written: choose another directory\n$/);
  assert.deepEqual(written(where), ['envoy.yaml']);
  assert.equal(readFileSync(join(where, 'envoy.yaml'), 'utf8'), 'mine');
  const linked = join(where, 'linked');
  mkdirSync(linked);
  symlinkSync(join(where, 'nowhere'), join(linked, 'policies.yaml'));
  assert.match((await run('init', linked)).stderr, /policies\.yaml exists already/);
  assert.match((await run('init', join(where, 'envoy.yaml'))).stderr, /a part of the path is a file/);
  assert.equal((await run('init')).code, 2);
  assert.match((await run('init', '/proc/here')).stderr, /\/proc\/here\/policies\.yaml cannot be written: /);
});

/** A Lambda that knows `hello`. */
async function startLambda(t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { name } = JSON.parse(Buffer.concat(chunks).toString());
      response.end(JSON.stringify({ greeting: `Hello ${name}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a real envoy calls through what init writes', async (t) => {
  const where = directory(t);
  await run('init', where);
  const lambda = await startLambda(t);
  const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_ENDPOINT_URL_LAMBDA: lambda };
  const sidecar = await startSidecar({
    test: t,
    config: readFileSync(join(where, 'policies.yaml'), 'utf8'),
    listen: ['127.0.0.1:0'],
    env: { ...process.env, ...keys },
  });
  const backend = await startBackend();
  t.after(() => backend.stop());
  const port = (address: string): number => Number(address.replace(/.*:/, ''));
  const document = parse(readFileSync(join(where, 'envoy.yaml'), 'utf8'));
  const { listeners, clusters } = document.static_resources;
  listeners[0].address.socket_address.port_value = 0;
  for (const { name, load_assignment: assignment } of clusters) {
    const { socket_address: socket } = assignment.endpoints[0].lb_endpoints[0].endpoint.address;
    socket.port_value = port(name === 'backend' ? backend.address : sidecar.address);
  }
  const envoy = await startEnvoy({
    test: t,
    config: { ...document, admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } } },
  });
  const answer = await fetch(`${envoy.url}/hello?name=ada`, { headers: { 'x-greeting': 'mine' } });
  assert.equal(answer.status, 200);
  assert.equal(backend.calls, 1);
  assert.equal(backend.last?.header('x-greeting'), 'Hello ada');
});
