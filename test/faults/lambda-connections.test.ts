import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createLambdaInvoker, type ProcessInvoker, type SslOptions } from '../../src/lambda/index.ts';
import { createCertificate } from '../support/certificate.ts';
import { FaultStub, type FaultStubOptions } from '../support/fault-stub.ts';
import { failureOf, invocation, secrets } from '../support/invocation.ts';
import { startProxy } from '../support/proxy.ts';

const authority = createCertificate({ commonName: 'test authority', authority: true });
const certificate = createCertificate({ commonName: 'lambda', names: ['127.0.0.1'], issuer: authority });
const other = createCertificate({ commonName: 'another authority', authority: true });

async function stubOf(context: TestContext, options: FaultStubOptions = {}): Promise<FaultStub> {
  const stub = await FaultStub.start({ secrets, ...options });
  context.after(() => stub.stop());
  return stub;
}

function invokerOf(context: TestContext, environment: Record<string, string> = {}): ProcessInvoker {
  const invoker = createLambdaInvoker({ environment, random: () => 0 });
  context.after(() => invoker.close());
  return invoker;
}

const withSsl = (ssl: SslOptions | undefined) => ({ connectionTimeoutMs: 2000, readTimeoutMs: 5000, ssl });

test('a certificate that nobody vouches for is refused before anything is sent', async (context) => {
  const stub = await stubOf(context, { tls: certificate });
  const invoker = invokerOf(context);
  for (const ssl of [undefined, { trustStoreType: 'PEM', trustStoreContent: other.cert } as const]) {
    const failure = await failureOf(invoker, invocation({ endpoint: stub.endpoint, transport: withSsl(ssl) }));
    assert.equal(failure.kind, 'connection');
    assert.equal(failure.mayHaveRun, false);
    assert.match(failure.message, /certificate|self-signed|issuer/i);
  }
  assert.equal(stub.requests.length, 0);
});

test('a trust store or trustAll makes the connection and no other configuration gets to use it', async (context) => {
  const stub = await stubOf(context, { tls: certificate });
  const invoker = invokerOf(context);
  const trusted = { trustStoreType: 'PEM', trustStoreContent: authority.cert } as const;
  for (const ssl of [trusted, { trustAll: true }]) {
    const result = await invoker.invoke(invocation({ endpoint: stub.endpoint, transport: withSsl(ssl) }));
    assert.equal(result.status, 200);
    // The connection stands and is idle, and still: who does not trust it does not get it.
    const failure = await failureOf(invoker, invocation({ endpoint: stub.endpoint, transport: withSsl(undefined) }));
    assert.equal(failure.kind, 'connection');
  }
});

test('a certificate of another host is refused', async (context) => {
  const elsewhere = createCertificate({ commonName: 'x', names: ['other.example'], issuer: authority });
  const stub = await stubOf(context, { tls: elsewhere });
  const ssl = { trustStoreType: 'PEM', trustStoreContent: authority.cert } as const;
  const failure = await failureOf(invokerOf(context), invocation({ endpoint: stub.endpoint, transport: withSsl(ssl) }));
  assert.equal(failure.kind, 'connection');
  assert.equal(stub.requests.length, 0);
});

test('a trust store that cannot be read is a configuration error that names it', async (context) => {
  const ssl = { trustStoreType: 'PEM', trustStorePath: '/no/such/store.pem' } as const;
  const failure = await failureOf(
    invokerOf(context),
    invocation({
      endpoint: 'https://127.0.0.1:1',
      transport: withSsl(ssl),
      retry: { maxAttempts: 3, idempotent: true },
    }),
  );
  assert.equal(failure.kind, 'configuration');
  assert.match(failure.message, /\/no\/such\/store\.pem/);
  assert.doesNotMatch(failure.details, /store\.pem/);
});

test('https goes through a tunnel of HTTPS PROXY with its user and the trust of the configuration', async (context) => {
  const stub = await stubOf(context, { tls: certificate });
  const proxy = await startProxy();
  context.after(() => proxy.stop());
  const invoker = invokerOf(context, { HTTPS_PROXY: proxy.url.replace('//', '//user:pa%20ss@') });
  const ssl = { trustStoreType: 'PEM', trustStoreContent: authority.cert } as const;
  for (let i = 0; i < 5; i++) {
    assert.equal((await invoker.invoke(invocation({ endpoint: stub.endpoint, transport: withSsl(ssl) }))).status, 200);
  }
  assert.ok(proxy.asked.length >= 1 && proxy.asked.length <= 2, 'tunnels are kept');
  assert.deepEqual(new Set(proxy.asked), new Set([`CONNECT 127.0.0.1:${stub.port}`]));
  assert.equal(proxy.authorizations[0], `Basic ${Buffer.from('user:pa ss').toString('base64')}`);
  const failure = await failureOf(invoker, invocation({ endpoint: stub.endpoint }));
  assert.equal(failure.kind, 'connection', 'the proxy vouches for nobody');
});

test('http goes through HTTP PROXY alone and NO PROXY is honoured', async (context) => {
  const stub = await stubOf(context);
  const proxy = await startProxy();
  context.after(() => proxy.stop());
  const call = invocation({ endpoint: stub.endpoint });
  await invokerOf(context, { https_proxy: proxy.url }).invoke(call);
  await invokerOf(context, { http_proxy: proxy.url, no_proxy: 'localhost,127.0.0.1' }).invoke(call);
  assert.deepEqual(proxy.asked, []);
  await invokerOf(context, { http_proxy: proxy.url }).invoke(call);
  assert.deepEqual(proxy.asked, [`POST ${stub.endpoint}/2015-03-31/functions/f/invocations`]);
});

test('a proxy that refuses or is gone is a connection error and nothing ran', async (context) => {
  const stub = await stubOf(context, { tls: certificate });
  const refusing = await startProxy(403);
  context.after(() => refusing.stop());
  for (const url of [refusing.url, 'http://127.0.0.1:1']) {
    const invoker = invokerOf(context, { HTTPS_PROXY: url });
    const failure = await failureOf(invoker, invocation({ endpoint: stub.endpoint }));
    assert.equal(failure.kind, 'connection', failure.message);
    assert.equal(failure.mayHaveRun, false);
  }
  assert.equal(stub.requests.length, 0);
});

test('the endpoint of the environment is used where the configuration has none', async (context) => {
  const stub = await stubOf(context);
  const elsewhere = await stubOf(context);
  const both = { AWS_ENDPOINT_URL_LAMBDA: stub.endpoint, AWS_ENDPOINT_URL: elsewhere.endpoint };
  await invokerOf(context, both).invoke(invocation());
  await invokerOf(context, { AWS_ENDPOINT_URL: elsewhere.endpoint }).invoke(invocation());
  assert.equal(stub.requests.length, 1);
  assert.equal(elsewhere.requests.length, 1);
  await invokerOf(context, both).invoke(invocation({ endpoint: elsewhere.endpoint }));
  assert.equal(elsewhere.requests.length, 2);
});
