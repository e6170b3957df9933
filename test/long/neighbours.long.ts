// Envoy's own HTTP filters before and behind ext_proc, in each body mode, on the newest and the oldest Envoy: policies that
// read and replace bodies do their work beside each of them, but for the orders that `check --envoy` calls errors.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { envoyVersions, installEnvoy } from '../../scripts/setup/envoy-versions.mjs';
import { checkEnvoy } from '../../src/config/index.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import { type BodyMode, envoyConfig, type Json } from '../support/envoy-config.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { load } from '../unit/config/support.ts';

const root = new URL('../..', import.meta.url).pathname;
const type = (name: string): string => `type.googleapis.com/envoy.extensions.filters.http.${name}`;
const any = (name: string, config: Json = {}): Json => ({ '@type': `type.googleapis.com/${name}`, ...config });
const filter = (name: string, config: Json = {}): Json => ({
  name: 'neighbour',
  typed_config: { '@type': type(name), ...config },
});
const gzip = (direction: string): Json => ({
  name: 'gzip',
  typed_config: any(`envoy.extensions.compression.gzip.${direction}.v3.Gzip`),
});
const lua = (code: string): Json => filter('lua.v3.Lua', { default_source_code: { inline_string: code } });
const percent = { numerator: 100, denominator: 'HUNDRED' };

/** Every filter of the distribution that touches headers, bodies, routes or time and needs no service of its own. */
const neighbours: Readonly<Record<string, Json>> = {
  adaptive_concurrency: filter('adaptive_concurrency.v3.AdaptiveConcurrency', {
    gradient_controller_config: {
      concurrency_limit_params: { concurrency_update_interval: '1s' },
      min_rtt_calc_params: { interval: '60s', request_count: 50 },
    },
  }),
  admission_control: filter('admission_control.v3.AdmissionControl', {
    success_criteria: { http_criteria: { http_success_status: [{ start: 200, end: 600 }] } },
  }),
  bandwidth_limit: filter('bandwidth_limit.v3.BandwidthLimit', {
    stat_prefix: 'b',
    enable_mode: 'REQUEST_AND_RESPONSE',
    limit_kbps: 1_000_000,
  }),
  buffer: filter('buffer.v3.Buffer', { max_request_bytes: 1_000_000 }),
  cache: filter('cache.v3.CacheConfig', {
    typed_config: any('envoy.extensions.http.cache.simple_http_cache.v3.SimpleHttpCacheConfig'),
  }),
  cdn_loop: filter('cdn_loop.v3.CdnLoopConfig', { cdn_id: 'cdn.example' }),
  compressor: filter('compressor.v3.Compressor', { compressor_library: gzip('compressor') }),
  cors: filter('cors.v3.Cors'),
  csrf: filter('csrf.v3.CsrfPolicy', { filter_enabled: { default_value: percent } }),
  decompressor: filter('decompressor.v3.Decompressor', { decompressor_library: gzip('decompressor') }),
  fault: filter('fault.v3.HTTPFault', { delay: { fixed_delay: '0.005s', percentage: percent } }),
  grpc_http1_bridge: filter('grpc_http1_bridge.v3.Config'),
  grpc_stats: filter('grpc_stats.v3.FilterConfig'),
  grpc_web: filter('grpc_web.v3.GrpcWeb'),
  header_mutation: filter('header_mutation.v3.HeaderMutation', {
    mutations: { request_mutations: [{ append: { header: { key: 'x-mutated', value: 'yes' } } }] },
  }),
  header_to_metadata: filter('header_to_metadata.v3.Config', {
    request_rules: [{ header: 'x-tier', on_header_present: { metadata_namespace: 'x', key: 'k', type: 'STRING' } }],
  }),
  health_check: filter('health_check.v3.HealthCheck', { pass_through_mode: true }),
  jwt_authn: filter('jwt_authn.v3.JwtAuthentication'),
  local_ratelimit: filter('local_ratelimit.v3.LocalRateLimit', {
    stat_prefix: 'l',
    token_bucket: { max_tokens: 1_000_000, tokens_per_fill: 1_000_000, fill_interval: '1s' },
    filter_enabled: { default_value: percent },
    filter_enforced: { default_value: percent },
  }),
  lua_body: lua('function envoy_on_request(h) h:body() end\nfunction envoy_on_response(h) h:body() end'),
  lua_headers: lua('function envoy_on_request(h) h:headers():add("x-lua", "1") end'),
  rbac: filter('rbac.v3.RBAC', {
    rules: { action: 'ALLOW', policies: { all: { permissions: [{ any: true }], principals: [{ any: true }] } } },
  }),
  set_metadata: filter('set_metadata.v3.Config', { metadata: [{ metadata_namespace: 'x', value: { a: 'b' } }] }),
};

const modes: readonly BodyMode[] = ['NONE', 'BUFFERED', 'STREAMED', 'FULL_DUPLEX_STREAMED'];
const places = ['before', 'after'] as const;
const cases = Object.keys(neighbours).flatMap((name) =>
  places.flatMap((place) => modes.map((mode) => ({ name, place, mode, listener: `${name}-${place}-${mode}` }))),
);
type Case = (typeof cases)[number];

const policies = (endpoint: string): string => {
  const step = (payload: string, body: string) => ({
    configuration: {
      function: 'echo',
      endpoint,
      accessKey: 'a',
      secretKey: 's',
      payload,
      mutations: { headers: { set: { 'x-tier': 'checked' } }, body },
    },
  });
  return JSON.stringify({
    version: 1,
    envoy: { allowModeOverride: true, responseHeaders: true },
    apis: {
      request: { request: [step('{#request.content}', 'REQUEST {#lambdaResponse.content}')] },
      response: { response: [step('{#response.content}', 'RESPONSE {#lambdaResponse.content}')] },
    },
  });
};

function configOf(one: Case, sidecar: string, backend: string): Json {
  const trailers = one.mode === 'FULL_DUPLEX_STREAMED' ? 'SEND' : 'SKIP';
  return envoyConfig({
    sidecar,
    backend,
    perConnectionBufferLimitBytes: 6_291_456,
    accessLog: false,
    processingMode: {
      request_header_mode: 'SEND',
      response_header_mode: 'SEND',
      request_body_mode: one.mode,
      response_body_mode: one.mode,
      request_trailer_mode: trailers,
      response_trailer_mode: trailers,
    },
    filter: { response_attributes: ['response.code_details', 'response.flags', 'upstream.address'] },
    routes: ['request', 'response'].map((api) => ({ prefix: `/${api}`, metadata: { 'x-lambda-api': api } })),
    [one.place === 'before' ? 'filtersBefore' : 'filtersAfter']: [neighbours[one.name]],
  });
}

interface StaticResources {
  readonly static_resources: { readonly listeners: Json[]; readonly clusters: Json[] };
}

/** All cases as listeners of one Envoy. */
function allCases(sidecar: string, backend: string): Json {
  const configs = cases.map((one) => ({ one, config: configOf(one, sidecar, backend) }));
  const listeners = configs.map(({ one, config }) => {
    return { ...(config as unknown as StaticResources).static_resources.listeners[0], name: one.listener };
  });
  const [first] = configs;
  assert.ok(first);
  const { clusters } = (first.config as unknown as StaticResources).static_resources;
  return { ...first.config, static_resources: { listeners, clusters } };
}

const TEXT = 'body of the caller or the backend '.repeat(300);

interface Outcome {
  readonly request: boolean;
  readonly plain: boolean;
  readonly compressed: boolean;
}

/** Whether the policies of each kind did their work. */
async function outcomeOf(url: string, backend: Backend): Promise<Outcome> {
  const send = async (path: string, init: RequestInit = {}): Promise<string> => {
    try {
      // Far longer than any answer takes: what has none by then hangs.
      const answer = await fetch(url + path, { ...init, signal: AbortSignal.timeout(4000) });
      return `${answer.status} ${answer.headers.get('x-tier')} ${await answer.text()}`;
    } catch (error) {
      return String(error);
    }
  };
  backend.reset();
  backend.answerWith(({ header, body }) => ({ body: `${header('x-tier')} ${body.toString()}` }));
  const request = await send('/request', { method: 'POST', body: TEXT, headers: { origin: url } });
  const json = { 'content-type': 'application/json' };
  backend.answerWith({ body: TEXT, headers: json });
  const plain = await send('/response/plain');
  backend.answerWith({ body: gzipSync(TEXT), headers: { ...json, 'content-encoding': 'gzip' } });
  const compressed = await send('/response/compressed');
  return {
    request: request === `200 null checked REQUEST ${TEXT}`,
    plain: plain === `200 checked RESPONSE ${TEXT}`,
    compressed: compressed === `200 checked RESPONSE ${TEXT}`,
  };
}

/** What `check` says of the order of filters, as errors. */
function brokenByCheck(one: Case, endpoint: string): Outcome {
  const problems = checkEnvoy(
    JSON.stringify(configOf(one, 'unix:/s', '127.0.0.1:1')),
    'e.json',
    load(policies(endpoint)),
  );
  const told = problems.filter(({ severity, message }) => severity === 'error' && message.startsWith('the filter '));
  const bypassed = told.some(({ message }) => message.includes('passed by'));
  const compressed = told.some(({ message }) => message.includes('end of a compressed response'));
  // Nothing caches a POST, so that its policies run.
  return { request: true, plain: !bypassed, compressed: !bypassed && !compressed };
}

for (const version of [envoyVersions.at(-1), envoyVersions[0]]) {
  describe(`neighbours on Envoy ${version}`, () => {
    let backend: Backend;
    let lambda: EchoLambda;
    let sidecar: RunningSidecar;
    let envoy: RunningEnvoy;

    before(async () => {
      assert.ok(version);
      process.env.ENVOY_BIN = installEnvoy(root, version);
      backend = await startBackend();
      lambda = await startEchoLambda();
      sidecar = await startSidecar({ config: policies(lambda.endpoint) });
      envoy = await startEnvoy({ config: allCases(sidecar.address, backend.address) });
    });
    after(async () => {
      delete process.env.ENVOY_BIN;
      await envoy?.stop();
      await sidecar?.stop();
      lambda?.stop();
      await backend?.stop();
    });

    for (const one of cases) {
      test(`${one.name} ${one.place} ext_proc in ${one.mode} is as check says`, async () => {
        const url = `http://127.0.0.1:${envoy.listenerPort(one.listener)}`;
        assert.deepEqual(await outcomeOf(url, backend), brokenByCheck(one, lambda.endpoint));
      });
    }
  });
}
