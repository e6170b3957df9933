import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, before, check, enriching, guarding, only, spoilt } from './envoy-checks.ts';
import { goodEnvoy } from './envoy-fixture.ts';

const HTTP = 'type.googleapis.com/envoy.extensions.filters.http';
const perRoute = `"@type": ${HTTP}.ext_proc.v3.ExtProcPerRoute`;
const overrides = 'overrides: {grpc_initial_metadata: [{key: x-lambda-api, value: orders}]}';
const wrapper = '"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig';
const rbac = `"@type": ${HTTP}.rbac.v3.RBACPerRoute`;

/** An entry on each kind of place, with what the place is called. */
const PLACES: readonly (readonly [string, (entry: string) => string, string])[] = [
  [
    'a virtual host',
    (entry) => spoilt('domains: ["*"]', `domains: ["*"]\n                      typed_per_filter_config: {${entry}}`),
    'virtual host all: ',
  ],
  [
    'a route',
    (entry) =>
      spoilt(
        '        - name: plain\n',
        `        - name: plain\n${' '.repeat(26)}typed_per_filter_config: {${entry}}\n`,
      ),
    'route plain: ',
  ],
  [
    'a route configuration',
    (entry) => spoilt('name: routes\n', `name: routes\n                  typed_per_filter_config: {${entry}}\n`),
    'typed_per_filter_config',
  ],
  [
    'a weighted cluster',
    (entry) =>
      spoilt(
        'match: {prefix: /}\n                          route: {cluster: backend}',
        `match: {prefix: /}\n                          route: {weighted_clusters: {clusters: [{name: backend, weight: 1, typed_per_filter_config: {${entry}}}]}}`,
      ),
    'cluster backend of route plain: ',
  ],
];

for (const [name, place, subject] of PLACES) {
  test(`a name that no filter has is an error on ${name}`, () => {
    only(
      check(place(`ext-prc: {${perRoute}, ${overrides}}`)),
      'error',
      subject,
      'no policy runs here; write `ext_proc`',
    );
    only(check(place(`lambda-ext-proc-don: {${rbac}}`)), 'error', subject, 'write `lambda-ext-proc-done`');
  });
}

const [, onHost] = PLACES[0] ?? assert.fail();

const WRONG: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a guard of another filter',
    `lambda-ext-proc-doen: {${rbac}}`,
    ['Envoy ignores it silently', '`lambda-ext-proc-done`'],
  ],
  ['a name that is near none, by its kind', `authz: {${rbac}}`, ['write `lambda-ext-proc-done`']],
  [
    'a filter that is meant to be off',
    `extproc: {${perRoute}, disabled: true}`,
    ['is not disabled here', '`ext_proc`'],
  ],
  ['a wrapper that is meant to switch it off', `extproc: {${wrapper}, disabled: true}`, ['is not disabled here']],
  [
    'a wrapper with is_optional',
    `extproc: {${wrapper}, is_optional: true, config: {${perRoute}, ${overrides}}}`,
    ['no policy runs here'],
  ],
  ['another letter case', `Ext_Proc: {${perRoute}, ${overrides}}`, ['write `ext_proc`']],
  [
    'the canonical name of the filter',
    `envoy.filters.http.ext_proc: {${perRoute}, ${overrides}}`,
    ['write `ext_proc`'],
  ],
  [
    'our message under the name of another filter',
    `lambda-ext-proc-done: {${perRoute}, ${overrides}}`,
    ['is for the filter ext_proc', 'of a filter rbac', 'no policy runs here', 'under `ext_proc`'],
  ],
  [
    'our message under the name of the router',
    `envoy.filters.http.router: {${wrapper}, config: {${perRoute}, ${overrides}}}`,
    ['of a filter router', 'under `ext_proc`'],
  ],
  [
    'the message of another filter under our name',
    `ext_proc: {${rbac}}`,
    ['is for the filter rbac', 'under `lambda-ext-proc-done`'],
  ],
  [
    'the message of a filter that is not there under our name',
    `ext_proc: {"@type": ${HTTP}.lua.v3.LuaPerRoute}`,
    ['is for the filter lua', 'has no filter lua'],
  ],
  [
    "the filter's own message",
    `ext_proc: {"@type": ${HTTP}.ext_proc.v3.ExternalProcessor}`,
    ['Envoy rejects the routes', 'ExtProcPerRoute'],
  ],
  ['disabled false', `ext_proc: {${perRoute}, disabled: false}`, ['rejects the routes', 'remove it']],
  [
    'disabled beside overrides',
    `ext_proc: {${perRoute}, disabled: true, overrides: {}}`,
    ['one of `disabled` and `overrides`'],
  ],
];

for (const [name, entry, words] of WRONG) {
  test(`${name} is an error`, () => {
    const lines = check(onHost(entry)).filter((line) => !/matches no API|step \w+ may lead/.test(line));
    only(lines, 'error', 'virtual host all: ', ...words);
  });
}

test('a wrapper that is left disabled around overrides is a warning', () => {
  const left = spoilt(
    `${perRoute}\n`,
    `${wrapper}\n                              disabled: true\n                              config: {${perRoute}, ${overrides}}\n`,
  ).replace(/ {30}overrides:\n.*\n/, '');
  only(check(left), 'warning', 'route orders: ', 'disabled: ', 'no policy runs here');
});

const FINE: readonly (readonly [string, string])[] = [
  [
    'an optional entry of another filter',
    onHost(`envoy.filters.http.fault: {${wrapper}, is_optional: true, config: {"@type": ${HTTP}.fault.v3.HTTPFault}}`),
  ],
  [
    'a filter that ECDS brings',
    spoilt(
      '- name: ext_proc\n',
      `- {name: later, config_discovery: {type_urls: [x.Y], config_source: {ads: {}}}}\n                  - name: ext_proc\n`,
      onHost(`later: {"@type": ${HTTP}.fault.v3.HTTPFault}`),
    ),
  ],
  [
    'an upstream filter of the router',
    spoilt(
      'v3.Router\n',
      `v3.Router\n                      upstream_http_filters: [{name: up, typed_config: {"@type": ${HTTP}.lua.v3.Lua}}]\n`,
      onHost(`up: {"@type": ${HTTP}.lua.v3.LuaPerRoute}`),
    ),
  ],
  [
    'an upstream filter of a cluster',
    spoilt(
      '    - name: backend\n',
      `    - name: backend\n      typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {http_filters: [{name: up, typed_config: {"@type": ${HTTP}.lua.v3.Lua}}]}}\n`,
      onHost(`up: {"@type": ${HTTP}.lua.v3.LuaPerRoute}`),
    ),
  ],
  ['a message of its own kind', before('lua.v3.Lua', '{}', onHost(`neighbour: {"@type": ${HTTP}.lua.v3.LuaPerRoute}`))],
  ['an empty wrapper', after('fault.v3.HTTPFault', '{}', onHost(`neighbour: {${wrapper}, config: {}}`))],
];

for (const [name, text] of FINE) {
  test(`${name} is fine`, () => {
    assert.deepEqual(check(text), []);
  });
}

test('what a matcher picks is named by the filter around it', () => {
  const inner = `{name: inner, typed_config: {"@type": ${HTTP}.lua.v3.Lua}}`;
  const matcher = `"@type": type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcher\n                      extension_config: {name: composite, typed_config: {"@type": ${HTTP}.composite.v3.Composite}}\n                      xds_matcher: {on_no_match: {action: {name: a, typed_config: {"@type": ${HTTP}.composite.v3.ExecuteFilterAction, typed_config: ${inner}}}}}`;
  const text = spoilt(
    '- name: ext_proc\n',
    `- name: outer\n                    typed_config:\n                      ${matcher}\n                  - name: ext_proc\n`,
    onHost(`inner: {"@type": ${HTTP}.lua.v3.LuaPerRoute}`),
  );
  only(check(text), 'error', 'typed_per_filter_config.inner', 'write `outer`');
  assert.deepEqual(check(text.replace('{inner: {', '{outer: {')), []);
});

test('a name of another listener is reported with that listener', () => {
  const listener = goodEnvoy.slice(goodEnvoy.indexOf('    - name: main'), goodEnvoy.indexOf('  clusters:'));
  const second = listener
    .replace('name: main', 'name: second')
    .replaceAll('ext_proc:\n', 'lambda:\n')
    .replace('- name: ext_proc\n', '- name: lambda\n');
  const text = onHost(`lambda: {${perRoute}, ${overrides}}`).replace('  clusters:', () => `${second}  clusters:`);
  only(check(text, guarding), 'error', 'it belongs to listener second', 'no policy runs here', 'write `ext_proc`');
});

test('a name that several objects have is reported with what is around it', () => {
  const listener = goodEnvoy.slice(goodEnvoy.indexOf('    - name: main'), goodEnvoy.indexOf('  clusters:'));
  const second = listener
    .replace('name: main', 'name: second')
    .replace('allow_mode_override: true', 'failure_mode_allow: true');
  const lines = check(goodEnvoy.replace('  clusters:', () => `${second}  clusters:`));
  assert.ok(
    lines.some((line) => line.includes(' filter ext_proc of listener second: failure_mode_allow: ')),
    lines.join('\n'),
  );
});

test('routes that two listeners share may name a filter of one of them', () => {
  const text = goodEnvoy.slice(goodEnvoy.indexOf('    - name: main'), goodEnvoy.indexOf('  clusters:'));
  const routes = /route_config:\n((?: {18}.*\n)+)/.exec(text)?.[1] ?? '';
  const shared = text.replace(
    / {16}route_config:\n(?: {18}.*\n)+/,
    '                rds: {route_config_name: routes}\n',
  );
  const plain = shared
    .replace('name: main', 'name: plain')
    .replace(/ {18}- name: (?:ext_proc|lambda-ext-proc-done)\n(?: {20}.*\n)+/g, '');
  const resource = routes
    .replace(/^ {16}/gm, '')
    .replace(
      '  name: routes',
      '- "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration\n  name: routes',
    );
  const body = `resources:\n${`${shared}${plain}`.replace(/^ {4}/gm, '')}${resource}`;
  assert.deepEqual(check(body, enriching), []);
  const lines = check(body.replace('ext_proc:\n', 'extproc:\n'), enriching);
  only(
    lines.filter((line) => line.includes('does not match a filter')),
    'error',
    'write `ext_proc`',
  );
});
