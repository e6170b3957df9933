// Whether a backend answered or Envoy itself, as Envoy tells it: neighbours' answers stay what they are, and no response passes for
// one of Envoy's whose request went by unseen.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { envoyMinor } from '../support/envoy.ts';
import type { EnvoyConfigOptions, Json, ProcessingMode } from '../support/envoy-config.ts';
import { FaultStub } from '../support/fault-stub.ts';

/** Envoy 1.36 brings no answer of a filter or of its own to ext_proc where the request was not seen. */
const isBrought = envoyMinor() > 36;

const filter = (name: string, config: Json): Json => ({
  name: `envoy.filters.http.${name}`,
  typed_config: {
    '@type': `type.googleapis.com/envoy.extensions.filters.http.${config.type}`,
    ...(config.fields as Json),
  },
});
const lua = (code: string): Json =>
  filter('lua', { type: 'lua.v3.Lua', fields: { default_source_code: { inline_string: code } } });

let authorizer: Server;
let lambda: FaultStub;
let policies: object;

before(async () => {
  authorizer = createServer((request, response) => {
    const status = Number(request.headers['x-status'] ?? 200);
    response.writeHead(status, status === 302 ? { location: 'http://login.example/' } : {}).end('denied');
  });
  await new Promise<void>((resolve) => authorizer.listen(0, '127.0.0.1', resolve));
  lambda = await FaultStub.start();
  const keys = { function: 'f', endpoint: lambda.endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
  const step = { configuration: { ...keys, mutations: { headers: { set: { 'x-lambda': 'ran' } } } } };
  policies = { version: 1, apis: { guarded: { request: [step], response: [step] } } };
});
after(async () => {
  authorizer.close();
  await lambda.stop();
});
beforeEach(() => {
  lambda.forget();
  lambda.script('f', { kind: 'answer', answer: { status: 200, body: '"ok"' } });
});

const seen: ProcessingMode = { request_header_mode: 'SEND', response_header_mode: 'SEND' };
const unseen: ProcessingMode = { request_header_mode: 'SKIP', response_header_mode: 'SEND' };

function extAuthz(): Json {
  return filter('ext_authz', {
    type: 'ext_authz.v3.ExtAuthz',
    fields: {
      http_service: {
        server_uri: {
          uri: `http://127.0.0.1:${(authorizer.address() as AddressInfo).port}`,
          cluster: 'authorizer',
          timeout: '5s',
        },
        authorization_request: { allowed_headers: { patterns: [{ exact: 'x-status' }] } },
        authorization_response: { allowed_client_headers: { patterns: [{ exact: 'location' }] } },
      },
    },
  });
}

/** The service that ext_authz asks. */
function withAuthorizer(config: Json): Json {
  const resources = config.static_resources as { clusters: Json[] };
  const { port } = authorizer.address() as AddressInfo;
  resources.clusters.push({
    name: 'authorizer',
    type: 'STATIC',
    load_assignment: {
      cluster_name: 'authorizer',
      endpoints: [
        { lb_endpoints: [{ endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } } }] },
      ],
    },
  });
  return config;
}

function within(envoy: () => Omit<EnvoyConfigOptions, 'sidecar' | 'backend'>, tests: (get: () => Environment) => void) {
  let environment: Environment;
  before(async () => {
    environment = await startEnvironment({
      policies,
      envoy: { routes: [{ metadata: { 'x-lambda-api': 'guarded' } }], processingMode: seen, ...envoy() },
      changeEnvoy: withAuthorizer,
    });
  });
  after(() => environment.stop());
  tests(() => environment);
}

const refused = 'Request processing broken';
const unattributed = (request: string) => `lambda_ext_proc_unattributed_responses_total{request="${request}"}`;
const passes = 'lambda_ext_proc_pass_throughs_total{reason="local_reply"}';

describe('filters before ext_proc that answer', () => {
  within(
    () => ({
      filtersBefore: [
        extAuthz(),
        lua(`function envoy_on_request(handle)
          if handle:headers():get("x-lua") then
            handle:respond({[":status"] = "200", ["x-envoy-upstream-service-time"] = "1"}, "lua")
          end
        end`),
        filter('fault', {
          type: 'fault.v3.HTTPFault',
          fields: {
            abort: { http_status: 418, percentage: { numerator: 100 } },
            headers: [{ name: 'x-fault', present_match: true }],
          },
        }),
        filter('local_ratelimit', {
          type: 'local_ratelimit.v3.LocalRateLimit',
          fields: {
            stat_prefix: 'limit',
            token_bucket: { max_tokens: 1000, tokens_per_fill: 1000, fill_interval: '1s' },
            filter_enabled: { default_value: { numerator: 100 } },
            filter_enforced: { default_value: { numerator: 100 } },
            descriptors: [],
          },
        }),
      ],
    }),
    (get) => {
      for (const status of [401, 302, 403]) {
        test(`a ${status} of ext_authz passes untouched`, async () => {
          const answer = await get().call('/', { headers: { 'x-status': String(status) } });
          assert.equal(answer.status, status);
          assert.equal(answer.headers.get('x-lambda'), null);
          assert.equal(get().backend.calls, 0);
        });
      }

      test('so do those of Lua, with a copied header too, and of an injected fault', async () => {
        const before = await get().sidecar.metric(passes);
        const answer = await get().call('/', { headers: { 'x-lua': '1' } });
        assert.deepEqual([answer.status, answer.text, answer.headers.get('x-lambda')], [200, 'lua', null]);
        assert.equal((await get().call('/', { headers: { 'x-fault': '1' } })).status, 418);
        assert.equal((await get().sidecar.metric(passes)) - before, isBrought ? 2 : 0);
      });

      test('a request that they let on runs its policies', async () => {
        const answer = await get().call('/');
        assert.deepEqual([answer.status, answer.headers.get('x-lambda')], [200, 'ran']);
      });
    },
  );
});

describe('the same, where the filter does not ask who answered', () => {
  within(
    () => ({ filtersBefore: [extAuthz()], responseAttributes: [] }),
    (get) => {
      test('what cannot be known is the documented 500, counted and logged with the line to write', async () => {
        const answer = await get().call('/', { headers: { 'x-status': '401' } });
        if (!isBrought) {
          assert.equal(answer.status, 401);
          assert.equal(await get().sidecar.metric(unattributed('unseen')), 0);
          return;
        }
        assert.equal(answer.status, 500);
        assert.match(answer.text, new RegExp(refused));
        const line = await get().sidecar.log(({ msg }) => msg === 'request failed');
        assert.match(String((line.err as Error).message), /response_attributes: \[response\.code_details/);
        assert.equal(await get().sidecar.metric(unattributed('unseen')), 1);
      });

      test('a request that was seen is served as ever', async () => {
        assert.equal((await get().call('/')).headers.get('x-lambda'), 'ran');
      });
    },
  );
});

describe('request headers that Envoy does not send', () => {
  const suppressed = {
    name: 'envoy.filters.http.router',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
      suppress_envoy_headers: true,
    },
  };
  const routes = [
    { prefix: '/direct', metadata: { 'x-lambda-api': 'guarded' }, directResponse: { status: 403, body: 'no' } },
    { metadata: { 'x-lambda-api': 'guarded' }, action: { timeout: '0.3s' } },
  ];
  for (const responseAttributes of [['response.code_details', 'upstream.address'], []]) {
    describe(`with ${responseAttributes.length} response attributes`, () => {
      within(
        () => ({ processingMode: unseen, routes, router: suppressed, responseAttributes }),
        (get) => {
          test('the backend’s answer is a 500, of any status, though it has no header of the router', async () => {
            for (const status of [200, 404, 503]) {
              get().backend.answerWith({ status });
              const answer = await get().call('/');
              assert.deepEqual([answer.status, answer.text.includes(refused)], [500, true], String(status));
            }
            assert.equal(await get().sidecar.metric(passes), 0);
            get().backend.reset();
          });

          test('an answer of Envoy’s own passes only where Envoy says so', async () => {
            const known = responseAttributes.length > 0;
            assert.equal((await get().call('/direct')).status, known || !isBrought ? 403 : 500);
            assert.equal(await get().sidecar.metric(passes), known && isBrought ? 1 : 0);
          });
        },
      );
    });
  }
});
