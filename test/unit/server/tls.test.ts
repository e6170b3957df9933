import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import { createLogger } from '../../../src/observability/index.ts';
import {
  clientNames,
  createServer,
  parseListenAddress,
  type TlsFilePaths,
  watchTlsFiles,
} from '../../../src/server/index.ts';
import { type Certificate, createCertificate } from '../../support/certificate.ts';
import { echoService } from '../../support/echo-service.ts';
import { askHealth } from '../../support/health-client.ts';

const authority = createCertificate({ commonName: 'authority', authority: true });
const issue = (commonName: string): Certificate =>
  createCertificate({ commonName, names: ['localhost', '127.0.0.1'], issuer: authority });

async function start(t: TestContext, options: { clientCa?: string; clientNames?: readonly string[] } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'lep-tls-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const first = issue('first');
  const paths: TlsFilePaths = {
    cert: file('tls.crt', first.cert),
    key: file('tls.key', first.key),
    ...(options.clientCa === undefined ? {} : { clientCa: file('ca.crt', options.clientCa) }),
  };
  const lines: string[] = [];
  const refused: string[] = [];
  const logger = createLogger({ destination: { write: (line: string) => void lines.push(line) } });
  const tls = watchTlsFiles(paths, logger, 60_000);
  t.after(() => tls.stop());
  const server = await createServer({
    services: [echoService()],
    listeners: [parseListenAddress('127.0.0.1:0')],
    tls,
    clientNames: options.clientNames === undefined ? undefined : clientNames(options.clientNames),
    refusals: { streamsRefused() {}, connectionRefused: (reason) => void refused.push(reason) },
    maxBodyBytes: 1024,
    maxConcurrentStreams: 100,
    logger,
  });
  t.after(() => server.close());
  server.setServing(true);
  return { server, tls, first, file, lines, refused, address: server.addresses[0] ?? '' };
}

const trusting = (client?: Certificate) =>
  credentials.createSsl(
    Buffer.from(authority.cert),
    client === undefined ? null : Buffer.from(client.key),
    client === undefined ? null : Buffer.from(client.cert),
  );

async function served(address: string): Promise<string> {
  const [host, port] = address.split(':');
  const socket: TLSSocket = connectTls({ host, port: Number(port), ca: authority.cert, ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

test('gRPC is served over TLS, and not in plain text on the same port', async (t) => {
  const { address } = await start(t);
  assert.equal(await askHealth(address, '', trusting()), 'SERVING');
  assert.equal(await askHealth(address), 'UNAVAILABLE');
});

test('with a client CA, a client without a certificate or with a foreign one is refused', async (t) => {
  const { address } = await start(t, { clientCa: authority.cert });
  assert.equal(await askHealth(address, '', trusting()), 'UNAVAILABLE');
  assert.equal(await askHealth(address, '', trusting(createCertificate({ commonName: 'stranger' }))), 'UNAVAILABLE');
  assert.equal(await askHealth(address, '', trusting(issue('client'))), 'SERVING');
});

test('new files are used for new connections, and open ones continue', async (t) => {
  const { address, tls, first, file } = await start(t);
  const open = connectHttp2(`https://${address}`, { ca: authority.cert });
  t.after(() => open.destroy());
  await once(open, 'connect');
  assert.equal(await served(address), first.fingerprint);

  const second = issue('second');
  file('tls.crt', second.cert);
  file('tls.key', second.key);
  assert.equal(tls.reload(), true);
  assert.equal(await served(address), second.fingerprint);

  const stream = open.request({ ':method': 'POST', ':path': '/test.Echo/Process', 'content-type': 'application/grpc' });
  stream.write(Buffer.from([0, 0, 0, 0, 1, 42]));
  const [answer] = (await once(stream, 'data')) as [Buffer];
  assert.equal(answer.at(-1), 42);
});

test('a client that offers no ALPN, as an Envoy cluster without alpn_protocols, is served', async (t) => {
  const { address } = await start(t);
  const [host, port] = address.split(':');
  const socket = connectTls({ host, port: Number(port), ca: authority.cert });
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  assert.equal(socket.alpnProtocol, false);
  const client = connectHttp2(`https://${address}`, { createConnection: () => socket });
  t.after(() => client.destroy());
  const stream = client.request({
    ':method': 'POST',
    ':path': '/test.Echo/Process',
    'content-type': 'application/grpc',
  });
  stream.write(Buffer.from([0, 0, 0, 0, 1, 42]));
  const [answer] = (await once(stream, 'data')) as [Buffer];
  assert.equal(answer.at(-1), 42);
});

test('half of an update is left until the other half is there, and is reported once', async (t) => {
  const { address, tls, first, file, lines } = await start(t);
  const second = issue('second');
  file('tls.crt', second.cert);
  assert.equal(tls.reload(), false);
  assert.equal(tls.reload(), false);
  assert.equal(await served(address), first.fingerprint);
  const reports = lines.filter((line) => line.includes('does not belong to the certificate'));
  assert.equal(reports.length, 1);
  file('tls.key', second.key);
  assert.equal(tls.reload(), true);
  assert.equal(await served(address), second.fingerprint);
});

test('files that are gone or no PEM leave the old ones in use, and no key is logged', async (t) => {
  const { address, tls, first, file, lines } = await start(t);
  file('tls.key', 'SECRET-KEY-MATERIAL');
  assert.equal(tls.reload(), false);
  assert.equal(await served(address), first.fingerprint);
  assert.ok(!lines.join('').includes('SECRET-KEY-MATERIAL'));
  assert.match(lines.join(''), /tls\.key contains no PEM private key/);
});

test('a first read that fails names the file and what is wrong', () => {
  const logger = createLogger({ level: 'silent' });
  assert.throws(
    () => watchTlsFiles({ cert: '/no/such.crt', key: '/no/such.key' }, logger),
    /the TLS certificate \/no\/such\.crt cannot be read/,
  );
});

test('the files are watched by themselves, even when a symlink is swapped', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'lep-tls-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const first = issue('first');
  const paths = { cert: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };
  writeFileSync(paths.cert, first.cert);
  writeFileSync(paths.key, first.key);
  const tls = watchTlsFiles(paths, createLogger({ level: 'silent' }), 20);
  t.after(() => tls.stop());
  const changed = new Promise<void>((resolve) => {
    tls.onChange(() => resolve());
  });
  const second = issue('second');
  writeFileSync(paths.key, second.key);
  writeFileSync(paths.cert, second.cert);
  // The timer does not keep a process alive; this one does.
  const alive = setInterval(() => {}, 1_000);
  await changed;
  clearInterval(alive);
  assert.equal(tls.secureContext().cert.toString(), second.cert);
});

test('with --tls-client-name, a certificate of the CA needs a name that fits; others are counted and logged', async (t) => {
  const names = ['envoy.example.com', 'spiffe://example.org/ns/edge/sa/*'];
  const { address, refused, lines } = await start(t, { clientCa: authority.cert, clientNames: names });
  const ask = (...own: string[]): Promise<string> =>
    askHealth(
      address,
      '',
      trusting(createCertificate({ commonName: 'envoy.example.com', names: own, issuer: authority })),
    );
  assert.equal(await ask('envoy.example.com'), 'SERVING');
  assert.equal(await ask('spiffe://example.org/ns/edge/sa/envoy'), 'SERVING');
  assert.deepEqual(refused, []);
  assert.equal(await ask('printer.example.com'), 'UNAVAILABLE');
  assert.equal(await ask(), 'UNAVAILABLE');
  assert.ok(refused.length >= 2 && refused.every((reason) => reason === 'client_name'), refused.join());
  assert.equal(lines.filter((line) => line.includes('--tls-client-name')).length, 1);
});

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a resumed ${version} session is held to the names as well`, async (t) => {
    const options = { clientCa: authority.cert, clientNames: ['other.example.com'] };
    const { address } = await start(t, { clientCa: authority.cert });
    const refusing = await start(t, options);
    const client = createCertificate({ commonName: 'client', names: ['printer.example.com'], issuer: authority });
    const open = async (at: string, session?: Buffer): Promise<{ session: Buffer | undefined; served: boolean }> => {
      const [host, port] = at.split(':');
      const socket = connectTls({
        ...{ host, port: Number(port), ca: authority.cert, cert: client.cert, key: client.key, session },
        ...{ maxVersion: version, ALPNProtocols: ['h2'] },
      });
      socket.on('error', () => {});
      let ticket: Buffer | undefined;
      socket.on('session', (found) => {
        ticket = found;
      });
      socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
      const served = await Promise.race([
        new Promise<boolean>((resolve) => socket.once('data', () => resolve(true))),
        new Promise<boolean>((resolve) => socket.once('close', () => resolve(false))),
      ]);
      socket.destroy();
      return { session: ticket, served };
    };
    const first = await open(address);
    assert.ok(first.served && first.session !== undefined);
    assert.equal((await open(address, first.session)).served, true);
    const refusedOnce = await open(refusing.address);
    assert.equal(refusedOnce.served, false);
    assert.equal((await open(refusing.address, refusedOnce.session ?? first.session)).served, false);
  });
}

for (const [ciphers, maxVersion, expected] of [
  ['ECDHE-ECDSA-AES128-GCM-SHA256', 'TLSv1.2', true],
  ['ECDHE-ECDSA-AES256-GCM-SHA384', 'TLSv1.2', true],
  ['ECDHE-ECDSA-CHACHA20-POLY1305', 'TLSv1.2', true],
  ['ECDHE-ECDSA-AES128-SHA', 'TLSv1.2', false],
  ['ECDHE-ECDSA-AES256-SHA384', 'TLSv1.2', false],
  ['ECDHE-ECDSA-AES128-CCM', 'TLSv1.2', false],
  ['AES128-GCM-SHA256', 'TLSv1.2', false],
  ['DHE-RSA-AES128-GCM-SHA256', 'TLSv1.2', false],
  ['ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0', 'TLSv1.1', false],
  ['TLS_AES_128_GCM_SHA256', 'TLSv1.3', true],
  ['TLS_CHACHA20_POLY1305_SHA256', 'TLSv1.3', true],
  ['TLS_AES_128_CCM_SHA256', 'TLSv1.3', false],
] as const) {
  test(`a client with ${ciphers} alone is ${expected ? 'served' : 'refused and counted'}`, async (t) => {
    const { address, refused } = await start(t);
    const [host, port] = address.split(':');
    const socket = connectTls({
      ...{ host, port: Number(port), ca: authority.cert, ciphers, maxVersion },
      ...(maxVersion === 'TLSv1.1' ? { minVersion: 'TLSv1' as const } : {}),
    });
    t.after(() => socket.destroy());
    const outcome = await Promise.race([
      once(socket, 'secureConnect').then(() => socket.getCipher().standardName),
      new Promise<undefined>((resolve) => socket.once('error', () => resolve(undefined))),
    ]);
    assert.equal(outcome !== undefined, expected, String(outcome));
    if (!expected) assert.deepEqual(refused, ['tls']);
  });
}
