import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  after,
  before,
  check,
  enriching,
  guarding,
  only,
  readingRequest,
  readingResponse,
  spoilt,
} from './envoy-checks.ts';

const cache = 'cache.v3.CacheConfig';
const decompressor = 'decompressor.v3.Decompressor';
const responseOff = '{response_direction_config: {common_config: {enabled: {default_value: false, runtime_key: x}}}}';

const broken: readonly (readonly [string, string, string, 'error' | 'warning', string])[] = [
  ['a cache in front', before(cache), enriching, 'error', 'bypass every policy of API orders'],
  ['a cache behind a policy that changes requests', after(cache), enriching, 'warning', 'vary'],
  ['a decompressor behind a policy that reads responses', after(decompressor), readingResponse, 'error', '300 s'],
  ['grpc json in front', before('grpc_json_transcoder.v3.GrpcJsonTranscoder'), readingRequest, 'warning', 'frames'],
  ['grpc web in front', before('grpc_web.v3.GrpcWeb'), readingResponse, 'warning', 'frames'],
  ['a signature in front', before('aws_request_signing.v3.AwsRequestSigning'), enriching, 'error', 'signs the request'],
  ['cors behind a guard', after('cors.v3.Cors'), guarding, 'warning', 'preflight'],
  ['ext authz behind', after('ext_authz.v3.ExtAuthz'), enriching, 'warning', 'checks callers after ext_proc'],
  ['jwt behind', after('jwt_authn.v3.JwtAuthentication'), guarding, 'warning', 'never checked'],
  ['csrf behind', after('csrf.v3.CsrfPolicy'), enriching, 'warning', 'checks callers after ext_proc'],
  [
    'ext authz that clears the route in front of a guard',
    before('ext_authz.v3.ExtAuthz', '{clear_route_cache: true}'),
    guarding,
    'error',
    'bypasses API orders',
  ],
  [
    'lua that clears the route in front of a guard',
    before('lua.v3.Lua', '{default_source_code: {inline_string: "request_handle:clearRouteCache()"}}'),
    guarding,
    'error',
    'bypasses API orders',
  ],
];

for (const [name, text, document, severity, words] of broken) {
  test(`${name} is reported`, () => {
    only(check(text, document), severity, words);
  });
}

test('a filter that clears the route after ext_proc is reported too, with another remedy', () => {
  const lua = '{default_source_code: {inline_string: "request_handle:clearRouteCache()"}}';
  only(check(after('lua.v3.Lua', lua), guarding), 'error', 'bypasses API orders', 'put it before ext_proc');
  assert.deepEqual(check(after('lua.v3.Lua', lua), enriching), []);
});

const fine: readonly (readonly [string, string, string])[] = [
  ['a cache behind a policy that changes no request', after(cache), readingResponse],
  ['a decompressor in front', before(decompressor), readingResponse],
  ['a decompressor behind a policy that reads no response', after(decompressor), readingRequest],
  ['a decompressor of requests behind', after(decompressor, responseOff), readingResponse],
  ['grpc json behind', after('grpc_json_transcoder.v3.GrpcJsonTranscoder'), readingRequest],
  ['a signature behind', after('aws_request_signing.v3.AwsRequestSigning'), enriching],
  ['cors in front of a guard', before('cors.v3.Cors'), guarding],
  ['ext authz in front', before('ext_authz.v3.ExtAuthz'), guarding],
  ['a rate limit behind a guard', after('local_ratelimit.v3.LocalRateLimit'), guarding],
  ['a compressor in front', before('compressor.v3.Compressor'), readingResponse],
];

for (const [name, text, document] of fine) {
  test(`${name} is fine`, () => {
    assert.deepEqual(check(text, document), []);
  });
}

test('a neighbour that is off on the route is not a neighbour', () => {
  const off = spoilt('- name: neighbour\n', '- name: neighbour\n                    disabled: true\n', before(cache));
  assert.deepEqual(check(off), []);
  const entry = `typed_per_filter_config:
                            neighbour: {"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, config: {}}
`;
  only(check(spoilt('typed_per_filter_config:\n', entry, off)), 'error', 'the filter cache');
});

test('upstream filters stand behind', () => {
  const filter = `{name: d, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.${decompressor}}}`;
  const router = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';
  const upstream = spoilt(router, `${router}\n                      upstream_http_filters: [${filter}]`);
  only(check(upstream, readingResponse), 'error', 'upstream_http_filters.0', 'decompressor');
});
