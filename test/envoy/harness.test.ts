// What the other tests with Envoy rely on: that the harness starts, sees and counts what it says.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Metadata, Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { loadServiceDefinition } from '../../src/ext-proc/wire/service-definition.ts';
import { type Backend, type Echo, startBackend } from '../support/backend.ts';
import { envoyConfig, startEnvoy } from '../support/envoy.ts';
import { runLoad } from '../support/load.ts';

/** A sidecar that says "go on", and remembers the metadata of its streams. */
async function startPassingSidecar() {
  const metadata: Metadata[] = [];
  const server = new Server();
  server.addService(loadServiceDefinition(), {
    Process(call: ServerDuplexStream<unknown, unknown>) {
      metadata.push(call.metadata);
      call.on('data', () => call.write({ request_headers: {} }));
      call.on('end', () => call.end());
      call.on('error', () => undefined);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { address: `127.0.0.1:${port}`, metadata, stop: () => server.forceShutdown() };
}

describe('the harness with a real Envoy', () => {
  let backend: Backend;
  let sidecar: Awaited<ReturnType<typeof startPassingSidecar>>;

  before(async () => {
    backend = await startBackend();
    sidecar = await startPassingSidecar();
  });
  after(async () => {
    sidecar.stop();
    await backend.stop();
  });

  test('a route with metadata goes through the sidecar and one without does not', async (t) => {
    const routes = [{ prefix: '/through', name: 'through', metadata: { 'x-lambda-api': 'orders' } }, { prefix: '/' }];
    const config = envoyConfig({ sidecar: sidecar.address, backend: backend.address, routes });
    const envoy = await startEnvoy({ test: t, config });
    sidecar.metadata.length = 0;

    assert.equal((await fetch(`${envoy.url}/plain`)).status, 200);
    assert.equal(sidecar.metadata.length, 0);
    assert.equal((await fetch(`${envoy.url}/through`)).status, 200);
    assert.deepEqual(sidecar.metadata[0]?.get('x-lambda-api'), ['orders']);

    const entry = await envoy.accessLog(({ path }) => path === '/through');
    assert.equal(entry.route, 'through');
    assert.equal(entry.details, 'via_upstream');
    assert.equal(await envoy.stat('cluster.sidecar.upstream_rq_total'), 1);
    assert.equal(await envoy.stat('no.such.stat'), 0);
  });

  test('a percent sign in metadata arrives as written', async (t) => {
    const value = '{"a": "100 %", "b": "%REQ(x)%"}';
    const routes = [{ metadata: { 'x-lambda-policies': value } }];
    const config = envoyConfig({ sidecar: sidecar.address, backend: backend.address, routes });
    const envoy = await startEnvoy({ test: t, config });
    sidecar.metadata.length = 0;

    await fetch(envoy.url);
    assert.deepEqual(sidecar.metadata[0]?.get('x-lambda-policies'), [value]);
  });

  test('the backend echoes what reached it', async (t) => {
    const config = envoyConfig({ sidecar: sidecar.address, backend: backend.address });
    const envoy = await startEnvoy({ test: t, config });
    backend.reset();
    sidecar.metadata.length = 0;
    const answer = await fetch(`${envoy.url}/a?b=c`, { method: 'POST', body: 'hello', headers: { 'x-one': '1' } });

    const echo = (await answer.json()) as Echo;
    assert.deepEqual([echo.method, echo.path, echo.body, echo.headers['x-one']], ['POST', '/a?b=c', 'hello', '1']);
    assert.equal(backend.calls, 1);
    // The default route turns the filter on without naming an API.
    assert.equal(sidecar.metadata.length, 1);
    assert.equal(backend.last?.header('x-one'), '1');

    backend.answerWith({ status: 418, headers: { 'x-two': ['a', 'b'] }, body: 'teapot' });
    const other = await fetch(envoy.url);
    assert.deepEqual([other.status, other.headers.get('x-two'), await other.text()], [418, 'a, b', 'teapot']);
    backend.reset();
  });

  test('a backend may write chunk by chunk and end with trailers', async (t) => {
    const grpc = await startBackend({
      protocol: 'h2c',
      answer: () => ({
        headers: { 'content-type': 'application/grpc' },
        body: (async function* () {
          yield 'one ';
          yield 'two';
        })(),
        trailers: { 'grpc-status': '0' },
      }),
    });
    t.after(() => grpc.stop());
    const config = envoyConfig({ sidecar: sidecar.address, backend: grpc.address, backendHttp2: true });
    const envoy = await startEnvoy({ test: t, config });

    const answer = await fetch(envoy.url, { method: 'POST', body: 'x' });
    assert.equal(await answer.text(), 'one two');
    assert.equal(await envoy.stat('cluster.backend.upstream_rq_200'), 1);
    assert.equal(grpc.calls, 1);
  });

  test('several envoys run side by side', async (t) => {
    const config = envoyConfig({ sidecar: sidecar.address, backend: backend.address });
    const envoys = await Promise.all([1, 2, 3].map(() => startEnvoy({ test: t, config })));
    assert.equal(new Set(envoys.map(({ port }) => port)).size, 3);
    for (const { url } of envoys) assert.equal((await fetch(url)).status, 200);
  });

  test('an envoy that refuses its configuration fails with its own words', async () => {
    const config = envoyConfig({ sidecar: sidecar.address, backend: backend.address, filter: { no_such_field: 1 } });
    await assert.rejects(startEnvoy({ config }), /no_such_field/);
  });

  test('load counts every request once', async (t) => {
    const envoy = await startEnvoy({
      test: t,
      config: envoyConfig({ sidecar: sidecar.address, backend: backend.address, accessLog: false }),
    });
    backend.answerWith({ body: 'ok' });
    const { calls } = backend;
    const load = await runLoad({ url: envoy.url, connections: 8, requests: 1000 });
    assert.deepEqual([load.requests, load.failures, load.statuses], [1000, 0, { 200: 1000 }]);
    assert.equal(backend.calls - calls, 1000);
    assert.ok(load.p50 > 0 && load.p50 <= load.p99 && load.p99 <= load.max * 1.02, JSON.stringify(load));

    let turn = 0;
    backend.answerWith(() => ({ status: ++turn % 10 === 0 ? 503 : 200 }));
    const failing = await runLoad({ url: envoy.url, connections: 4, requests: 200 });
    assert.deepEqual([failing.requests, failing.failures, failing.statuses], [200, 20, { 200: 180, 503: 20 }]);
    backend.reset();
  });

  test('load reads answers of every framing', async (t) => {
    const chunked = await startBackend({
      answer: () => ({
        body: (async function* () {
          yield 'one ';
          yield 'x'.repeat(100_000);
        })(),
        trailers: { 'x-trailer': '1' },
      }),
    });
    t.after(() => chunked.stop());
    const run = (options: { method?: string; body?: string }) =>
      runLoad({ url: chunked.url, connections: 2, requests: 20, ...options });
    assert.equal((await run({})).failures, 0);
    assert.equal((await run({ method: 'HEAD' })).failures, 0);
    assert.equal((await run({ method: 'POST', body: '{"a": 1}' })).failures, 0);
    assert.equal(chunked.last?.body.toString(), '{"a": 1}');
    chunked.answerWith({ status: 204 });
    assert.equal((await runLoad({ url: chunked.url, connections: 2, requests: 20, expectStatus: 204 })).failures, 0);
    chunked.answerWith({ headers: { connection: 'close' }, body: 'bye' });
    assert.equal((await run({})).failures, 0);
  });

  test('load against nothing fails and ends', async () => {
    // Nobody listens on port 1; a port that was free a moment ago may be another test's by now.
    const url = 'http://127.0.0.1:1/';
    const load = await runLoad({ url, connections: 2, requests: 10 });
    assert.deepEqual([load.requests, load.failures, load.errors], [10, 10, { ECONNREFUSED: 10 }]);
    const timed = await runLoad({ url, connections: 2, seconds: 0.2 });
    assert.ok(timed.requests > 0 && timed.failures === timed.requests);
  });
});
