// By what streams find their API, through the real Envoy with the configuration that each control plane makes; and that callers
// choose none of it.
import assert from 'node:assert/strict';
import { request as http1Request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { envoyMinor } from '../support/envoy.ts';
import type { Json } from '../support/envoy-config.ts';

const HTTP = 'type.googleapis.com/envoy.extensions.filters.http';
const FILTER_CONFIG = { '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig', config: {} };
const API_OF_ROUTE = "xds.route_metadata.filter_metadata['lambda']['api']";

/** Filters as control planes write them, by name. */
const filters: Readonly<Record<string, Json>> = {
  // Envoy Gateway: a filter for each policy, and the name and namespace of the first backend as the authority.
  'envoy.filters.http.ext_proc/envoyextensionpolicy/shop/orders/extproc/0': { authority: 'orders.shop' },
  'envoy.filters.http.ext_proc/envoyextensionpolicy/evil/orders/extproc/0': { authority: 'orders.evil' },
  'envoy.filters.http.ext_proc/envoyextensionpolicy/shop/service/extproc/0': { authority: 'orders.shop:50051' },
  // kgateway: an authority of the operator's choice, and no attributes.
  'ext_proc/shop/lambda': { authority: 'items', request_attributes: [] },
  'ext_proc/shop/small': { authority: 'small' },
  'lambda-ext-proc': { authority: 'lambda-ext-proc' },
  selecting: { request_attributes: [API_OF_ROUTE, 'xds.virtual_host_name', 'xds.route_name', 'xds.filter_chain_name'] },
  plain: {},
  'without-route-names': { request_attributes: ['xds.virtual_host_name'] },
};
const [EG, EG_EVIL, EG_SERVICE, KGATEWAY] = Object.keys(filters) as [string, string, string, string];

function processor(name: string, { authority, ...others }: Json): Json {
  return {
    name,
    disabled: true,
    typed_config: {
      '@type': `${HTTP}.ext_proc.v3.ExternalProcessor`,
      grpc_service: { envoy_grpc: { cluster_name: 'sidecar', ...(authority === undefined ? {} : { authority }) } },
      processing_mode: { request_header_mode: 'SEND', response_header_mode: 'SKIP' },
      allow_mode_override: true,
      message_timeout: '30s',
      request_attributes: ['xds.route_name', 'xds.virtual_host_name'],
      metadata_options: {
        forwarding_namespaces: { untyped: ['lambda'] },
        receiving_namespaces: { untyped: ['lambda-ext-proc'] },
      },
      ...others,
    },
  };
}

/** Whatever a caller may put into dynamic metadata. */
const storing: Json = {
  name: 'storing',
  typed_config: {
    '@type': `${HTTP}.header_to_metadata.v3.Config`,
    request_rules: [
      { header: 'x-pick', on_header_present: { metadata_namespace: 'lambda', key: 'api' }, remove: false },
      { header: 'x-pick', on_header_present: { metadata_namespace: 'lambda-ext-proc', key: 'x-lambda-api' } },
    ],
  },
};

interface Case {
  readonly route: string;
  readonly filter: string;
  /** In place of FilterConfig. */
  readonly entry?: Json;
  readonly filterMetadata?: Json;
  /** The API that serves it; undefined: none, with this key in the log, or no stream at all. */
  readonly api?: string;
  /** This Envoy may let it go on by itself. */
  readonly mayPass?: boolean;
  readonly key?: string;
  /** Of the error; absent: 500. */
  readonly status?: number;
}

const named = (metadata: Readonly<Record<string, string>>): Json => ({
  '@type': `${HTTP}.ext_proc.v3.ExtProcPerRoute`,
  overrides: { grpc_initial_metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })) },
});

const cases: readonly Case[] = [
  { route: 'httproute/shop/orders/rule/0/match/0/*', filter: EG, api: 'orders' },
  { route: 'httproute/evil/orders/rule/0/match/0/*', filter: EG_EVIL, key: 'LAMBDA_EXT_PROC_UNMATCHED' },
  { route: 'httproute/shop/service/rule/0/match/0/*', filter: EG_SERVICE, api: 'orders' },
  { route: 'kgateway', filter: KGATEWAY, api: 'items' },
  { route: 'small', filter: 'ext_proc/shop/small', api: 'small' },
  { route: 'istio', filter: 'lambda-ext-proc', entry: named({ 'x-lambda-api': 'named' }), api: 'named' },
  { route: 'metadata-first', filter: EG, entry: named({ 'x-lambda-api': 'named' }), api: 'named' },
  { route: 'selected-1', filter: 'selecting', filterMetadata: { lambda: { api: 'tea' } }, api: 'tea' },
  { route: 'selected-number', filter: 'selecting', filterMetadata: { lambda: { api: 7 } }, api: 'routed' },
  { route: 'selected-nothing', filter: 'selecting', api: 'routed' },
  {
    route: 'twice',
    filter: 'selecting',
    filterMetadata: { lambda: { api: 'twice' } },
    key: 'LAMBDA_EXT_PROC_AMBIGUOUS_API',
  },
  { route: 'selected-by-route', filter: 'plain', api: 'routed' },
  { route: 'authority-of-the-cluster', filter: 'plain', key: 'LAMBDA_EXT_PROC_UNMATCHED' },
  // What tells that there is a route is not asked for.
  { route: 'unnamed', filter: 'without-route-names', key: 'LAMBDA_EXT_PROC_UNMATCHED', status: 404 },
  { route: 'overridden', filter: EG, entry: overridden('items'), api: 'items' },
  // Envoy 1.40 makes two authorities of it, and no stream comes about; Envoy 1.37 lets the request go on: `check` refuses it.
  { route: 'authority-by-metadata', mayPass: envoyMinor() < 40, filter: EG, entry: named({ host: '%REQ(x-pick)%' }) },
];

function overridden(authority: string): Json {
  return {
    '@type': `${HTTP}.ext_proc.v3.ExtProcPerRoute`,
    overrides: { grpc_service: { envoy_grpc: { cluster_name: 'sidecar', authority } } },
  };
}

describe('which API serves a stream', () => {
  let environment: Environment;
  let lambda: EchoLambda;

  before(async () => {
    lambda = await startEchoLambda();
    const { endpoint } = lambda;
    const configuration = { function: 'echo', endpoint, accessKey: 'a', secretKey: 's', payload: '"x"' };
    const ran = (name: string) => ({ mutations: { headers: { set: { 'x-ran': name } } } });
    const saying = (name: string) => ({
      request: [{ configuration: { ...configuration, ...ran(name) } }],
    });
    environment = await startEnvironment({
      policies: {
        version: 1,
        envoy: { allowModeOverride: true },
        limits: { shares: { small: 1e-6 } },
        apis: {
          orders: { authorities: ['orders.shop', 'orders.shop:*'], ...saying('orders') },
          items: { authorities: ['items'], ...saying('items') },
          small: {
            authorities: ['small'],
            request: [{ configuration: { ...configuration, payload: '"{#request.content}"', ...ran('small') } }],
          },
          tea: { select: [{ attribute: API_OF_ROUTE, matches: 't*a' }], ...saying('tea') },
          twice: { select: [{ attribute: API_OF_ROUTE, matches: 'twice' }], ...saying('twice') },
          again: { select: [{ attribute: 'xds.route_name', matches: 'twice' }], ...saying('again') },
          routed: { routes: ['selected-*'], ...saying('routed') },
          named: saying('named'),
        },
      },
      envoy: {
        filtersBefore: [storing],
        routes: cases.map(({ route, filterMetadata }, index) => ({
          name: route,
          prefix: `/${index}-`,
          ...(filterMetadata === undefined ? {} : { filterMetadata }),
          extra: { typed_per_filter_config: perRoute(index) },
        })),
      },
      changeEnvoy: withFilters,
    });
  });
  after(async () => {
    await environment?.stop();
    lambda?.stop();
  });

  function perRoute(index: number): Json {
    const { filter, entry } = cases[index] as Case;
    return { [filter]: entry ?? FILTER_CONFIG };
  }

  /** What a caller may try: what names an API elsewhere, wherever a caller can put it. */
  const attempts: readonly {
    readonly what: string;
    readonly headers?: Record<string, string>;
    readonly path?: string;
  }[] = [
    { what: 'nothing' },
    { what: 'x-lambda-api', headers: { 'x-lambda-api': 'items' } },
    { what: 'x-lambda-policies', headers: { 'x-lambda-policies': '{"request":[]}', 'x-lambda-envoy': '{}' } },
    { what: 'the host', headers: { host: 'items' } },
    { what: 'the host of another backend', headers: { host: 'orders.shop' } },
    { what: 'dynamic metadata', headers: { 'x-pick': 'tea' } },
    { what: 'what a host is made of', headers: { 'x-pick': 'items' } },
    { what: 'a query', path: '?x-lambda-api=items&authority=items&xds.route_name=selected-1' },
    { what: 'what Envoy trusts of proxies', headers: { 'x-forwarded-host': 'items', 'x-envoy-original-path': '/6-' } },
    { what: 'names of attributes', headers: { 'xds.route_name': 'selected-1', grpc_authority: 'items' } },
  ];

  for (const [index, { route, api, mayPass, key, status: refusal = 500 }] of cases.entries()) {
    for (const { what, headers = {}, path = '' } of attempts) {
      test(`${route} is served by ${api ?? 'nobody'}, whoever sends ${what}`, async () => {
        const { backend, sidecar, envoy } = environment;
        const before = backend.calls;
        const status = await send(`${envoy.url}/${index}-${path}`, headers);
        if (api !== undefined || (mayPass === true && status === 200)) {
          assert.equal(status, 200);
          assert.equal(backend.last?.header('x-ran'), api);
        } else {
          assert.equal(status, refusal);
          assert.equal(backend.calls, before);
          if (key === undefined || refusal === 404) return;
          const line = await sidecar.log((one) => one.key === key && JSON.stringify(one).includes(route));
          assert.match(
            JSON.stringify(line),
            key === 'LAMBDA_EXT_PROC_AMBIGUOUS_API' ? /twice.*again/ : /matches no API/,
          );
        }
      });
    }
  }

  test('an API that is chosen by its authority has its own share and its own series, as any other', async () => {
    const { envoy, sidecar } = environment;
    const index = cases.findIndex(({ route }) => route === 'small');
    const body = 'x'.repeat(1_000);
    const post = async (at: number) => (await fetch(`${envoy.url}/${at}-`, { method: 'POST', body })).status;
    assert.equal(await post(index), 503);
    assert.equal(await post(0), 200);
    assert.equal(await sidecar.metric('lambda_ext_proc_limit_reached_total{limit="api_buffered_bytes"}'), 1);
    const line = await sidecar.log(({ key }) => key === 'LAMBDA_EXT_PROC_OVERLOADED');
    assert.equal(line.api, 'small');
    const calls = 'lambda_ext_proc_invocation_duration_seconds_count{api="orders",function="echo"}';
    assert.ok((await sidecar.metric(calls)) > 0);
  });
});

/** fetch sends no Host of a test's choice. */
async function send(url: string, headers: Record<string, string>): Promise<number> {
  return await new Promise((resolve, reject) => {
    const call = http1Request(url, { headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject);
    call.end();
  });
}

/** The filters of the control planes in the place of the test's own. */
function withFilters(config: Json): Json {
  const text = JSON.stringify(config, (key, value: unknown) => {
    if (key !== 'http_filters' || !Array.isArray(value)) return value;
    return value.flatMap((one: Json) => {
      if (one.name !== 'envoy.filters.http.ext_proc') return [one];
      return Object.entries(filters).map(([name, own]) => processor(name, own));
    });
  });
  return JSON.parse(text) as Json;
}
