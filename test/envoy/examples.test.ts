// Every example in envoy/ is one that Envoy accepts, that `check` has nothing to say about, and that works.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { envoyBinary } from '../../scripts/support/tools.ts';
import { startBackend } from '../support/backend.ts';
import { createCertificate } from '../support/certificate.ts';
import { startEnvoy } from '../support/envoy.ts';
import { startSidecar } from '../support/sidecar.ts';

const root = join(import.meta.dirname, '../..');
const examples = join(root, 'envoy');

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'examples-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The example with its certificates in a directory where they are: Envoy reads them while it validates. */
function withCertificates(text: string, directory: string): string {
  const tls = join(directory, 'tls');
  mkdirSync(tls);
  const ca = createCertificate({ commonName: 'ca', authority: true });
  const envoy = createCertificate({ commonName: 'envoy', issuer: ca });
  const server = createCertificate({ commonName: 'server', names: ['lambda-ext-proc.internal'], issuer: ca });
  writeFileSync(join(tls, 'ca.crt'), ca.cert);
  writeFileSync(join(tls, 'envoy.crt'), envoy.cert);
  writeFileSync(join(tls, 'envoy.key'), envoy.key);
  writeFileSync(join(tls, 'server.crt'), server.cert);
  writeFileSync(join(tls, 'server.key'), server.key);
  return text.replaceAll('/etc/envoy/tls', tls);
}

for (const name of readdirSync(examples).filter((file) => file.endsWith('.yaml'))) {
  test(`envoy accepts the example ${name}`, (t) => {
    const directory = temporaryDirectory(t);
    const file = join(directory, name);
    writeFileSync(file, withCertificates(readFileSync(join(examples, name), 'utf8'), directory));
    const args = ['--mode', 'validate', '-c', file, '--disable-hot-restart'];
    const run = spawnSync(envoyBinary(), args, { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    // Deprecated or unknown fields are warnings only.
    assert.doesNotMatch(run.stderr, /\[(warning|error|critical)\]/);
  });

  test(`check has nothing to say about the example ${name}`, () => {
    const args = ['src/main.ts', 'check', '--config', 'demo/policies.yaml', '--envoy', `envoy/${name}`];
    const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    // The demo has APIs that an example has no route for.
    const told = run.stdout
      .split('\n')
      .filter((line) => !line.includes('no route of the Envoy configuration reaches it'));
    // A note of what streams may take, and the sum.
    assert.equal(told.filter((line) => line !== '').length, 2, run.stdout);
    assert.match(run.stdout, /: note: streamed answers can make Envoy buffer .* = 838860800 bytes \(0\.8 GB\)/);
    assert.match(run.stdout, /: 0 errors, /);
  });
}

/** An API whose function cannot be reached: an answer that only the sidecar can give, without any AWS. */
const policies = `
version: 1
apis:
  orders:
    request:
      - configuration: {function: f, endpoint: "http://127.0.0.1:9", accessKey: a, secretKey: s}
`;

/** Starts an Envoy with an example, and asks it for what the sidecar and what only the backend answers. */
async function requestOrders(t: TestContext, example: string) {
  const backend = await startBackend();
  t.after(() => backend.stop());
  const port = backend.address.replace(/.*:/, '');
  const text = example.replace('port_value: 10000', 'port_value: 0').replace('port_value: 8080', `port_value: ${port}`);
  const admin = 'admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}';
  const envoy = await startEnvoy({ test: t, config: `${admin}\n${text}` });
  assert.equal((await fetch(`${envoy.url}/plain`)).status, 200);
  for (let turn = 0; turn < 4; turn++) {
    const answer = await fetch(`${envoy.url}/orders`);
    assert.equal(answer.status, 500);
    assert.match(await answer.text(), /An error occurs while invoking lambda function/);
  }
  assert.equal(backend.calls, 1);
  return envoy;
}

test('the example of unix sockets reaches both workers', async (t) => {
  const directory = temporaryDirectory(t);
  const listen = [`unix:${directory}/{worker}.sock`];
  await startSidecar({ test: t, config: policies, workers: 2, listen });
  const example = readFileSync(join(examples, 'unix-socket.yaml'), 'utf8');
  const envoy = await requestOrders(t, example.replaceAll('/run/lambda-ext-proc', directory));
  assert.equal(await envoy.stat('cluster.lambda-ext-proc.membership_healthy'), 2);
});

test('the example of mutual tls reaches a sidecar that wants certificates', async (t) => {
  const directory = temporaryDirectory(t);
  const example = withCertificates(readFileSync(join(examples, 'mutual-tls.yaml'), 'utf8'), directory);
  const tls = join(directory, 'tls');
  const args = [
    '--tls-cert',
    `${tls}/server.crt`,
    '--tls-key',
    `${tls}/server.key`,
    '--tls-client-ca',
    `${tls}/ca.crt`,
  ];
  const sidecar = await startSidecar({ test: t, config: policies, listen: ['127.0.0.1:0'], args });
  const port = sidecar.address.replace(/.*:/, '');
  // No name server knows the example's name; the certificate is still checked against it.
  const there = 'address: lambda-ext-proc.internal, port_value: 50051';
  assert.ok(example.includes(there));
  const envoy = await requestOrders(t, example.replace(there, `address: 127.0.0.1, port_value: ${port}`));
  assert.ok((await envoy.stat('cluster.lambda-ext-proc.ssl.handshake')) > 0);
});

test('the example lets nothing on whose policies envoy passes by', async (t) => {
  const reading = policies.replace('function: f,', `function: f, payload: "{#request.content}",`);
  // Who writes this is wrong, and the server cannot know.
  const wrong = `${reading}envoy: {allowModeOverride: true}\n`;
  const sidecar = await startSidecar({ test: t, config: wrong });
  const backend = await startBackend();
  t.after(() => backend.stop());
  const text = readFileSync(join(examples, 'unix-socket.yaml'), 'utf8')
    .replace('allow_mode_override: true', 'allow_mode_override: false')
    .replace('port_value: 10000', 'port_value: 0')
    .replace('port_value: 8080', `port_value: ${backend.address.replace(/.*:/, '')}`)
    .replaceAll(/\/run\/lambda-ext-proc\/\d\.sock/g, sidecar.address.slice('unix:'.length));
  const admin = 'admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}';
  const envoy = await startEnvoy({ test: t, config: `${admin}\n${text}` });
  const answer = await fetch(`${envoy.url}/orders`, { method: 'POST', body: 'a body' });
  assert.equal(answer.status, 403);
  assert.equal(backend.calls, 0);
});
