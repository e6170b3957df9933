import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { documentChanges } from '../../../src/config/document-changes.ts';
import { FilePolicySource, type ReloadOutcome } from '../../../src/config/index.ts';

const SECRET = 'AKIA-a-secret-value';
const step = (name: string, configuration: object = {}, more: object = {}): object => ({
  name,
  configuration: { function: 'f', region: 'eu-west-1', ...configuration },
  ...more,
});

test('APIs, steps and fields are named, and no value is', () => {
  const before = {
    version: 1,
    defaults: { region: 'us-east-1', accessKey: SECRET },
    dictionaries: { keys: { a: SECRET } },
    apis: {
      gone: { request: [step('a')] },
      same: { request: [step('a')] },
      orders: { name: 'one', request: [step('a', { payload: SECRET }), step('b'), step('c')], response: [step('z')] },
    },
  };
  const after = {
    version: 1,
    defaults: { region: 'us-east-1', accessKey: `${SECRET}2` },
    dictionaries: { keys: { a: 'other' } },
    limits: { bodyBytes: 5 },
    apis: {
      same: { request: [step('a')] },
      orders: {
        name: 'two',
        request: [step('a', { payload: 'x' }, { condition: '{true}' }), step('c'), step('new'), step('b')],
      },
      added: {},
    },
  };
  const found = documentChanges(before, after);
  assert.deepEqual(found, {
    more: 0,
    changes: [
      { kind: 'changed', fields: ['defaults.accessKey', 'dictionaries', 'limits.bodyBytes'] },
      { kind: 'changed', api: 'orders', fields: ['name'] },
      { kind: 'changed', api: 'orders', step: 'request a', fields: ['configuration.payload', 'condition'] },
      { kind: 'added', api: 'orders', step: 'request new', fields: [] },
      { kind: 'reordered', api: 'orders', fields: ['request steps'] },
      { kind: 'removed', api: 'orders', step: 'response z', fields: [] },
      { kind: 'added', api: 'added', fields: [] },
      { kind: 'removed', api: 'gone', fields: [] },
    ],
  });
  assert.ok(!JSON.stringify(found).includes(SECRET));
});

test('a step without a name stays itself where another is put before it', () => {
  const unnamed = (name: string): object => ({ configuration: { function: name, region: 'eu-west-1' } });
  const before = { apis: { a: { request: [unnamed('one'), unnamed('two')] } } };
  const after = { apis: { a: { request: [unnamed('zero'), unnamed('one'), unnamed('two')] } } };
  assert.deepEqual(documentChanges(before, after).changes, [
    { kind: 'added', api: 'a', step: 'request 1', fields: [] },
  ]);
});

test('however much changes, a bounded part is reported', () => {
  const apis = (count: number, value: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`${'n'.repeat(500)}${i}`, { properties: { value } }]));
  const found = documentChanges({ apis: apis(3_000, 1) }, { apis: apis(3_000, 2) });
  assert.equal(found.changes.length, 200);
  assert.equal(found.more, 2_800);
  assert.ok(JSON.stringify(found).length < 100_000);
});

test('a reload logs what it changed', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'changes-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'policies.yaml');
  const text = (region: string): string =>
    `version: 1\napis: {a: {request: [{configuration: {function: f, region: ${region}}}]}}\n`;
  writeFileSync(path, text('eu-west-1'));
  const outcomes: ReloadOutcome[] = [];
  const source = await FilePolicySource.open({ path, onReload: (outcome) => void outcomes.push(outcome) });
  await source.reload();
  writeFileSync(path, text('eu-west-2'));
  await source.reload();
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === 'loaded' ? outcome.changes : outcome.kind)),
    [
      'unchanged',
      { changes: [{ kind: 'changed', api: 'a', step: 'request 1', fields: ['configuration.region'] }], more: 0 },
    ],
  );
});
