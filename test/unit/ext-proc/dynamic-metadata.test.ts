import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dynamicMetadata } from '../../../src/ext-proc/dynamic-metadata.ts';
import type { Transaction } from '../../../src/policy/index.ts';

/** As much of a transaction as the metadata is made of. */
function variables(
  attributes: Readonly<Record<string, string | null>>,
  ...privateNames: string[]
): Readonly<Record<string, unknown>> {
  const transaction = {
    executions: new Map(),
    attributes: new Map(Object.entries(attributes)),
    errorKey: 'KEY',
    policies: { privateVariables: new Set(privateNames) },
  };
  const struct = dynamicMetadata(transaction as unknown as Transaction, false);
  return struct?.fields?.['lambda-ext-proc']?.structValue?.fields?.variables?.structValue?.fields ?? {};
}

test('variables go along, null too', () => {
  assert.deepEqual(Object.keys(variables({ tier: 'gold', none: null })), ['tier', 'none']);
});

test('a private variable stays out', () => {
  assert.deepEqual(variables({ token: 'secret', tier: 'gold' }, 'token', 'other'), { tier: { stringValue: 'gold' } });
});

test('a variable that is too long is left out, the others stay', () => {
  const found = variables({ long: 'x'.repeat(4_096), tier: 'gold', fits: 'x'.repeat(4_096 - 'fits'.length) });
  assert.deepEqual(Object.keys(found), ['tier', 'fits']);
});

test('all of them together are bounded', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`v${i}`, 'x'.repeat(4_000)]));
  const kept = Object.keys(variables(many));
  assert.ok(kept.length >= 16 && kept.length * 4_000 <= 65_536, String(kept.length));
});

test('the reply that ends the request phase says so, also where nothing ran', () => {
  const done = { structValue: { fields: { request: { stringValue: 'done' } } } };
  assert.deepEqual(dynamicMetadata(undefined, true)?.fields, { 'lambda-ext-proc': done });
  assert.equal(dynamicMetadata(undefined, false), undefined);
  const policies = { privateVariables: new Set() };
  const transaction = {
    executions: new Map(),
    attributes: new Map(),
    errorKey: 'KEY',
    policies,
  } as unknown as Transaction;
  const ran = dynamicMetadata(transaction, true)?.fields?.['lambda-ext-proc']?.structValue?.fields;
  assert.equal(ran?.request?.stringValue, 'done');
  assert.equal(ran?.errorKey?.stringValue, 'KEY');
});

test('a cached result has one metadata object for all requests that get it, unless there is more to report', () => {
  const execution = { requestId: 'r-1', executedVersion: '$LATEST', durationMs: 0, status: 200, cached: true };
  const told = (attributes: Readonly<Record<string, unknown>>, more: object = {}) => {
    const transaction = {
      executions: new Map([['auth', execution]]),
      attributes: new Map(Object.entries(attributes)),
      policies: { privateVariables: new Set(['token']) },
      ...more,
    };
    return dynamicMetadata(transaction as unknown as Transaction, true);
  };
  const fields = (struct = told({})) => struct?.fields?.['lambda-ext-proc']?.structValue?.fields;
  const first = told({ authorizer: new Map([['tier', 'gold']]), token: 'secret' });
  assert.equal(first, told({}));
  assert.equal(fields(first)?.policies?.structValue?.fields?.auth?.structValue?.fields?.cached?.boolValue, true);
  assert.equal(fields(first)?.request?.stringValue, 'done');
  assert.equal(fields(told({ tier: 'gold' }))?.variables?.structValue?.fields?.tier?.stringValue, 'gold');
  assert.equal(fields(told({}, { errorKey: 'KEY' }))?.errorKey?.stringValue, 'KEY');
  const shownGrant = { principalId: 'me', context: undefined, integrationLatency: 0 };
  const shown = fields(told({}, { shownGrant }))?.authorizer?.structValue?.fields;
  assert.equal(shown?.principalId?.stringValue, 'me');
  assert.equal(told({}), first);
});
