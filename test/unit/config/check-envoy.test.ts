import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkEnvoy, formatProblem, PolicyDocumentError } from '../../../src/config/index.ts';
import { goodEnvoy } from './envoy-fixture.ts';
import { assertLines, load } from './support.ts';

const policies = `version: 1
inline: {functions: [f]}
envoy: {allowModeOverride: true}
apis:
  orders:
    request:
      - name: enrich
        configuration: {function: f, payload: "{#request.content}", mutations: {headers: {set: {x-a: b}}}}
`;

function check(envoy: string, document = policies): readonly string[] {
  try {
    const problems = checkEnvoy(envoy, 'envoy.yaml', load(document));
    return problems.filter(({ file }) => file === 'envoy.yaml').map(formatProblem);
  } catch (error) {
    assert.ok(error instanceof PolicyDocumentError, String(error));
    return error.problems.map(formatProblem);
  }
}

/** The fixture with one text replaced, which must be there. */
function spoilt(from: string, to: string): string {
  assert.ok(goodEnvoy.includes(from), from);
  return goodEnvoy.replace(from, () => to);
}

const without = (text: string): string => spoilt(text, '');
/** `envoy.yaml:line:column` of a text in an Envoy configuration. */
function placeOf(text: string, part: string): string {
  const before = text.slice(0, text.indexOf(part)).split('\n');
  return `envoy.yaml:${before.length}:${(before.at(-1)?.length ?? 0) + 1} `;
}

const metadata = '[{key: x-lambda-api, value: orders}]';
const filterPath = 'filter ext_proc';

test('a right configuration has no findings', () => {
  assert.deepEqual(check(goodEnvoy), []);
});

test('camel case is read as envoy reads it', () => {
  const camel = goodEnvoy.replace(/\b([a-z0-9]+(?:_[a-z0-9]+)+)(?=:)/g, (name) => {
    return name.startsWith('ext_proc')
      ? name
      : name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  });
  assert.ok(camel.includes('allowModeOverride: true') && !camel.includes('allow_mode_override'));
  assert.deepEqual(check(camel), []);
  assertLines(
    check(camel.replace('allowModeOverride: true', 'allowModeOverride: false')),
    ['allowModeOverride: API orders needs'],
    ['allowModeOverride: the server has the setting'],
  );
});

test('a configuration without the filter is an error', () => {
  assertLines(check('static_resources: {}\n'), ['envoy.yaml:1:1', 'no policy ever runs']);
  assertLines(check('a: [\n'), ['envoy.yaml:1:4 not valid YAML']);
});

test('an unknown api is an error with the closest name', () => {
  const text = spoilt(metadata, '[{key: x-lambda-api, value: ordes}]');
  assertLines(check(text), [placeOf(text, 'ordes}'), 'is not an API', 'each request is a 500', 'did you mean orders?']);
});

test('both headers at once are an error', () => {
  const both = '[{key: x-lambda-api, value: orders}, {key: x-lambda-policies, value: "{}"}]';
  assertLines(check(spoilt(metadata, both)), ['sends both x-lambda-api and x-lambda-policies']);
});

test('inline policies in grpc metadata are validated with places in the envoy file', () => {
  const inline = (value: string): string => spoilt(metadata, `[{key: x-lambda-policies, value: ${value}}]`);
  assert.deepEqual(check(inline(`'{"request": [{"configuration": {"function": "f"}}]}'`)), []);
  const misspelt = inline(`'{"reqest": []}'`);
  assertLines(check(misspelt), [placeOf(misspelt, '"reqest"'), 'grpc_initial_metadata.0.value.reqest: unknown field']);
  assertLines(check(inline(`'{"request": }'`)), ['inline policies: not valid JSON', 'line 1, column 13']);
  const bad = `'{"request": [{"configuration": {"function": "f", "payload": "{#a @@}"}}]}'`;
  assertLines(check(inline(bad)), ['request.0.configuration.payload: ', 'at character 5 of the text: {#a ▸@@}']);
  assertLines(check(inline(`'{"request": [{"configuration": {}}]}'`)), ['configuration.function: is missing']);
});

test('percent signs are written twice', () => {
  const inline = (payload: string): string => {
    const value = `'{"request": [{"configuration": {"function": "f", "payload": "${payload}"}}]}'`;
    return spoilt(metadata, `[{key: x-lambda-policies, value: ${value}}]`);
  };
  assert.deepEqual(check(inline('100%%')), []);
  assertLines(check(inline('%%{#a @@}')), ['payload: ', 'at character 6 of the text']);
});

test('inline policies in the routes metadata are validated', () => {
  const reference = '[{key: x-lambda-policies, value: "%METADATA(ROUTE:lambda:policies)%"}]';
  const withMetadata = (value: string): string => {
    return spoilt(metadata, reference).replace('{lambda: {api: orders}}', () => `{lambda: {policies: ${value}}}`);
  };
  assert.deepEqual(check(withMetadata(`'{"request": []}'`)), []);
  const text = withMetadata(`'{"reqest": []}'`);
  assertLines(check(text), [placeOf(text, '"reqest"'), 'filter_metadata.lambda.policies.reqest: unknown']);
  const structure = withMetadata('{request: [{configuration: {}}]}');
  assertLines(check(structure), [placeOf(structure, '{}}]}'), 'function: is missing']);
});

test('an api named by the routes metadata is resolved', () => {
  const text = spoilt(metadata, '[{key: x-lambda-api, value: "%METADATA(ROUTE:lambda:api)%"}]');
  assert.deepEqual(check(text), []);
  const other = text.replace('{api: orders}', '{api: other}');
  assertLines(check(other), [placeOf(other, 'other'), 'is not an API']);
});

test('inline policies that are switched off are an error', () => {
  const text = spoilt(metadata, `[{key: x-lambda-policies, value: '{}'}]`);
  const without = policies.replace('inline: {functions: [f]}\n', '');
  assertLines(check(text, `inline: false\n${without}`), ['`inline: false`']);
  assertLines(check(text, without), ['`inline: false`']);
});

test('metadata that grpc cannot carry is an error or a warning', () => {
  const inline = (value: string): readonly string[] =>
    check(spoilt(metadata, `[{key: x-lambda-policies, value: ${value}}]`));
  const text = spoilt(metadata, `[{key: x-lambda-policies, value: '{"name": "é"}'}]`);
  assertLines(check(text), [placeOf(text, 'é'), 'warning: has a character that is not ASCII', '\\u escapes']);
  assert.deepEqual(inline(`'{"name": "\\u00e9"}'`), []);
  assertLines(inline(`"{\\n}"`), ['a line break']);
  assert.deepEqual(inline(`"{\\t\\"name\\": \\"a\\tb\\"}"`), [], 'the server takes a tab for a blank');
});

test('metadata that is too long is an error', () => {
  const inline = (size: number): readonly string[] => {
    return check(spoilt(metadata, `[{key: x-lambda-policies, value: '{"name": "${'x'.repeat(size)}"}'}]`));
  };
  assert.deepEqual(inline(16_000), []);
  assertLines(inline(17_000), ['more than 16384 are refused']);
  assertLines(inline(100_000), ['connection to the server is reset'], ['more than 16384']);
});

/** Nobody tells the server of an override, and there is none. */
const untold = policies.replace('envoy: {allowModeOverride: true}\n', '');

test('a body policy without allow mode override is an error', () => {
  const line = 'allow_mode_override: true';
  assertLines(check(without(line), untold), [
    `${filterPath}: allow_mode_override: `,
    "the request's body",
    `\`${line}\``,
  ]);
  const buffered = without(line).replace('response_header_mode: SKIP', 'request_body_mode: BUFFERED');
  assertLines(check(buffered, untold), ['request_trailer_mode: ', 'no body bypasses', '`request_trailer_mode: SEND`']);
  const safe = buffered.replace('BUFFERED', 'BUFFERED, request_trailer_mode: SEND');
  assert.deepEqual(check(safe, untold), []);
  const streamed = without(line).replace('response_header_mode: SKIP', 'request_body_mode: STREAMED');
  assert.equal(check(streamed, untold).length, 1);
  assert.deepEqual(check(without(line), untold.replace('request.content', 'request.path')), []);
});

test('a response policy that envoy never asks for is an error', () => {
  const text = without('allow_mode_override: true');
  const response = untold.replace('request:', 'response:').replace('request.content', 'response.status');
  assertLines(check(text, response), ['the response', 'they never run']);
  const sent = text.replace('response_header_mode: SKIP', 'response_header_mode: SEND');
  assert.deepEqual(check(sent, `envoy: {responseHeaders: true}\n${response}`), []);
  assertLines(check(sent, response), [
    'the server does not know that Envoy sends the response',
    '`envoy: {responseHeaders: true}`',
  ]);
});

test('skipped request headers are an error', () => {
  assertLines(check(spoilt('request_header_mode: SEND', 'request_header_mode: SKIP')), [
    'no policy ever runs, because',
  ]);
});

test('a body that no policy reads is a warning', () => {
  const text = spoilt('response_header_mode: SKIP', 'request_body_mode: BUFFERED');
  assertLines(check(text, policies.replace('request.content', 'request.path')), ['warning: every request', 'NONE']);
});

test('full duplex without the body that a policy reads is an error', () => {
  const text = spoilt('response_header_mode: SKIP', 'response_body_mode: FULL_DUPLEX_STREAMED');
  assertLines(check(text), ['request_body_mode', "reads the request's body"]);
});

test('missing receiving namespaces are a warning', () => {
  const text = without('metadata_options: {receiving_namespaces: {untyped: [lambda-ext-proc]}}');
  assertLines(
    check(text),
    ['metadata_options: the RBAC filter after it refuses every request of API orders'],
    ['metadata_options: warning: ', '`metadata_options: {receiving_namespaces'],
  );
});

test('envoys 200 ms are an error', () => {
  assertLines(check(without('message_timeout: 35s')), [
    'message_timeout: Envoy waits only 200 ms',
    '`message_timeout: 32s`',
  ]);
});

test('a message timeout below the lambdas own is a warning', () => {
  assertLines(check(spoilt('35s', '10s')), ['warning: API orders may take up to 32000 ms', 'after 10000 ms']);
  const bounded = policies.replace('function: f', 'function: f, apiCallTimeoutMs: 9000');
  assert.deepEqual(check(spoilt('35s', '10s'), bounded), []);
  const unbounded = policies.replace('function: f', 'function: f, readTimeoutMs: 0');
  assertLines(check(goodEnvoy, unbounded), ['may take any time']);
});

test('steps that run in one message are added up', () => {
  const step = '{configuration: {function: f, readTimeoutMs: 15000, connectionTimeoutMs: 3000}}';
  assert.deepEqual(
    check(
      goodEnvoy,
      `version: 1\nenvoy: {allowModeOverride: true}\napis: {orders: {request: [${step}], response: [${step}]}}\n`,
    ),
    [],
  );
  const answering = step.replace('function: f', 'function: f, sendToConsumer: true');
  const lines = check(
    goodEnvoy,
    `version: 1\nenvoy: {allowModeOverride: true}\napis: {orders: {request: [${answering}], response: [${step}]}}\n`,
  );
  assertLines(lines, ['may take up to 36000 ms']);
});

test('timeouts that the server has the setting must be envoys', () => {
  assertLines(check(goodEnvoy, `envoy: {allowModeOverride: true, messageTimeoutMs: 40000}\n${untold}`), [
    'setting 40000 ms',
    '`message_timeout: 40s`',
  ]);
  const told = spoilt(
    metadata,
    `[{key: x-lambda-api, value: orders}, {key: x-lambda-envoy, value: '{"messageTimeoutMs": 36000}'}]`,
  );
  assertLines(check(told), ['has the setting 36000 ms']);
  const longer = `envoy: {allowModeOverride: true, messageTimeoutMs: 35000, maxMessageTimeoutMs: 60000}\n${untold}`;
  assertLines(check(goodEnvoy, longer), ['max_message_timeout', '60000 ms', '`max_message_timeout: 60s`']);
  const allowed = spoilt(
    'message_timeout: 35s',
    'message_timeout: 35s\n                      max_message_timeout: 60s',
  );
  assert.deepEqual(check(allowed, longer), []);
  assertLines(check(allowed), ['max_message_timeout: warning: the server does not know it']);
});

test('a timeout that Envoy refuses to start with', () => {
  const over = check(spoilt('message_timeout: 35s', 'message_timeout: 3601s'));
  assertLines(over, ['message_timeout: Envoy rejects a `message_timeout` of more than an hour', '`3600s`']);
  const extended = spoilt(
    'message_timeout: 35s',
    'message_timeout: 35s\n                      max_message_timeout: 3600.5s',
  );
  assert.match(check(extended)[0] ?? '', /Envoy rejects a `max_message_timeout`/);
  const problems = check(spoilt('message_timeout: 35s', 'message_timeout: 3600s'));
  assert.deepEqual(
    problems.filter((line) => line.includes('refuses')),
    [],
  );
});

test('failing open is a warning, and an error where an authorizer lets in', () => {
  const text = spoilt(
    'allow_mode_override: true',
    'allow_mode_override: true\n                      failure_mode_allow: true',
  );
  assertLines(check(text), ['failure_mode_allow: warning: requests bypass their policies, including authorizers,']);
  const authorizer = '{authorizer: {type: TOKEN}, configuration: {function: f}}';
  const authorized = policies.replaceAll('request:\n', `request:\n      - ${authorizer}\n`);
  const lines = check(text, authorized).filter((line) => line.includes('failure_mode_allow'));
  assertLines(lines, ['failure_mode_allow: requests bypass their policies, including authorizers,']);
});

test('a missing graceful close flag is a warning', () => {
  assertLines(check(spoilt('ext_proc_graceful_grpc_close: true', 'other: true')), ['layered_runtime: warning: ']);
  const nested = '{envoy: {reloadable_features: {ext_proc_graceful_grpc_close: "true"}}}';
  assert.deepEqual(check(spoilt('{envoy.reloadable_features.ext_proc_graceful_grpc_close: true}', nested)), []);
});

test('a listeners buffer below the body limit is an error where bodies are read', () => {
  const line = 'per_connection_buffer_limit_bytes: 6291456';
  assertLines(check(without(line)), [
    ': bodies over 1048576 bytes',
    'wait for limits.bodyWaitMs',
    `\`${line}\``,
    'limits: {bodyBytes: 1048576}',
  ]);
  assert.deepEqual(check(without(line), `limits: {bodyBytes: 1000}\n${policies}`), []);
});

test('mutations that envoy refuses are an error unless a rule allows them', () => {
  const document = policies.replace('x-a: b', 'host: b, x-envoy-a: b');
  const lines = check(goodEnvoy, document);
  assertLines(
    lines,
    ['changes host', '`mutation_rules: {allow_all_routing: true}`'],
    ['x-envoy-a', 'allow_envoy: true'],
  );
  const rules = (text: string): string => {
    return spoilt(
      'allow_mode_override: true',
      `allow_mode_override: true\n                      mutation_rules: {${text}}`,
    );
  };
  assert.deepEqual(check(rules('allow_all_routing: true, allow_envoy: true'), document), []);
  assertLines(check(rules('allow_envoy: true, disallow_is_error: true'), document), [
    'answers each request with a 500',
  ]);
  assertLines(check(rules('disallow_all: true')), ['remove `disallow_all`']);
});

test('headers of an answer that envoy refuses are an error too, in both phases', () => {
  const sends = 'sendToConsumer: true, answer: {status: 403, headers: {set: {x-envoy-a: b}}}';
  const document = policies.replace('mutations: {headers: {set: {x-a: b}}}', sends);
  const withRules = (rules: string): string =>
    spoilt('allow_mode_override: true', `allow_mode_override: true\n                      mutation_rules: {${rules}}`);
  for (const phase of ['request', 'response']) {
    const text = document.replace('request:', `${phase}:`).replace('#request.content', '#request.path');
    const told = (envoy: string) => check(envoy, text).filter((line) => line.includes('mutation_rules'));
    assertLines(told(goodEnvoy), ['changes x-envoy-a', 'allow_envoy: true']);
    assert.deepEqual(told(withRules('allow_envoy: true')), []);
    // An immediate response has its status beside its headers.
    const lines = told(withRules('allow_envoy: true, disallow_system: true'));
    assert.equal(
      lines.some((line) => line.includes('changes path or status')),
      phase === 'response',
    );
  }
});

test('a route cache that is kept is an error for a policy that clears it', () => {
  const document = policies.replace('headers:', 'clearRouteCache: true, headers:');
  assert.deepEqual(check(goodEnvoy, document), []);
  const text = spoilt(
    'allow_mode_override: true',
    'allow_mode_override: true\n                      route_cache_action: RETAIN',
  );
  assertLines(check(text, document), ['route_cache_action: ', 'clearRouteCache']);
});

test('the default circuit breaker is a warning', () => {
  assertLines(check(without('circuit_breakers: {thresholds: [{max_requests: 10000, max_retries: 1000}]}')), [
    '1,024 concurrent requests',
  ]);
});

test('retries that the cluster does not allow are a warning', () => {
  assertLines(check(without(', max_retries: 1000')), ['max_retries: warning: ', 'retries at most 3 streams']);
});

test('what is wrong with defaults is not told again for inline policies', () => {
  const inline = `[{key: x-lambda-policies, value: '{"request": [{"configuration": {"function": "f"}}]}'}]`;
  const document = 'version: 1\ninline: {functions: [f]}\ndefaults: {ssl: {trustAll: true}}\n';
  assert.deepEqual(check(spoilt(metadata, inline), document), []);
});

test('health checks that are missing slow or of another service are reported', () => {
  assertLines(check(without('no_traffic_interval: 1s')), [
    'no_traffic_interval: warning: without traffic Envoy checks only every 60 s',
  ]);
  assertLines(check(spoilt('service_name: envoy.service.ext_proc.v3.ExternalProcessor,', 'service_name: x,')), [
    'unhealthy',
  ]);
  assertLines(check(goodEnvoy.replace(/ {6}health_checks:\n(?: {8}.*\n)+/, '')), ['health_checks: warning: ']);
});

test('retries after a reset are a warning', () => {
  assertLines(check(spoilt('connect-failure,refused-stream', 'connect-failure, reset')), ['retry_on: warning: reset']);
});

test('a cluster without http 2 is an error', () => {
  assertLines(check(without('explicit_http_config: {http2_protocol_options: {}}')), ['gRPC needs HTTP/2']);
});

test('a cluster that is not there is an error unless clusters come from elsewhere', () => {
  const text = spoilt('cluster_name: lambda-ext-proc,', 'cluster_name: lambda-extproc,');
  assertLines(check(text), ['there is no cluster of this name, did you mean lambda-ext-proc?']);
  assert.deepEqual(check(`dynamic_resources: {cds_config: {ads: {}}}\n${text}`), []);
});

test('a route that names no api is an error or costs something', () => {
  const text = spoilt(`grpc_initial_metadata: ${metadata}`, '{}');
  assertLines(check(text), ['route orders: matches no API, so each request is a 500']);
  assertLines(check(text, `unmatched: pass\n${policies}`), ['route orders: warning: matches no API']);
  assert.deepEqual(check(text, policies.replace('orders:', 'default:')), []);
});

test('a route picked by its name needs the name to be sent', () => {
  const document = policies.replace('orders:', 'orders:\n    routes: ["ord*"]');
  const text = spoilt(`grpc_initial_metadata: ${metadata}`, '{}');
  assert.deepEqual(check(text, document), []);
  assertLines(check(text.replace('request_attributes: [xds.route_name]', ''), document), [
    '`request_attributes: [xds.route_name]`',
  ]);
});

test('an api that reads certificates needs them to be sent', () => {
  const document = policies.replace('{#request.content}', '{#request.ssl.client.cn}');
  assertLines(check(goodEnvoy, document), ['reads #request.ssl', 'connection.subject_peer_certificate']);
  const asked = goodEnvoy.replace('[xds.route_name]', '[xds.route_name, connection.subject_peer_certificate]');
  assert.deepEqual(check(asked, document), []);
});

test('an api that makes events needs what they tell of the connection', () => {
  const document = policies.replace('payload: "{#request.content}"', 'requestFormat: alb');
  assertLines(check(goodEnvoy, document), [
    'request_attributes: warning: events of API orders lack',
    'sourceIp is 0.0.0.0',
    'add `source.address, request.protocol, destination.address`',
  ]);
  const asked = (more: string) =>
    goodEnvoy.replace('[xds.route_name]', `[xds.route_name, source.address, request.protocol, ${more}]`);
  assert.deepEqual(check(asked('destination.address'), document), []);
  assert.deepEqual(check(asked('destination.port'), document), []);
  const mutual = asked('destination.port').replace(
    '        - filters:\n',
    '        - transport_socket: {typed_config: {require_client_certificate: true}}\n          filters:\n',
  );
  assertLines(check(mutual, document), [
    'the certificate of the caller is left out',
    'connection.subject_peer_certificate',
  ]);
  const rules = 'forward_rules: {disallowed_headers: {patterns: [{exact: x-debug}]}}';
  const hiding = asked('destination.port').replace(
    'allow_mode_override: true',
    `allow_mode_override: true\n                      ${rules}`,
  );
  assertLines(check(hiding, document), ['forward_rules: warning: events of API orders lack the headers']);
});

test('the examples ask for what events need', () => {
  const document = policies.replace('payload: "{#request.content}"', 'requestFormat: alb');
  const lacks = (text: string): boolean =>
    check(text, document).some((line) => line.includes('lack attributes that the filter'));
  for (const name of ['envoy', 'encoded-slashes', 'mutual-tls', 'unix-socket']) {
    const text = readFileSync(join(import.meta.dirname, `../../../envoy/${name}.yaml`), 'utf8');
    assert.equal(lacks(text), false, name);
    assert.equal(lacks(text.replaceAll('destination.address', 'destination.id')), true, name);
  }
});

test('a filter that no route enables is an error', () => {
  const text = goodEnvoy.replace(/ {26}typed_per_filter_config:\n(?: {28}.*\n)+/, '');
  assertLines(check(text), ['filter ext_proc: disabled: ', 'no route enables it']);
});

test('a filter that is on everywhere is checked on every route', () => {
  assertLines(check(without('disabled: true')), ['route plain: matches no API']);
});

test('virtual hosts and filter config wrappers are followed', () => {
  const entry = '"@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute';
  const overrides = 'overrides: {grpc_initial_metadata: [{key: x-lambda-api, value: nope}]}';
  const host = spoilt(
    'domains: ["*"]',
    `domains: ["*"]\n                      typed_per_filter_config: {ext_proc: {${entry}, ${overrides}}}`,
  );
  assertLines(check(host), ['virtual host all: grpc_initial_metadata.0.value: "nope" is not an API']);
  const type = '"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig';
  const wrapped = host.replace(`{${entry}, ${overrides}}`, `{${type}, disabled: true, config: {${entry}}}`);
  assert.deepEqual(check(wrapped), []);
});

test('immediate responses that are off are an error', () => {
  const text = spoilt(
    'allow_mode_override: true',
    'allow_mode_override: true\n                      disable_immediate_response: true',
  );
  assertLines(check(text), [
    'disable_immediate_response: callers of API orders get an empty 500 instead of error answers',
  ]);
});

test('another ext proc filter of the same envoy is left alone', () => {
  const other = `- name: other
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor
                      grpc_service: {envoy_grpc: {cluster_name: nowhere}}
                  - name: ext_proc`;
  assert.deepEqual(check(spoilt('- name: ext_proc', other)), []);
});

test('routes from elsewhere are said to be unchecked', () => {
  const text = goodEnvoy.replace(
    / {16}route_config:\n(?: {18}.*\n)+/,
    '                rds: {route_config_name: routes}\n',
  );
  assertLines(check(text), ['warning: its routes come from another source']);
});

test('answers that envoy ignores are a warning', () => {
  const text = spoilt(
    'allow_mode_override: true',
    'allow_mode_override: true\n                      observability_mode: true',
  );
  assertLines(
    check(text),
    ['observability_mode: warning: Envoy ignores every answer'],
    ['observability_mode: Envoy ignores the metadata of the server,'],
  );
});

test('full duplex without the response body that a policy reads is an error', () => {
  const text = spoilt(
    'response_header_mode: SKIP',
    'response_header_mode: SEND, request_body_mode: FULL_DUPLEX_STREAMED',
  );
  const response = policies
    .replace('request:', 'response:')
    .replace('allowModeOverride', 'responseHeaders')
    .replace('request.content', 'response.content');
  assertLines(check(text, response), ['response_body_mode', "reads the response's body"]);
});

test('rules that keep path and status are an error for who changes them', () => {
  const document = policies.replace('headers:', 'path: /a, headers:');
  const text = spoilt(
    'allow_mode_override: true',
    'allow_mode_override: true\n                      mutation_rules: {disallow_system: true}',
  );
  assertLines(check(text, document), ['remove `disallow_system`']);
});

test('rules that keep Range on are an error for who reads responses, with what Envoy does', () => {
  const response = policies
    .replace('request:', 'response:')
    .replace('allowModeOverride', 'responseHeaders')
    .replace('request.content', 'response.content')
    .replace(', mutations: {headers: {set: {x-a: b}}}', '');
  for (const [rule, outcome] of [
    ['disallow_all: true', 'silently drops the change'],
    ['disallow_all: true, disallow_is_error: true', 'answers each request with a 500'],
  ]) {
    const text = spoilt(
      'allow_mode_override: true',
      `allow_mode_override: true\n                      mutation_rules: {${rule}}`,
    );
    const told = check(text, response).filter((line) => line.includes('Range'));
    assert.equal(told.length, 1);
    assert.match(String(told[0]), new RegExp(`mutation_rules: .*Range is removed from requests, and Envoy ${outcome}`));
  }
});

test('routes and clusters in a file of resources are found', () => {
  const listener = goodEnvoy.slice(goodEnvoy.indexOf('    - name: main'), goodEnvoy.indexOf('  clusters:'));
  const routeConfig = /route_config:\n((?: {18}.*\n)+)/.exec(listener)?.[1] ?? '';
  const route = routeConfig
    .replace(/^ {16}/gm, '')
    .replace(
      '  name: routes',
      '- "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration\n  name: routes',
    );
  const rds = listener.replace(
    / {16}route_config:\n(?: {18}.*\n)+/,
    '                rds: {route_config_name: routes}\n',
  );
  const clusters = goodEnvoy
    .slice(goodEnvoy.indexOf('    - name: lambda-ext-proc\n'))
    .replaceAll(/^ {4}- name:/gm, '    - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster\n      name:');
  const head = goodEnvoy.slice(0, goodEnvoy.indexOf('static_resources:'));
  const resources = (text: string): string => `${head}resources:\n${`${rds}${clusters}`.replace(/^ {4}/gm, '')}${text}`;
  assert.deepEqual(check(resources(route)), []);
  assertLines(check(resources(route.replace('value: orders', 'value: other'))), ['is not an API']);
});
