import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, enriching, guarding, isError, only, spoilt } from './envoy-checks.ts';
import { goodEnvoy } from './envoy-fixture.ts';

const metadata = '[{key: x-lambda-api, value: orders}]';
const route = (value: string, key = 'x-lambda-api'): string => {
  return spoilt(metadata, `[{key: ${key}, value: ${JSON.stringify(value)}}]`);
};
const filter = (value: string, key = 'x-lambda-api'): string => {
  return spoilt(
    'retry_policy:',
    `initial_metadata: [{key: ${key}, value: ${JSON.stringify(value)}}]\n                        retry_policy:`,
  );
};
const override = (value: string): string => {
  const service = `{envoy_grpc: {cluster_name: lambda-ext-proc, authority: a}, initial_metadata: [{key: x-lambda-api, value: ${JSON.stringify(value)}}]}`;
  return spoilt(`grpc_initial_metadata: ${metadata}`, `grpc_service: ${service}`);
};

test('the authority cannot be metadata', () => {
  for (const key of ['host', 'Host', '":authority"']) {
    for (const text of [
      filter('a', key),
      spoilt(metadata, `[{key: x-lambda-api, value: orders}, {key: ${key}, value: a}]`),
    ]) {
      assert.ok(
        check(text).some((line) => line.includes('cannot be gRPC metadata') && isError(line)),
        text,
      );
    }
  }
});

const chosen = [
  '%REQ(x-pick)%',
  'a-%REQ(x-pick)%',
  '%REQ(x-pick):5%',
  '%%%REQ(x-pick)%',
  '%METADATA(ROUTE:lambda:api)%%REQ(x-pick)%',
  '%DYNAMIC_METADATA(a:b)%',
  '%METADATA(CLUSTER:a:b)%',
  '%FILTER_STATE(x)%',
  '%START_TIME%',
  '%REQ(x-pick',
];

for (const [where, write] of Object.entries({ route, filter, override })) {
  test(`a format that depends on the request is an error in the metadata of a ${where}`, () => {
    for (const value of chosen) {
      const errors = check(write(value)).filter(isError);
      only(errors, 'error', 'depends on the request, so callers choose the value of x-lambda-api');
    }
  });
}

test('every key of ours is looked at, in any case, and no other', () => {
  for (const key of ['x-lambda-policies', 'x-lambda-envoy', 'X-Lambda-Api']) {
    const errors = check(filter('%REQ(x-pick)%', key)).filter(isError);
    assert.ok(
      errors.some((line) => line.includes(`choose the value of ${key.toLowerCase()}`)),
      errors.join('\n'),
    );
  }
  assert.deepEqual(check(filter('%REQ(x-request-id)%', 'x-trace')), []);
});

test('metadata of the route and doubled percent signs do not depend on the request', () => {
  assert.deepEqual(check(route('%METADATA(ROUTE:lambda:api)%')), []);
  assert.deepEqual(check(filter('%METADATA(ROUTE:lambda:api)%')), []);
  only(check(route('100%%')), 'error', 'is not an API of the policies');
  only(check(route('%%REQ(x)%%')), 'error', 'is not an API of the policies');
  only(check(route('%METADATA(ROUTE:lambda:api):3%')), 'warning', 'whether such an API exists cannot be checked');
});

test('metadata is looked at also where routes come from elsewhere', () => {
  const text = filter('%REQ(x-pick)%').replace(
    / {16}route_config:\n(?: {18}.*\n)+/,
    '                rds: {route_config_name: routes}\n',
  );
  only(check(text).filter(isError), 'error', 'depends on the request');
});

const entry = '                            ext_proc:\n';
const misspelt = (name: string): string => spoilt(entry, `                            ${name}:\n`);

test('a misspelt filter in typed per filter config is an error with the name that is meant', () => {
  const errors = check(misspelt('ext-proc'), guarding).filter((line) => line.includes('no policy runs here'));
  only(errors, 'error', 'typed_per_filter_config.ext-proc: ', 'no policy runs here', 'write `ext_proc`');
  const far = check(misspelt('envoy.filters.http.extproc')).filter((line) => line.includes('no policy runs here'));
  only(far, 'error', 'write `ext_proc`');
});

test('blanks around the name of an api are none of it', () => {
  const named = (name: string): readonly string[] => check(spoilt('value: orders}]', `value: "${name}"}]`));
  assert.deepEqual(named(' orders\\t'), []);
  only(named(' orders x'), 'error', 'is not an API');
  only(named(' '), 'error', 'is not an API');
});

test('the canonical name in one listener is misspelt in it', () => {
  const canonical = goodEnvoy
    .replace('- name: ext_proc\n', '- name: envoy.filters.http.ext_proc\n')
    .replace(entry, entry.replace('ext_proc', 'envoy.filters.http.extproc'));
  const errors = check(canonical).filter((line) => line.includes('no policy runs here'));
  only(errors, 'error', 'envoy.filters.http.extproc', 'write `envoy.filters.http.ext_proc`');
});

test('a misspelt filter on a host or in a wrapper is found', () => {
  const config = '"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, config: {}';
  const host = spoilt(
    'domains: ["*"]',
    `domains: ["*"]\n                      typed_per_filter_config: {extproc: {${config}}}`,
  );
  only(check(host), 'error', 'virtual host all: typed_per_filter_config.extproc: ', 'write `ext_proc`');
});

test('another filter that is not there is an error too', () => {
  const other = spoilt(
    'domains: ["*"]',
    'domains: ["*"]\n                      typed_per_filter_config: {envoy.filters.http.cors: {"@type": type.googleapis.com/x.Y}}',
  );
  only(
    check(other),
    'error',
    'envoy.filters.http.cors"]: does not match a filter of this listener: Envoy ignores it silently',
    'add the filter to its http_filters, or remove this entry',
  );
});

test('a listener without the filter whose routes want it is an error', () => {
  const listener = goodEnvoy.slice(goodEnvoy.indexOf('    - name: main'), goodEnvoy.indexOf('  clusters:'));
  const second = listener.replace('name: main', 'name: second').replace(/ {18}- name: ext_proc\n(?: {20}.*\n)+/, '');
  const text = goodEnvoy.replace('  clusters:', () => `${second}  clusters:`);
  only(
    check(text),
    'error',
    'envoy.yaml:105:',
    'belongs to listener main',
    'no policy runs here',
    'add the filter envoy.filters.http.ext_proc',
  );
});

test('a step that may lead to a route of no api is a warning', () => {
  const document = (mutations: string): string => enriching.replaceAll('mutations: {', `mutations: {${mutations}, `);
  const leads = 'may lead to route plain, which has no policies';
  const clear = 'clearRouteCache: true';
  only(check(goodEnvoy, document(`${clear}, path: "/{#lambdaResponse.content}"`)), 'warning', leads);
  only(check(goodEnvoy, document(`${clear}, path: /elsewhere`)), 'warning', leads);
  assert.deepEqual(check(goodEnvoy, document(`${clear}, path: /orders/new?a=/`)), []);
  assert.deepEqual(check(goodEnvoy, document('path: /elsewhere')), []);
  assert.deepEqual(check(goodEnvoy, document(clear)), []);
});

test('a step that may lead to a route of another api is a warning', () => {
  const plain = '                        - name: plain\n';
  const others = `                        - name: others
                          match: {prefix: /, headers: [{name: x-a, string_match: {exact: b}}]}
                          route: {cluster: backend}
                          typed_per_filter_config:
                            ext_proc:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute
                              overrides: {grpc_initial_metadata: [{key: x-lambda-api, value: others}]}
`;
  const clearing = enriching.replace('mutations: {', 'mutations: {clearRouteCache: true, path: /others, ');
  const lines = check(spoilt(plain, `${others}${plain}`), clearing);
  only(lines, 'warning', 'may lead to route others, which belongs to API others, whose policies do not run');
  const first = '                        - name: orders\n';
  const byHeader = enriching.replace('mutations: {', 'mutations: {clearRouteCache: true, ');
  only(check(spoilt(first, `${others}${first}`), byHeader), 'warning', 'route others');
  assert.deepEqual(check(spoilt(plain, `${others}${plain}`), byHeader), []);
});

test('a filter that clears the route for every change is as if the step did', () => {
  const text = spoilt(
    'allow_mode_override: true',
    'allow_mode_override: true\n                      route_cache_action: CLEAR',
  );
  const path = enriching.replace('mutations: {', 'mutations: {path: /elsewhere, ');
  only(check(text, path), 'warning', 'may lead to route plain');
});
