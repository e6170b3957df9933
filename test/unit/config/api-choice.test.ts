// Which API a stream gets by `authorities`, `select`, `routes` and `default`, and what is said of APIs that match together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globsOverlap } from '../../../src/config/glob-overlap.ts';
import { emptyPolicies, PolicyDocumentError } from '../../../src/config/index.ts';
import { matchesGlob } from '../../../src/config/route-glob.ts';
import type { StreamTraits } from '../../../src/policy/index.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { load } from './support.ts';

function problemsOf(text: string): readonly string[] {
  try {
    return load(text).warnings.map(({ path, severity, message }) => `${severity} ${path}: ${message}`);
  } catch (error) {
    assert.ok(error instanceof PolicyDocumentError);
    return error.problems.map(({ path, severity, message }) => `${severity} ${path}: ${message}`);
  }
}

function chosen(text: string, { authority = '', attributes = new Map() }: Partial<StreamTraits>): string | undefined {
  const choice = load(text).set.choose({ authority, attributes });
  return choice.kind === 'ambiguous' ? `ambiguous ${choice.means} ${choice.names}` : choice.policies?.name;
}

const attribute = (name: string, value: string | number) => ({ attributes: new Map([[name, value]]) });
const route = (name: string) => attribute('xds.route_name', name);

test('each means is asked before the next, and the first that gives an API decides', () => {
  const text = `version: 1
apis:
  default: {}
  routed: {routes: ["r*"]}
  selected: {select: [{attribute: xds.virtual_host_name, matches: "v*"}]}
  called: {authorities: [orders.shop]}
`;
  const all = new Map([
    ['xds.route_name', 'r1'],
    ['xds.virtual_host_name', 'v1'],
  ]);
  assert.equal(chosen(text, { authority: 'orders.shop', attributes: all }), 'called');
  assert.equal(chosen(text, { authority: 'other.shop', attributes: all }), 'selected');
  assert.equal(chosen(text, route('r1')), 'routed');
  assert.equal(chosen(text, route('s1')), 'default');
  assert.equal(chosen(text.replace('  default: {}\n', ''), route('s1')), undefined);
});

test('a route is served by the API that has a glob or a name for it', () => {
  const text = 'version: 1\napis: {a: {routes: ["orders-*", x]}, b: {routes: ["items-*", y]}}\n';
  const served = ['orders-1', 'x', 'items-', 'y', 'orders', ''].map((name) => chosen(text, route(name)));
  assert.deepEqual(served, ['a', 'a', 'b', 'b', undefined, undefined]);
});

test('an authority fits without regard to case, as a whole, with its port', () => {
  const text = 'version: 1\napis: {a: {authorities: [Orders.shop, "orders.shop:*"]}}\n';
  const fits = (authority: string) => chosen(text, { authority }) === 'a';
  assert.deepEqual(['orders.shop', 'ORDERS.shop', 'orders.shop:50051'].map(fits), [true, true, true]);
  for (const other of ['orders.shop.evil', 'orders.shop2', 'xorders.shop', 'a:orders.shop', 'orders', '']) {
    assert.equal(fits(other), false, other);
  }
});

test('all entries of select must match, on attributes that are texts', () => {
  const text = `version: 1
apis: {a: {select: [{attribute: xds.a, matches: "x*"}, {attribute: xds.b, matches: "*"}]}}
`;
  const of = (entries: Record<string, string | number>) =>
    chosen(text, { attributes: new Map(Object.entries(entries)) }) === 'a';
  assert.equal(of({ 'xds.a': 'x1', 'xds.b': 'y' }), true);
  assert.equal(of({ 'xds.a': 'x1' }), false, 'one is absent');
  assert.equal(of({ 'xds.a': 'x1', 'xds.b': '' }), false, 'one is empty');
  assert.equal(of({ 'xds.a': 'x1', 'xds.b': 7 }), false, 'one is no text');
  assert.equal(of({ 'xds.a': 'y', 'xds.b': 'y' }), false);
  assert.equal(of({}), false);
  assert.equal(chosen('version: 1\napis: {a: {select: []}}\n', {}), undefined, 'no entry is no match');
});

test('APIs that match by the same means are an error of check, at the later one', () => {
  const cases: readonly [field: string, a: string, b: string, isError: boolean][] = [
    ['routes', '[x]', '[x]', true],
    ['routes', '["x*"]', '[x1]', true],
    ['routes', '["a*", "x*"]', '["*1"]', true],
    ['routes', '["ab*"]', '["ac*"]', false],
    ['routes', '["*ab"]', '["*cb"]', false],
    ['routes', '["a*b*c"]', '["a*c"]', true],
    ['routes', '[x]', '[X]', false],
    ['authorities', '[x.y]', '[X.y]', true],
    ['authorities', '["x.y:*"]', '[x.y]', false],
    ['authorities', '["*.y"]', '["x.*"]', true],
    ['select', '[{attribute: xds.a, matches: x}]', '[{attribute: xds.a, matches: "*"}]', true],
    ['select', '[{attribute: xds.a, matches: x}]', '[{attribute: xds.a, matches: y}]', false],
    [
      'select',
      '[{attribute: xds.a, matches: x}]',
      '[{attribute: xds.a, matches: x}, {attribute: xds.b, matches: y}]',
      true,
    ],
  ];
  for (const [field, a, b, isError] of cases) {
    const problems = problemsOf(`version: 1\napis: {a: {${field}: ${a}}, b: {${field}: ${b}}}\n`);
    const errors = problems.filter((one) => one.startsWith('error'));
    assert.equal(errors.length, isError ? 1 : 0, `${field} ${a} ${b}: ${problems}`);
    if (isError)
      assert.match(errors[0] ?? '', new RegExp(`apis\\.b\\.${field}.* API a, and each such request is a 500`));
  }
  // One API may say the same twice.
  assert.deepEqual(problemsOf('version: 1\napis: {a: {routes: [x, "x*"]}}\n'), []);
});

test('lists of other attributes may match together, which is reported', () => {
  const [warning, ...others] = problemsOf(
    'version: 1\napis: {a: {select: [{attribute: xds.a, matches: x}]}, b: {select: [{attribute: xds.b, matches: x}]}}\n',
  );
  assert.match(warning ?? '', /^warning apis\.b\.select: may overlap with `select` of API a/);
  assert.deepEqual(others, []);
});

test('what matches twice at run time is ambiguous, whatever check could see', () => {
  const text =
    'version: 1\napis: {a: {select: [{attribute: xds.a, matches: x}]}, b: {select: [{attribute: xds.b, matches: x}]}, default: {}}\n';
  const both = new Map([
    ['xds.a', 'x'],
    ['xds.b', 'x'],
  ]);
  assert.equal(chosen(text, { attributes: both }), 'ambiguous select a,b');
});

test('more pairs than check compares do not hold it up', () => {
  const apis = Array.from({ length: 4_000 }, (_, index) => `  a${index}: {routes: ["*-${index}"]}\n`).join('');
  const started = performance.now();
  load(`version: 1\napis:\n${apis}`);
  assert.ok(performance.now() - started < 30_000);
  assert.equal(chosen('version: 1\napis: {a: {routes: ["*-1"]}, b: {routes: ["*-2"]}}\n', route('x-2')), 'b');
});

test('globs overlap exactly where some text fits both', () => {
  const seed = Number(process.env.SEED ?? 22);
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const letters = ['a', 'b', '*'];
  const texts = [''];
  for (let from = 0; (texts[from]?.length ?? 9) < 7; from++) texts.push(`${texts[from]}a`, `${texts[from]}b`);
  const globOf = () => Array.from({ length: 1 + below(4) }, () => letters[below(3)]).join('');
  const seen = { both: 0, none: 0 };
  for (let round = 0; round < 2_000; round++) {
    const a = globOf();
    const b = globOf();
    const isSeen = texts.some((text) => matchesGlob(a, text) && matchesGlob(b, text));
    seen[isSeen ? 'both' : 'none']++;
    assert.equal(globsOverlap(a, b), isSeen, `${a} and ${b}, seed ${seed}`);
  }
  assert.ok(seen.both > 100 && seen.none > 100, JSON.stringify(seen));
});

test('an attribute that callers choose is an error', () => {
  const of = (name: string) =>
    problemsOf(`version: 1\napis: {a: {select: [{attribute: ${JSON.stringify(name)}, matches: "x"}]}}\n`);
  for (const callers of [
    'request.path',
    "request.headers['x-lambda-api']",
    'response.code',
    'source.address',
    'connection.requested_server_name',
    '.request.host',
    "has(request.headers.x) ? 'a' : xds.route_name",
    '[request].map(r, r.path)[0]',
    "metadata.filter_metadata['envoy.filters.http.jwt_authn']['payload']['sub']",
    "filter_state['x']",
    'request . path',
  ]) {
    assert.match(of(callers)[0] ?? '', /^error apis\.a\.select\.0\.attribute: mentions \w+.*callers/, callers);
  }
  for (const text of [
    'xds.route_metadata',
    "xds.route_metadata.filter_metadata['x']",
    'xds.node',
    'xds.virtual_host_metadata.filter_metadata',
  ]) {
    assert.match(of(text)[0] ?? '', /^error .*is a whole message/, text);
  }
  for (const text of ['destination.address', "string(destination.port) + 'x'"]) {
    assert.match(of(text)[0] ?? '', /^warning .*mentions destination/, text);
  }
  for (const right of [
    'xds.virtual_host_name',
    "xds.route_metadata.filter_metadata['lambda']['api']",
    "xds.node.metadata['CLUSTER_ID']",
    'xds.node.id',
    'xds.filter_chain_name',
  ]) {
    assert.deepEqual(of(right), [], right);
  }
});

test('an authority over more than one namespace is a warning, and one that is not valid an error', () => {
  const of = (glob: string) => problemsOf(`version: 1\napis: {a: {authorities: [${JSON.stringify(glob)}]}}\n`);
  const wild = ['*', 'orders.*', 'orders*', 'orders.d*', 'orders.*:50051', 'orders.*.svc.cluster.local', 'orders.*:*'];
  for (const glob of [...wild, 'orders.default*', 'kube_*_orders_80', '*:80']) {
    assert.match(
      of(glob)[0] ?? '',
      /^warning apis\.a\.authorities\.0: also matches backends in other namespaces: anyone who/,
      glob,
    );
  }
  const fixed = [
    'orders.default',
    'orders.default:*',
    '*.default',
    '*.default:*',
    'orders-*.default',
    'lambda-ext-proc',
  ];
  for (const glob of [...fixed, 'orders-*.default.svc.cluster.local', 'kube_default_orders_*', 'orders.default:8*']) {
    assert.deepEqual(of(glob), [], glob);
  }
  for (const glob of ['https://orders.default', 'orders default', 'a/b', 'outbound|50051||x.y', '']) {
    assert.match(of(glob)[0] ?? '', /^error apis\.a\.authorities\.0: (?:matches nothing|expected some text)/, glob);
  }
});

test('inline policies cannot say by what they are chosen', () => {
  const { set } = emptyPolicies({ functions: ['*'] });
  for (const own of [{ authorities: ['x'] }, { select: [{ attribute: 'xds.a', matches: 'x' }] }]) {
    assert.throws(() => set.inline(JSON.stringify(own)), /has no effect in inline policies: remove/);
  }
});
