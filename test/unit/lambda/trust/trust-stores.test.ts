import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import forge from 'node-forge';
import { createLambdaInvoker, type SslOptions } from '../../../../src/lambda/index.ts';
import { readCertificates } from '../../../../src/lambda/trust/certificates.ts';
import { TrustStores } from '../../../../src/lambda/trust/index.ts';
import { createCertificate } from '../../../support/certificate.ts';
import { FaultStub } from '../../../support/fault-stub.ts';
import { failureOf, invocation, secrets } from '../../../support/invocation.ts';

// Made by stores/make-stores.sh with keytool and openssl.
const pathOf = (name: string): string => fileURLToPath(new URL(`stores/${name}`, import.meta.url));
const bytesOf = (name: string): Buffer => readFileSync(pathOf(name));
const textOf = (name: string): string => bytesOf(name).toString('latin1');
const ec = new X509Certificate(bytesOf('ec.crt')).fingerprint256;
const rsa = new X509Certificate(bytesOf('rsa.crt')).fingerprint256;
const password = 'changeit';

async function trusted(ssl: SslOptions): Promise<string[]> {
  return ((await new TrustStores().for(ssl)).ca ?? []).map((pem) => new X509Certificate(pem).fingerprint256).sort();
}

const stores: readonly (readonly [string, SslOptions['trustStoreType'], string, readonly string[]])[] = [
  ['ec.crt', 'PEM', '', [ec]],
  ['both.pem', 'PEM', '', [ec, rsa]],
  ['trusted.pem', 'PEM', '', [ec]],
  ['keytool.p12', 'PKCS12', password, [ec, rsa]],
  ['openssl.p12', 'PKCS12', password, [ec, rsa]],
  ['openssl-legacy.p12', 'PKCS12', password, [ec, rsa]],
  ['no-password.p12', 'PKCS12', '', [ec, rsa]],
  ['umlaut-password.p12', 'PKCS12', 'pässwörd €', [ec, rsa]],
  ['keytool.jks', 'JKS', password, [ec, rsa]],
  ['key-entry.jks', 'JKS', password, [ec]],
  // Java opens either under either name, and keytool writes PKCS12 into what people call .jks.
  ['keytool.p12', 'JKS', password, [ec, rsa]],
  ['keytool.jks', 'PKCS12', password, [ec, rsa]],
];
for (const [name, trustStoreType, trustStorePassword, expected] of stores) {
  test(`${name} as ${trustStoreType}: its certificates are trusted, unchanged, from a path and from content`, async () => {
    const common = { trustStoreType, trustStorePassword } as const;
    const trustStoreContent = trustStoreType === 'PEM' ? textOf(name) : bytesOf(name).toString('base64');
    assert.deepEqual(await trusted({ ...common, trustStorePath: pathOf(name) }), [...expected].sort());
    assert.deepEqual(await trusted({ ...common, trustStoreContent }), [...expected].sort());
  });
}

test('base64 content may have line breaks', async () => {
  const trustStoreContent = bytesOf('keytool.jks').toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  const ssl = { trustStoreType: 'JKS', trustStorePassword: password, trustStoreContent } as const;
  assert.equal((await trusted(ssl)).length, 2);
});

test('content wins over a path and trustAll over both', async () => {
  const path = { trustStoreType: 'PEM', trustStorePath: pathOf('rsa.crt') } as const;
  assert.deepEqual(await trusted({ ...path, trustStoreContent: textOf('ec.crt') }), [ec]);
  const all = await new TrustStores().for({ ...path, trustStoreContent: 'broken', trustAll: true });
  assert.deepEqual(all, { rejectUnauthorized: false });
  assert.deepEqual(await new TrustStores().for({}), {}, 'nothing set: the usual authorities');
});

const content = (text: string | Buffer): SslOptions => ({
  trustStoreType: typeof text === 'string' ? 'PEM' : 'PKCS12',
  trustStorePassword: password,
  trustStoreContent: typeof text === 'string' ? text : text.toString('base64'),
});
const failures: readonly (readonly [string, SslOptions, RegExp])[] = [
  ['a path that is not there', { trustStorePath: '/no/such.pem' }, /^the PEM trust store \/no\/such\.pem .*ENOENT/],
  ['a directory', { trustStorePath: pathOf('') }, /^the PEM trust store .*: it is not a regular file/],
  ['what never ends', { trustStorePath: '/dev/zero' }, /^the PEM trust store .*: it is not a regular file/],
  ['a PEM file without a certificate', { trustStorePath: pathOf('ec.key') }, /it contains no certificate/],
  ['a key store read as PEM', { trustStorePath: pathOf('keytool.jks') }, /it contains no certificate/],
  ['PEM content that is no certificate', content(textOf('ec.crt').replace('MII', 'AAA')), /1 of 1 is not valid/],
  ['PEM content that ends early', content(textOf('both.pem').slice(0, -60)), /without an end/],
  ['base64 of nothing', { trustStoreType: 'PKCS12', trustStoreContent: '{#secrets}' }, /is not base64/],
  [
    'a PEM file read as a key store',
    { trustStoreType: 'PKCS12', trustStorePath: pathOf('ec.crt') },
    /neither a JKS nor a PKCS12 store: convert a store that Java can open with `keytool -importkeystore/,
  ],
  [
    'JCEKS',
    { trustStoreType: 'JKS', trustStorePassword: password, trustStorePath: pathOf('keytool.jceks') },
    /neither a JKS nor a PKCS12 store: convert a store that Java can open with `keytool -importkeystore/,
  ],
  ['a PKCS12 store cut short', content(bytesOf('openssl.p12').subarray(0, 900)), /trust store in trustStoreContent/],
  [
    'a JKS store cut short',
    content(bytesOf('keytool.jks').subarray(0, 900)),
    /trustStorePassword is wrong, or the store was changed/,
  ],
];
for (const [name, ssl, expected] of failures) {
  test(`${name}: the error names the trust store and the reason`, async () => {
    await assert.rejects(async () => new TrustStores().for(ssl), { message: expected });
  });
}

for (const name of ['keytool.p12', 'openssl.p12', 'openssl-legacy.p12', 'keytool.jks']) {
  test(`${name}: a wrong password is said to be wrong and is not repeated`, async () => {
    const ssl = { trustStoreType: 'PKCS12', trustStorePassword: 'wr0ng', trustStorePath: pathOf(name) } as const;
    await assert.rejects(
      async () => new TrustStores().for(ssl),
      ({ message }: Error) => /trustStorePassword is wrong/.test(message) && !message.includes('wr0ng'),
    );
  });
}

test('a JKS store needs no password to be read as in Java', async () => {
  assert.equal((await trusted({ trustStoreType: 'JKS', trustStorePath: pathOf('keytool.jks') })).length, 2);
});

test('no damage to a key store does more than give an error', () => {
  for (const name of ['keytool.jks', 'key-entry.jks', 'no-password.p12']) {
    const original = bytesOf(name);
    for (let at = 0; at < original.length; at += name.endsWith('jks') ? 1 : 97) {
      const damaged = Buffer.from(original);
      damaged[at] = 0xff;
      try {
        readCertificates('JKS', damaged, '');
      } catch (error) {
        assert.ok(error instanceof Error && error.message.length > 5, String(error));
        assert.doesNotMatch(error.message, /undefined|is not a function|Cannot read prop/);
      }
    }
  }
});

/** The store with every count of iterations set to 2^31 - 1: of its checksum, or of what it has encrypted. */
function slowed(name: string, where: 'checksum' | 'content'): string {
  const { asn1, util } = forge;
  const isPair = ({ value }: forge.asn1.Asn1) =>
    Array.isArray(value) &&
    value.length >= 2 &&
    (value[0]?.type === asn1.Type.OCTETSTRING || value[0]?.type === asn1.Type.SEQUENCE) &&
    value[1]?.type === asn1.Type.INTEGER;
  let found = 0;
  const slow = (node: forge.asn1.Asn1): void => {
    if (!Array.isArray(node.value)) {
      if (node.type !== asn1.Type.OCTETSTRING || node.value.length < 100) return;
      try {
        const inner = asn1.fromDer(node.value);
        slow(inner);
        node.value = asn1.toDer(inner).getBytes();
      } catch {
        // Encrypted.
      }
      return;
    }
    const count = node.value[1];
    if (isPair(node) && count !== undefined) {
      count.value = util.hexToBytes('7fffffff');
      found++;
    }
    for (const each of node.value) slow(each);
  };
  const store = asn1.fromDer(bytesOf(name).toString('latin1'));
  assert.ok(Array.isArray(store.value));
  const [version, content, checksum] = store.value;
  assert.ok(version && content && checksum);
  if (where === 'content') {
    slow(content);
    store.value = [version, content];
  } else {
    assert.ok(Array.isArray(checksum.value));
    checksum.value[2] = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.INTEGER, false, util.hexToBytes('7fffffff'));
    found = 1;
  }
  assert.ok(found > 0);
  return Buffer.from(asn1.toDer(store).getBytes(), 'latin1').toString('base64');
}

test('a store that wants its password hashed for hours is refused', async () => {
  for (const name of ['openssl.p12', 'openssl-legacy.p12', 'keytool.p12', 'keytool-legacy.p12']) {
    for (const where of ['checksum', 'content'] as const) {
      const ssl = {
        trustStoreType: 'PKCS12',
        trustStoreContent: slowed(name, where),
        trustStorePassword: password,
      } as const;
      await assert.rejects(
        trusted(ssl),
        /cannot be used: .*more than 50000 hash iterations for its password/,
        `${name} ${where}`,
      );
    }
  }
});

test('what is hashed is counted over the whole store: its checksum alone may take 100,000, and names the way out', async () => {
  const ssl = { trustStoreType: 'PKCS12', trustStorePath: pathOf('keytool-legacy.p12'), trustStorePassword: password };
  await assert.rejects(
    trusted(ssl as SslOptions),
    /more than 50000 hash iterations for its password, as keytool of Java 9 to 15 writes them: convert it to PEM with `openssl pkcs12/,
  );
});

test('a key store is opened by a thread of its own: the event loop continues', async () => {
  // As many iterations as are allowed: half a second of work.
  const store = new TrustStores();
  const open = (name: string) =>
    Promise.resolve(
      store.for({ trustStoreType: 'PKCS12', trustStorePath: pathOf(name), trustStorePassword: password }),
    );
  const before = performance.eventLoopUtilization();
  const threads: unknown[] = [];
  process.on('worker', () => threads.push(1));
  await Promise.all(['keytool.p12', 'openssl.p12', 'openssl-legacy.p12'].map(open));
  assert.equal(threads.length, 3, `event loop ${performance.eventLoopUtilization(before).active} ms`);
});

test('who comes while a store is read waits for the same reader', async () => {
  const stores = new TrustStores();
  const ssl = {
    trustStoreType: 'PKCS12',
    trustStorePath: pathOf('openssl.p12'),
    trustStorePassword: password,
  } as const;
  let threads = 0;
  process.on('worker', () => threads++);
  const found = await Promise.all([stores.for(ssl), stores.for(ssl), stores.for({ ...ssl }), stores.for({ ...ssl })]);
  assert.equal(new Set(found).size, 1);
  assert.equal(threads, 1);
  assert.equal(stores.for(ssl), found[0], 'at once where it is known');
});

test('the same store in a configuration that is loaded again is the same trust and a changed one is not', async (context) => {
  const path = temporaryFile(context, textOf('ec.crt'));
  const stores = new TrustStores();
  const ssl = () => ({ trustStoreType: 'PEM', trustStorePath: path }) as const;
  const first = await stores.for(ssl());
  assert.equal(await stores.for(ssl()), first, 'connections are kept by it');
  writeFileSync(path, textOf('rsa.crt'));
  const second = await stores.for(ssl());
  assert.notEqual(second, first);
  assert.equal(new X509Certificate(second.ca?.[0] ?? '').fingerprint256, rsa);
});

test('a store that cannot be read is tried again after five seconds and not by each request', async (context) => {
  const path = temporaryFile(context, 'nothing');
  let now = 0;
  const stores = new TrustStores(() => now);
  const ssl = { trustStoreType: 'PEM', trustStorePath: path } as const;
  await assert.rejects(async () => stores.for(ssl), /no certificate/);
  writeFileSync(path, textOf('ec.crt'));
  now = 4_999;
  await assert.rejects(async () => stores.for(ssl), /no certificate/);
  now = 5_000;
  assert.equal((await stores.for(ssl)).ca?.length, 1);
});

test('over TLS each store vouches for a server of its authority and for no other', async (context) => {
  const issuer = { cert: textOf('ec.crt'), key: textOf('ec.key'), fingerprint: ec };
  const server = createCertificate({ commonName: 'lambda', names: ['127.0.0.1'], issuer });
  const stranger = createCertificate({ commonName: 'other authority', authority: true });
  const stub = await FaultStub.start({ secrets, tls: server });
  context.after(() => stub.stop());
  const strange = await FaultStub.start({
    secrets,
    tls: createCertificate({ commonName: 'lambda', names: ['127.0.0.1'], issuer: stranger }),
  });
  context.after(() => strange.stop());
  const invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
  context.after(() => invoker.close());
  const callOf = ({ endpoint }: FaultStub, ssl: SslOptions) =>
    invocation({ endpoint, transport: { connectionTimeoutMs: 2000, readTimeoutMs: 5000, ssl } });
  for (const [name, trustStoreType, trustStorePassword] of stores) {
    const ssl = { trustStoreType, trustStorePassword, trustStorePath: pathOf(name) };
    assert.equal((await invoker.invoke(callOf(stub, ssl))).status, 200, name);
    const failure = await failureOf(invoker, callOf(strange, ssl));
    assert.equal(failure.kind, 'connection', name);
    assert.equal(failure.details, 'Service: Lambda, Connection failed');
  }
  const onlyRsa = { trustStoreType: 'PEM', trustStorePath: pathOf('rsa.crt') } as const;
  assert.equal((await failureOf(invoker, callOf(stub, onlyRsa))).kind, 'connection');
  assert.equal((await invoker.invoke(callOf(strange, { ...onlyRsa, trustAll: true }))).status, 200);
});

test('a store that cannot be used fails the call with its name in the log and not in the answer', async (context) => {
  const invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
  context.after(() => invoker.close());
  const ssl = { trustStoreType: 'PKCS12', trustStorePassword: 'x', trustStorePath: pathOf('openssl.p12') } as const;
  const transport = { connectionTimeoutMs: 2000, readTimeoutMs: 5000, ssl };
  const failure = await failureOf(invoker, invocation({ endpoint: 'https://127.0.0.1:1', transport }));
  assert.equal(failure.kind, 'configuration');
  assert.match(failure.message, /the PKCS12 trust store .*openssl\.p12 cannot be used: trustStorePassword is wrong/);
  assert.equal(failure.details, 'Service: Lambda, Invalid connection settings');
  assert.equal(failure.mayHaveRun, false);
});

function temporaryFile(context: TestContext, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'trust-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'store');
  writeFileSync(path, text);
  return path;
}
