import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkEnvoyFiles, formatProblem } from '../../../src/config/index.ts';
import { only, spoilt } from './envoy-checks.ts';
import { goodEnvoy } from './envoy-fixture.ts';
import { load } from './support.ts';

const api = (name: string, extra = ''): string =>
  `  ${name}:\n${extra}    request: [{configuration: {function: f, mutations: {headers: {set: {x-a: b}}}}}]\n`;
const document = (...apis: readonly string[]): string =>
  `version: 1\ninline: {functions: [f]}\napis:\n${apis.join('')}`;
const orders = api('orders');

/** What is told of policies.yaml. */
function unreached(envoys: readonly string[], text: string): readonly string[] {
  const files = envoys.map((envoy, index) => ({ name: `envoy-${index}.yaml`, text: envoy }));
  return checkEnvoyFiles(files, load(text))
    .filter(({ file }) => file === 'policies.yaml')
    .map(formatProblem);
}

test('an api that no route reaches is a warning with its place', () => {
  const lines = unreached([goodEnvoy], document(orders, api('old')));
  only(lines, 'warning', 'policies.yaml:6:3 apis.old: ', 'no route', 'value: old', 'remove the API');
  assert.deepEqual(unreached([goodEnvoy], document(orders)), []);
});

test('an api may be reached by the name of a route, or as the default', () => {
  const unnamed = spoilt('grpc_initial_metadata: [{key: x-lambda-api, value: orders}]', '{}');
  assert.deepEqual(unreached([unnamed], document(api('by-name', '    routes: ["ord*"]\n'))), []);
  assert.deepEqual(unreached([unnamed], document(api('default'))), []);
  only(
    unreached([unnamed], document(api('default'), api('by-name', '    routes: ["oders"]\n'))),
    'warning',
    'apis.by-name: ',
  );
});

test('the routes of several files count together', () => {
  const other = spoilt('value: orders}]', 'value: other}]');
  assert.deepEqual(unreached([goodEnvoy, other], document(orders, api('other'))), []);
  only(unreached([goodEnvoy, other], document(orders, api('third'), api('other'))), 'warning', 'apis.third: ');
});

const SILENT: readonly (readonly [string, string])[] = [
  [
    'routes that come by RDS',
    goodEnvoy.replace(/ {16}route_config:\n(?: {18}.*\n)+/, '                rds: {route_config_name: routes}\n'),
  ],
  ['listeners that come by LDS', `dynamic_resources: {lds_config: {ads: {}}}\n${goodEnvoy}`],
  [
    'virtual hosts that come by VHDS',
    spoilt('name: routes\n', 'name: routes\n                  vhds: {config_source: {ads: {}}}\n'),
  ],
  ['a route whose metadata depends on the request', spoilt('value: orders}]', 'value: "%REQ(x)%"}]')],
  ['no filter at all', 'static_resources: {}\n'],
  ['a text that does not parse', 'a: [\n'],
];

for (const [name, envoy] of SILENT) {
  test(`${name}: nothing is said of apis`, () => {
    assert.deepEqual(unreached([envoy], document(orders, api('old'))), []);
  });
}

test('without apis there is nothing to say', () => {
  assert.deepEqual(unreached([goodEnvoy], 'version: 1\ninline: {functions: [f]}\n'), []);
  assert.deepEqual(unreached([], document(orders)), []);
});

/** The fixture as a bootstrap, listeners and routes in files of their own. */
const listenersAt = goodEnvoy.indexOf('  listeners:');
const clustersAt = goodEnvoy.indexOf('  clusters:');
const listener = goodEnvoy
  .slice(listenersAt, clustersAt)
  .replace(/ {16}route_config:\n(?: {18}.*\n)+/, '                rds: {route_config_name: routes}\n');
const lds = listener.replace('  listeners:', 'resources:').replace(/^ {4}/gm, '  ');
const bootstrap = `dynamic_resources: {lds_config: {path_config_source: {path: lds.yaml}}}\n${goodEnvoy.slice(0, listenersAt)}${goodEnvoy.slice(clustersAt)}`;
const routeText = /route_config:\n((?: {18}.*\n)+)/.exec(goodEnvoy)?.[1] ?? '';
const rds = `resources:\n${routeText.replace(/^ {16}/gm, '').replace('  name: routes', '- "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration\n  name: routes')}`;

test('a bootstrap and the files that it reads are checked together', () => {
  const told = (...texts: readonly string[]): readonly string[] => {
    const files = texts.map((text, index) => ({ name: `${index}.yaml`, text }));
    return checkEnvoyFiles(files, load(document(orders, api('old')))).map(formatProblem);
  };
  only(told(bootstrap, lds, rds), 'warning', 'policies.yaml:6:3 apis.old: ');
  const wrong = told(bootstrap, lds, rds.replace('value: orders', 'value: nope'));
  assert.match(wrong[0] ?? '', /^2\.yaml:\d+:\d+ route orders: .*is not an API/);
  assert.ok(told(bootstrap, lds).some((line) => /^1\.yaml:.*its routes come from another source/.test(line)));
  only(told(bootstrap), 'warning', '0.yaml:1:20 ', 'the listeners come from another source');
  only(told(rds), 'warning', '0.yaml:1:1 ', 'the listeners come from another source');
});
