import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, enriching, guarding, only, spoilt } from './envoy-checks.ts';
import { goodEnvoy } from './envoy-fixture.ts';

const lines = [
  'normalize_path: true',
  'merge_slashes: true',
  'path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT',
  'common_http_protocol_options: {headers_with_underscores_action: REJECT_REQUEST}',
  'use_remote_address: true',
  'request_timeout: 300s',
  'stream_idle_timeout: 300s',
];

for (const line of lines) {
  const [field = ''] = line.split(':');
  test(`a listener without ${field} is a warning and an error where a route guards`, () => {
    only(check(spoilt(line, ''), enriching), 'warning', field, `\`${line}\``);
    only(check(spoilt(line, ''), guarding), 'error', field, `\`${line}\``);
  });
}

const weak = [
  ['normalize_path: true', 'normalize_path: false'],
  ['UNESCAPE_AND_REDIRECT', 'IMPLEMENTATION_SPECIFIC_DEFAULT'],
  ['REJECT_REQUEST', 'ALLOW'],
  ['request_timeout: 300s', 'request_timeout: 0s'],
  ['stream_idle_timeout: 300s', 'stream_idle_timeout: 0s'],
] as const;

for (const [from, to] of weak) {
  test(`${to.replaceAll(/\W+/g, '_')} is reported as if it were missing`, () => {
    only(check(spoilt(from, to), guarding), 'error');
  });
}

const strong = [
  ['UNESCAPE_AND_REDIRECT', 'REJECT_REQUEST'],
  ['UNESCAPE_AND_REDIRECT', 'UNESCAPE_AND_FORWARD'],
  ['UNESCAPE_AND_REDIRECT', '3'],
  ['action: REJECT_REQUEST', 'action: DROP_HEADER'],
  ['use_remote_address: true', 'original_ip_detection_extensions: [{name: x}]'],
] as const;

for (const [from, to] of strong) {
  test(`${to.replaceAll(/\W+/g, '_')} is as good`, () => {
    assert.deepEqual(check(spoilt(from, to), guarding), []);
  });
}

test('a listener that keeps encoded slashes is for routes without guards', () => {
  const text = spoilt('UNESCAPE_AND_REDIRECT', 'KEEP_UNCHANGED');
  assert.deepEqual(check(text, enriching), []);
  only(
    check(text, guarding),
    'error',
    'path_with_escaped_slashes_action',
    'API orders guards a path',
    'on a separate listener',
  );
});

test('a listener that no policy uses is left alone', () => {
  const text = spoilt('normalize_path: true', '').replace(
    'grpc_initial_metadata: [{key: x-lambda-api, value: orders}]',
    'grpc_initial_metadata: [{key: x-lambda-api, value: nobody}]',
  );
  only(check(text), 'error', 'is not an API');
});

test('a listener whose routes come from elsewhere is looked at too', () => {
  const rds = spoilt('merge_slashes: true', '').replace(
    / {16}route_config:\n(?: {18}.*\n)+/,
    '                rds: {route_config_name: routes}\n',
  );
  const found = check(rds);
  assert.equal(found.length, 2, found.join('\n'));
  assert.ok(found.some((line) => line.includes('merge_slashes: warning: ')));
});

test('buffers without a limit are reported for listeners and backends', () => {
  const limit = 'per_connection_buffer_limit_bytes: 6291456';
  only(check(spoilt(limit, ''), enriching), 'warning', 'listener main: per_connection', `\`${limit}\``);
  only(check(spoilt(limit, ''), guarding), 'error', 'listener main: per_connection');
  const backend = spoilt(`name: backend\n      type: STATIC\n      ${limit}`, 'name: backend\n      type: STATIC');
  only(check(backend, enriching), 'warning', 'cluster backend: per_connection', `\`${limit}\``);
  only(check(backend, guarding), 'error', 'cluster backend: per_connection');
});

test('an envoy without an overload manager is reported', () => {
  const text = goodEnvoy.replace(/^overload_manager:\n.*\n/, '');
  only(check(text, enriching), 'warning', 'overload_manager: ');
  only(check(text, guarding), 'error', 'overload_manager: ');
});
