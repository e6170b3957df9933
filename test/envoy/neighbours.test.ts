// Orders of filters that break policies, as `check --envoy` names them: what each does in the real Envoy.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Backend, startBackend } from '../support/backend.ts';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { startEnvoy } from '../support/envoy.ts';
import { type EnvoyConfigOptions, envoyConfig, type Json } from '../support/envoy-config.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';

const type = (name: string): string => `type.googleapis.com/envoy.extensions.filters.http.${name}`;

/** Sends a request that has the header x-orders to the route of /orders. */
const rerouting: Json = {
  name: 'lua',
  typed_config: {
    '@type': type('lua.v3.Lua'),
    default_source_code: {
      inline_string: `function envoy_on_request(handle)
        if handle:headers():get("x-orders") then
          handle:headers():replace(":path", "/orders")
          handle:clearRouteCache()
        end
      end`,
    },
  },
};

const cache: Json = {
  name: 'cache',
  typed_config: {
    '@type': type('cache.v3.CacheConfig'),
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.http.cache.simple_http_cache.v3.SimpleHttpCacheConfig',
    },
  },
};

describe('neighbours of ext_proc', () => {
  let backend: Backend;
  let lambda: EchoLambda;
  let sidecar: RunningSidecar;

  before(async () => {
    backend = await startBackend();
    lambda = await startEchoLambda();
    const configuration = {
      function: 'echo',
      endpoint: lambda.endpoint,
      accessKey: 'a',
      secretKey: 's',
      payload: '"x"',
      mutations: { headers: { set: { 'x-tier': 'checked' } } },
    };
    sidecar = await startSidecar({ config: { version: 1, apis: { orders: { request: [{ configuration }] } } } });
  });
  after(async () => {
    await sidecar?.stop();
    lambda?.stop();
    await backend?.stop();
  });

  /** An Envoy where /orders has policies; `off` is how the other route is without. */
  async function envoyWith(t: test.TestContext, options: Partial<EnvoyConfigOptions>, plain: Json = {}) {
    backend.reset();
    const routes = [
      { prefix: '/orders', metadata: { 'x-lambda-api': 'orders' } },
      { prefix: '/', extra: plain },
    ];
    const config = envoyConfig({ sidecar: sidecar.address, backend: backend.address, routes, ...options });
    return startEnvoy({ config, test: t });
  }

  const rerouted = { headers: { 'x-orders': 'yes' } };

  for (const place of ['filtersBefore', 'filtersAfter'] as const) {
    test(`a route that is changed by one of ${place} does not bring the filters of the new route`, async (t) => {
      const envoy = await envoyWith(t, { [place]: [rerouting] });
      await (await fetch(`${envoy.url}/plain`, rerouted)).text();
      assert.equal(backend.last?.path, '/orders');
      assert.equal(backend.last?.header('x-tier'), undefined);
    });
  }

  test('a filter that is off by ExtProcPerRoute runs where an earlier one changes the route', async (t) => {
    const off = {
      typed_per_filter_config: {
        'envoy.filters.http.ext_proc': { '@type': type('ext_proc.v3.ExtProcPerRoute'), disabled: true },
      },
    };
    const config = envoyConfig({
      sidecar: sidecar.address,
      backend: backend.address,
      routes: [
        { prefix: '/orders', metadata: { 'x-lambda-api': 'orders' } },
        { prefix: '/', extra: off },
      ],
      filtersBefore: [rerouting],
    });
    const text = JSON.stringify(config).replace(
      '"name":"envoy.filters.http.ext_proc","disabled":true',
      '"name":"envoy.filters.http.ext_proc"',
    );
    const envoy = await startEnvoy({ config: text, test: t });
    backend.reset();
    await (await fetch(`${envoy.url}/plain`)).text();
    assert.equal(backend.last?.header('x-tier'), undefined);
    await (await fetch(`${envoy.url}/plain`, rerouted)).text();
    assert.equal(backend.last?.path, '/orders');
    assert.equal(backend.last?.header('x-tier'), 'checked');
  });

  test('a cache in front passes every policy by', async (t) => {
    const envoy = await envoyWith(t, { filtersBefore: [cache] });
    assert.equal((await fetch(`${envoy.url}/orders`)).status, 200);
    assert.equal(backend.last?.header('x-tier'), undefined);
  });

  test('a cache behind gives one caller what the backend answered to another', async (t) => {
    const envoy = await envoyWith(t, { filtersAfter: [cache] });
    backend.answerWith(({ header }) => ({
      headers: { 'cache-control': 'max-age=60', date: new Date().toUTCString() },
      body: `${header('x-user')} ${header('x-tier')}`,
    }));
    for (const user of ['ann', 'bob']) {
      const answer = await fetch(`${envoy.url}/orders/cached`, { headers: { 'x-user': user } });
      assert.equal(await answer.text(), 'ann checked');
    }
    assert.equal(backend.calls, 1);
  });
});
