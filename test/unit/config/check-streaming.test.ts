// What `check --envoy` says of a route that streams: the example has nothing wrong, and each line of it is spoilt once.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkEnvoy, formatProblem, loadPolicies } from '../../../src/config/index.ts';
import { only } from './envoy-checks.ts';

const root = join(import.meta.dirname, '../../..');
const example = readFileSync(join(root, 'envoy/envoy.yaml'), 'utf8');
const policies = readFileSync(join(root, 'demo/policies.yaml'), 'utf8');

function check(envoy: string, document = policies, version?: string): readonly string[] {
  const loaded = loadPolicies(document, 'policies.yaml', undefined, version);
  return checkEnvoy(envoy, 'envoy.yaml', loaded).map(formatProblem);
}

function spoilt(from: string, to: string, text = example): string {
  assert.ok(text.includes(from), from);
  return text.replace(from, () => to);
}

/** demo/policies.yaml with other words. */
const told = (from: string, to: string): string => spoilt(from, to, policies);

test('the example has nothing wrong', () => {
  assert.deepEqual(check(example), []);
});

describe('the body mode of a route that streams', () => {
  const duplex =
    'request_body_mode: FULL_DUPLEX_STREAMED\n                                  request_trailer_mode: SEND';

  test('one that waits for the body has answers collected', () => {
    for (const mode of ['BUFFERED', 'STREAMED', 'BUFFERED_PARTIAL']) {
      const lines = check(spoilt(duplex, `request_body_mode: ${mode}`));
      const mine = lines.filter((line) => line.includes('collected up to limits.bodyBytes'));
      only(
        mine,
        'warning',
        'request_body_mode',
        'API chat streams',
        'FULL_DUPLEX_STREAMED',
        'request_trailer_mode: SEND',
      );
    }
  });

  test('NONE cannot stream after a body that policies read', () => {
    const lines = check(spoilt(duplex, 'request_body_mode: NONE'));
    only(
      lines.filter((line) => line.includes('collected')),
      'warning',
      "reads the request's body",
      'if a request has one',
    );
    const payload = `payload: {prompt: "{#jsonPath(#request.content, '$.prompt')}"}`;
    const without = told(payload, 'payload: {prompt: "{#request.path}"}');
    assert.deepEqual(
      check(spoilt(duplex, 'request_body_mode: NONE'), without).filter((line) => line.includes('collected')),
      [],
    );
  });

  test('full duplex needs trailers', () => {
    only(
      check(
        spoilt(
          'request_trailer_mode: SEND\n                            lambda',
          'request_trailer_mode: SKIP\n                            lambda',
        ),
      ),
      'error',
      '`request_trailer_mode: SEND`',
    );
  });
});

describe("envoy's own deadlines", () => {
  test('an idle timeout that is shorter than the step may wait', () => {
    only(
      check(spoilt('idle_timeout: 330s', 'idle_timeout: 60s')),
      'warning',
      'route chat',
      'idle_timeout',
      '60000 ms',
      '300000 ms',
    );
    only(
      check(
        spoilt('idle_timeout: 330s\n', 'prefix_rewrite: /\n').replace(
          'stream_idle_timeout: 300s',
          'stream_idle_timeout: 30s',
        ),
      ),
      'warning',
      'stream_idle_timeout',
      '30000 ms',
    );
    assert.deepEqual(check(spoilt('idle_timeout: 330s\n', 'prefix_rewrite: /\n')), [], 'as long is enough');
    assert.deepEqual(check(spoilt('idle_timeout: 330s', 'idle_timeout: 0s')), [], 'it is off');
    const streaming = told('streaming: true', 'streaming: {idleTimeoutMs: 400000}');
    only(check(example, streaming), 'warning', 'idle_timeout', '400000 ms');
  });

  test('no longest duration, or one that cuts before the step does', () => {
    const field = 'max_stream_duration: {max_stream_duration: 960s}';
    only(check(spoilt(field, 'prefix_rewrite: /')), 'warning', 'common_http_protocol_options', 'reads slowly');
    only(check(spoilt(field, 'max_stream_duration: {max_stream_duration: 0s}')), 'warning', 'reads slowly');
    only(
      check(spoilt(field, 'max_stream_duration: {max_stream_duration: 600s}')),
      'warning',
      '600000 ms',
      'totalTimeoutMs: 900000',
    );
    const manager = spoilt(field, 'prefix_rewrite: /').replace(
      '{headers_with_underscores_action',
      '{max_stream_duration: 960s, headers_with_underscores_action',
    );
    assert.deepEqual(check(manager), []);
  });
});

describe("envoy's memory", () => {
  test('nothing resets streams that are not read', () => {
    const words = ['API chat streams', 'reset_high_memory_stream', 'minimum_account_to_track_power_of_two'];
    only(
      check(spoilt('  buffer_factory_config: {minimum_account_to_track_power_of_two: 20}\n', '')),
      'warning',
      ...words,
    );
    only(
      check(spoilt('envoy.overload_actions.reset_high_memory_stream', 'envoy.overload_actions.shrink_heap')),
      'warning',
      ...words,
    );
  });

  test('streams that may take more than the heap', () => {
    const lines = check(example, told('limits: {responseStreams: 50}', ''));
    only(lines, 'warning', 'max_heap_size_bytes', '8388608000 bytes', 'heap of 1073741824');
    assert.deepEqual(
      check(
        example,
        told('streaming: true', 'streaming: {maxBytes: 1000000}').replace('limits: {responseStreams: 50}', ''),
      ),
      [],
    );
  });

  test('a document without streams has nothing to do with it', () => {
    const none = told('streaming: true', 'streaming: false');
    const bare = spoilt('  buffer_factory_config: {minimum_account_to_track_power_of_two: 20}\n', '');
    assert.deepEqual(check(bare, none), []);
  });
});

describe('the version', () => {
  const attribute = '                        - xds.node.user_agent_build_version.version.minor_number\n';

  test('the setting is missing', () => {
    only(check(spoilt(attribute, '')), 'warning', 'request_attributes', 'minor_number', '1.37');
    assert.deepEqual(
      check(spoilt(attribute, ''), told('streamedCookies: 4', 'streamedCookies: 4\n  version: "1.40"')),
      [],
    );
  });

  test('one that cannot stream', () => {
    const lines = check(example, told('streamedCookies: 4', 'streamedCookies: 4\n  version: "1.36"'));
    only(lines, 'warning', 'Envoy 1.36 cannot', 'collected');
    only(check(example, policies, '1.36.2'), 'warning', 'Envoy 1.36.2 cannot');
    assert.deepEqual(check(example, told('streamedCookies: 4', 'streamedCookies: 4\n  version: "1.36"'), '1.37.1'), []);
  });
});

describe('cookies', () => {
  const entry = (number: number): string => `%DYNAMIC_METADATA(lambda-ext-proc:cookie${number})%`;

  test('without the filter, or after ext_proc', () => {
    const type = 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation';
    const none = example.replaceAll(/lambda-ext-proc:cookie\d/g, 'other:cookie');
    only(check(none), 'error', 'streamedCookies: 4', 'lost', 'header_mutation');
    only(
      check(none, told('  streamedCookies: 4\n', '')),
      'warning',
      'one cookie,',
      'header_mutation',
      'streamedCookies: 4',
    );
    assert.ok(example.includes(type));
    const start = example.indexOf('                  - name: streamed-cookies');
    const end = example.indexOf('                  - name: envoy.filters.http.ext_proc\n');
    const router = '                  - name: envoy.filters.http.router\n';
    const moved = (example.slice(0, start) + example.slice(end)).replace(
      router,
      () => example.slice(start, end) + router,
    );
    only(check(moved), 'error', 'lost');
  });

  test('more are reported than entries, or fewer', () => {
    only(check(spoilt(entry(4), entry(5))), 'error', 'up to number 3', 'streamedCookies: 4', 'cookie4');
    only(check(example, told('streamedCookies: 4', 'streamedCookies: 9')), 'error', 'up to number 4', 'cookie5');
    only(check(example, told('  streamedCookies: 4\n', '')), 'warning', 'streamedCookies: 4');
    const replaced = spoilt(
      `value: "${entry(2)}"}\n                              append_action: APPEND_IF_EXISTS_OR_ADD`,
      `value: "${entry(2)}"}\n                              append_action: OVERWRITE_IF_EXISTS_OR_ADD`,
    );
    only(check(replaced), 'error', 'lost');
  });

  test('an access log that has all of the namespace has the cookies', () => {
    const logged = spoilt('%DYNAMIC_METADATA(lambda-ext-proc:policies)%', '%DYNAMIC_METADATA(lambda-ext-proc)%');
    only(check(logged), 'warning', 'access_log', 'cookies of streamed answers of API chat', 'lambda-ext-proc:policies');
  });

  test('the namespace does not arrive', () => {
    const lines = check(spoilt('untyped: [lambda-ext-proc]', 'untyped: []'));
    assert.ok(
      lines.some((line) => line.includes('cookies of this filter never arrive:')),
      lines.join('\n'),
    );
  });
});
