// docs/guides/cache-results.md as it stands there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { ResultCache } from '../../../src/cache/index.ts';
import { loadPolicies, PolicyDocumentError } from '../../../src/config/index.ts';
import { unlimitedMemory } from '../../../src/memory-account.ts';
import { apiOf, runOf } from '../../support/policy-run.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/guides/cache-results.md'), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, code = '']) => parse(code) as object);

test('the policies of the guide call the function once for each tenant, and set the header for each request', async () => {
  const [document = {}] = blocks;
  const api = apiOf(document);
  const limits = { bytes: 1_000_000, share: () => 1 };
  const results = new ResultCache(
    () => limits,
    unlimitedMemory,
    () => 0,
  );
  const cache = { results, account: () => unlimitedMemory };
  let calls = 0;
  for (const tenant of ['a', 'b', 'a', 'a', 'b']) {
    const functions = { 'customer-tier': () => `{"tier":"gold-${tenant}"}` };
    const run = runOf(api, { functions, headers: { 'x-tenant': tenant }, cache });
    await run.request();
    calls += run.calls.length;
    assert.equal(run.transaction.request?.headers.first('x-tier'), `gold-${tenant}`);
  }
  assert.equal(calls, 2);
});

test('the store of the guide is one that check has nothing to say of', (t) => {
  for (const name of ['LAMBDA_EXT_PROC_SECRET_REDIS', 'LAMBDA_EXT_PROC_SECRET_STORE']) {
    process.env[name] = 'a secret of the test';
    t.after(() => delete process.env[name]);
  }
  const document = blocks.find((block) => 'resultStore' in block) ?? {};
  const { set, warnings } = loadPolicies(JSON.stringify(document), 'p.json');
  assert.deepEqual(warnings, []);
  const { host, username, password, tls, secret } = set.resultStore?.read() ?? {};
  assert.deepEqual(
    [host, username, password, secret, tls !== undefined],
    ['cache.example.com', 'lambda-ext-proc', 'a secret of the test', 'a secret of the test', true],
  );
});

test('the key of the guide is refused without keyIsComplete', () => {
  const [, step] = blocks as readonly { cache?: object }[];
  const load = (configuration: object): unknown =>
    loadPolicies(JSON.stringify({ version: 1, apis: { default: { request: [{ configuration }] } } }), 'p.json');
  assert.ok(step?.cache);
  load(step);
  const { cache } = step;
  assert.throws(() => load({ ...step, cache: { ...cache, keyIsComplete: false } }), PolicyDocumentError);
});
