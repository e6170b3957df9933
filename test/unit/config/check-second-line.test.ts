import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, enriching, guarding, only, spoilt, withField } from './envoy-checks.ts';
import { goodEnvoy } from './envoy-fixture.ts';

const filter = / {18}- name: lambda-ext-proc-done\n(?: {20}.*\n)+/;
const onRoute = / {28}lambda-ext-proc-done:\n(?: {30}.*\n)+/;
const advice = ['nothing stops a request of API orders', 'request: done', 'lambda-ext-proc'];

test('a guard without a second line of defence is a warning', () => {
  only(check(goodEnvoy.replace(filter, '').replace(onRoute, ''), guarding), 'warning', ...advice);
  assert.deepEqual(check(goodEnvoy.replace(filter, '').replace(onRoute, ''), enriching), []);
});

test('a second line that is off on the route is none', () => {
  const disabled = 'because the filter lambda-ext-proc-done is disabled here: add `lambda-ext-proc-done: {';
  only(check(goodEnvoy.replace(onRoute, ''), guarding), 'warning', 'route orders', disabled);
  const perRoute = '"@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute';
  const off = goodEnvoy.replace(onRoute, `                            lambda-ext-proc-done: {${perRoute}}\n`);
  only(check(off, guarding), 'warning', ...advice);
});

test('a second line in front of ext_proc is none', () => {
  const [text = ''] = filter.exec(goodEnvoy) ?? [];
  const moved = goodEnvoy.replace(filter, '').replace(/ {18}- name: ext_proc\n/, (first) => `${text}${first}`);
  only(check(moved, guarding), 'warning', ...advice);
});

for (const [from, to] of [
  ['key: request', 'key: policies'],
  ['exact: done', 'exact: Done'],
  ['filter: lambda-ext-proc', 'filter: other'],
] as const) {
  test(`an rbac filter that asks for ${to.replaceAll(/\W+/g, '_')} is not a second line`, () => {
    only(check(spoilt(from, to), guarding), 'warning', ...advice);
  });
}

test('the older way to write it is a second line too', () => {
  const older = goodEnvoy
    .replace('- sourced_metadata:', '- metadata:')
    .replace(/ {34}metadata_matcher:\n/, '')
    .replaceAll(/^ {36}(filter: lambda-ext-proc|path: .*|value: .*)$/gm, '                                  $1');
  assert.ok(!older.includes('metadata_matcher') && older.includes('- metadata:'));
  assert.deepEqual(check(older, guarding), []);
});

test('a second line that refuses every request is an error', () => {
  const text = spoilt('{untyped: [lambda-ext-proc]}', '{untyped: [other]}');
  const [error, ...others] = check(text, guarding);
  assert.equal(others.length, 1);
  only([error ?? ''], 'error', 'metadata_options', 'refuses every request of API orders');
  const observed = check(withField('observability_mode: true'), enriching);
  assert.ok(observed.some((line) => line.includes('observability_mode: Envoy ignores the metadata of the server,')));
});
