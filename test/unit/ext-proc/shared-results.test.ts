// What a reload leaves of the results that are kept.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPolicies } from '../../../src/config/index.ts';
import { Capacity } from '../../../src/ext-proc/capacity.ts';
import { createSharedResults } from '../../../src/ext-proc/shared-results.ts';
import type { ApiPolicies, PolicySet } from '../../../src/policy/index.ts';

const STEP = { configuration: { function: 'f', payload: 'p', cache: { ttlSeconds: 60 } } };

function setOf(properties: object): PolicySet {
  const apis = { same: { request: [STEP] }, changing: { request: [STEP], properties } };
  const document = { version: 1, inline: { functions: ['f'] }, apis };
  return loadPolicies(JSON.stringify(document), 'p.json').set;
}

test('results of what a reload left as it was are kept, inline ones too, and new ones of routes as before', async () => {
  const capacity = new Capacity();
  let set = setOf({ a: 1 });
  const { shared, follow } = createSharedResults(capacity, { current: () => set }, () => 0);
  const ask = async (api: ApiPolicies | undefined): Promise<string> => {
    const cache = api?.request[0]?.configuration.cache;
    assert.ok(api && cache);
    const request = { ...cache, key: `${api.name} ${cache.space}`, signal: new AbortController().signal };
    return (await shared.results.fetch({ ...request, load: async () => ({ bytes: 100 }) })).source;
  };
  const inline = (name: string) => set.inline(JSON.stringify({ request: [{ ...STEP, name }] }));
  follow(set);
  const all = () => [set.byName('same'), set.byName('changing'), inline('one')];
  for (const api of all()) assert.equal(await ask(api), 'loaded');
  for (const api of all()) assert.equal(await ask(api), 'kept');
  set = setOf({ a: 2 });
  follow(set);
  assert.equal(shared.results.evictions.reload, 1);
  const sources: string[] = [];
  for (const api of all()) sources.push(await ask(api));
  assert.deepEqual(sources, ['kept', 'loaded', 'kept']);
  assert.equal(await ask(inline('two')), 'loaded');
  assert.equal(await ask(inline('two')), 'kept');
  assert.equal(capacity.bufferedBytes, shared.results.bytes);
});
