import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  check,
  enriching,
  guarding,
  isError,
  only,
  readingRequest,
  readingResponse,
  spoilt,
  withField,
} from './envoy-checks.ts';
import { goodEnvoy } from './envoy-fixture.ts';

const processor = `{
  "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor,
  grpc_service: {envoy_grpc: {cluster_name: "a|b"}, initial_metadata: [{key: x-lambda-api, value: "%REQ(x)%"}]},
  failure_mode_allow: true}`.replaceAll('\n', ' ');
const own = / {18}- name: ext_proc\n(?: {20}.*\n)+/;
const perRoute = / {26}typed_per_filter_config:\n(?: {28}.*\n)+/;
const alone = goodEnvoy.replace(own, '').replace(perRoute, '');
const cluster = 'dynamic_resources: {cds_config: {ads: {}}}\n';

function tellsOfAnother(text: string, where: string): void {
  const lines = check(`${cluster}${text}`);
  assert.ok(!lines.some((line) => line.includes('no policy ever runs')), lines.join('\n'));
  for (const words of [where, 'not a valid one', 'depends on the request', 'failure_mode_allow: false']) {
    assert.ok(
      lines.some((line) => line.includes(words)),
      `${words} is missing in ${lines.join('\n')}`,
    );
  }
}

test('an upstream filter of the router is found and said to be unchecked', () => {
  const router = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';
  const filters = `upstream_http_filters: [{name: p, typed_config: ${processor}}]`;
  tellsOfAnother(spoilt(router, `${router}\n                      ${filters}`, alone), 'runs as an upstream filter');
});

test('an upstream filter of a cluster is found and said to be unchecked', () => {
  const backend = '    - name: backend\n';
  const options = `      typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {http_filters: [{name: p, typed_config: ${processor}}]}}\n`;
  tellsOfAnother(spoilt(backend, `${backend}${options}`, alone), 'runs as an upstream filter');
});

test('a filter that a matcher picks is found and said to be unchecked', () => {
  const router = '- name: envoy.filters.http.router\n';
  const matcher = `{"@type": type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcher, xds_matcher: {on_no_match: {action: {name: x, typed_config: {typed_config: {name: p, typed_config: ${processor}}}}}}}`;
  const filter = `- name: composite\n                    typed_config: ${matcher}\n                  `;
  tellsOfAnother(spoilt(router, `${filter}${router}`, alone), 'runs if a matcher or another filter selects it');
});

test('filters and listeners from elsewhere are said to be unchecked', () => {
  const router = '- name: envoy.filters.http.router\n';
  const type = 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor';
  const discovered = `- {name: p, config_discovery: {type_urls: [${type}], config_source: {ads: {}}}}\n                  `;
  only(check(spoilt(router, `${discovered}${router}`, alone)), 'warning', 'ECDS');
  only(check('dynamic_resources: {lds_config: {ads: {}}}\n'), 'warning', 'LDS');
});

test('requests bypass policies that read a body without the override', () => {
  const text = spoilt('allow_mode_override: true', 'allow_mode_override: false');
  for (const document of [readingRequest, readingResponse]) {
    const [line = '', ...others] = check(text, document);
    only([line], 'error', 'requests bypass policies that read a body', '`allow_mode_override: true`');
    only(others, 'error', 'the server has the setting `allowModeOverride: true`');
  }
});

test('requests bypass policies that read a body with a list of overrides', () => {
  const text = withField('allowed_override_modes: [{request_body_mode: BUFFERED}]');
  only(check(text, readingRequest), 'error', 'requests bypass policies');
  only(check(text, readingResponse), 'error', 'requests bypass policies');
  only(check(text, enriching), 'warning', 'silently ignores every other mode');
});

test('a body that is sent before the headers are answered is named, since no override is taken', () => {
  const flag = withField('send_body_without_waiting_for_header_response: true');
  const name = 'send_body_without_waiting_for_header_response: ';
  only(check(flag, readingRequest), 'error', name, 'accepts no mode_override', 'requests bypass policies', 'remove it');
  only(check(flag, readingResponse), 'error', name, 'requests bypass policies');
  only(check(flag, enriching), 'warning', name, 'holds the headers back');
  const streamed = 'response_header_mode: SKIP, request_body_mode: STREAMED';
  only(check(spoilt('response_header_mode: SKIP', streamed, flag), readingRequest), 'warning', name);
});

test('attributes that tell who answered are asked for where there are response steps', () => {
  const line = 'response_attributes: [response.code_details, response.flags, upstream.address]';
  const enough = 'response_attributes: [response.code_details, upstream.address]';
  only(check(spoilt(line, ''), readingResponse), 'warning', `\`${enough}\``);
  only(check(spoilt(line, 'response_attributes: [upstream.address]'), readingResponse), 'warning', `\`${enough}\``);
  assert.deepEqual(check(spoilt(line, enough), readingResponse), []);
  assert.deepEqual(check(spoilt(line, ''), enriching), []);
});

const conditional = `version: 1
apis:
  orders:
    request:
      - condition: "{#request.headers['X-Admin'][0] == 'yes' && #request.headers.getFirst('x-tier') != null}"
        configuration: {function: f, payload: "{#request.headers.agent}", mutations: {headers: {set: {x-a: b}}}}
`;
const allowed = (...names: readonly string[]): string => {
  const own = [':method', ':path', ':scheme', ':authority', 'accept', 'content-type', 'content-encoding', 'upgrade'];
  const patterns = [...own, ...names].map((name) => `{exact: "${name}"}`).join(', ');
  return withField(`forward_rules: {allowed_headers: {patterns: [${patterns}]}}`);
};

test('headers that envoy keeps back are listed where policies decide by them', () => {
  only(check(allowed(), conditional), 'warning', 'forward_rules', 'absent: agent, x-admin, x-tier;');
  assert.deepEqual(check(allowed('x-admin', 'x-tier', 'agent'), conditional), []);
  const prefixes = 'forward_rules: {allowed_headers: {patterns: [{prefix: "x-"}]}}';
  only(check(withField(prefixes), conditional), 'warning', ':method, :path', 'accept, content-type', 'agent');
  const blocked = 'forward_rules: {disallowed_headers: {patterns: [{exact: X-Tier, ignore_case: true}]}}';
  only(check(withField(blocked), conditional), 'warning', 'absent: x-tier;');
  const everything = 'forward_rules: {allowed_headers: {patterns: [{safe_regex: {regex: ".*"}}]}}';
  assert.deepEqual(check(withField(everything), conditional), []);
});

test('the status of a response is among them where there are response steps', () => {
  only(check(allowed(), readingResponse), 'warning', 'absent: :status;');
});

test('a guard whose headers are kept back is an error', () => {
  const guard = guarding.replaceAll("'$.denied'", "#request.headers['x-user'][0]");
  only(check(allowed(), guard).filter(isError), 'error', 'absent: x-user;');
});
