// Steps with a cache whose results go to a real Redis server: what a second process gets, and what it does not.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, type TestContext, test } from 'node:test';
import { ResultCache } from '../../../src/cache/index.ts';
import { loadPolicies } from '../../../src/config/index.ts';
import { unlimitedMemory } from '../../../src/memory-account.ts';
import type { ApiPolicies, SharedStore } from '../../../src/policy/index.ts';
import type { StoreEntry } from '../../../src/result-store/index.ts';
import { CountedMemory } from '../../support/counted-memory.ts';
import { answerOf, apiOf, type PolicyRun, type PolicyRunOptions, runOf, step } from '../../support/policy-run.ts';
import { type RedisServer, startRedis } from '../../support/redis-server.ts';
import { settingsOf, testStore, until } from '../../support/stores.ts';

let redis: RedisServer;
before(async () => {
  redis = await startRedis(undefined);
});
after(() => redis.stop());
beforeEach(() => redis.command('FLUSHALL'));

/** A sidecar: what it keeps, its connection to the store, and its account. */
interface Sidecar {
  readonly store: ReturnType<typeof testStore>;
  readonly memory: CountedMemory;
  run(api: ApiPolicies, options?: PolicyRunOptions): PolicyRun;
}

async function sidecar(t: TestContext, change: Partial<SharedStore> = {}): Promise<Sidecar> {
  const store = testStore(t, settingsOf(redis.port));
  await store.connected();
  const limits = { bytes: 1_000_000, share: () => 1 };
  const results = new ResultCache(
    () => limits,
    unlimitedMemory,
    () => performance.now(),
  );
  const memory = new CountedMemory();
  const shared = { results: store.store, placeOf: async () => ['https://lambda', 'a user'], ...change };
  const cache = { results, account: () => memory, store: shared };
  return { store, memory, run: (api, options = {}) => runOf(api, { ...options, cache }) };
}

const TENANT = "{#request.headers['x-tenant'][0]}";
const CACHED = { cache: { ttlSeconds: 60 }, payload: TENANT, sendToConsumer: true };

function api(configuration: object = {}, document: object = {}): ApiPolicies {
  return apiOf({ apis: { default: { request: [step('f', { ...CACHED, ...configuration })] } }, ...document });
}

async function stored(count: number): Promise<void> {
  await until(async () => (await redis.names()).length === count);
}

describe('the result of a function that one sidecar has called', () => {
  test('is given by another one without a call, and evaluated again there', async (t) => {
    const [a, b] = [await sidecar(t), await sidecar(t)];
    const policies = api({
      payload: 'same',
      variables: [{ name: 'who', value: TENANT }],
      answer: { headers: { set: { 'x-who': "{#context.attributes['who']}" } } },
    });
    const functions = { f: () => ({ payload: Buffer.from('"päyload"'), requestId: 'r-1', executedVersion: '7' }) };
    const first = a.run(policies, { functions, headers: { 'x-tenant': 'one' } });
    assert.equal(answerOf(await first.request()).headers['x-who'], 'one');
    await stored(1);
    const second = b.run(policies, { functions, headers: { 'x-tenant': 'two' } });
    const { headers, body } = answerOf(await second.request());
    assert.deepEqual([body, headers['x-who']], ['"päyload"', 'two']);
    assert.deepEqual([first.calls.length, second.calls.length], [1, 0]);
    const { cached, requestId, executedVersion, status } = second.transaction.executions.get('f-1') ?? {};
    assert.deepEqual([cached, requestId, executedVersion, status], [true, 'r-1', '7', 200]);
    assert.deepEqual([second.counted.length, second.log.length], [0, 0]);
    const third = b.run(policies, { functions });
    await third.request();
    assert.equal(third.calls.length, 0);
    assert.equal(b.store.store.lookups.hit, 1, 'the second time it is kept there');
    await until(() => a.memory.taken + b.memory.taken === 0);
  });

  test('is looked for once by all requests that wait, and the function is asked once', async (t) => {
    const a = await sidecar(t);
    const policies = api();
    const runs = Array.from({ length: 50 }, () => a.run(policies, { headers: { 'x-tenant': 'a' } }));
    await Promise.all(runs.map((run) => run.request()));
    assert.equal(
      runs.reduce((sum, { calls }) => sum + calls.length, 0),
      1,
    );
    assert.deepEqual([a.store.store.lookups.miss, a.store.store.lookups.hit], [1, 0]);
  });

  const bad: readonly (readonly [string, NonNullable<PolicyRunOptions['functions']>['f']])[] = [
    ['an error of the function', () => ({ payload: Buffer.from('{}'), functionError: 'Unhandled' })],
    ['no answer of its format', () => '{"statusCode": "no"}'],
  ];
  for (const [name, f] of bad) {
    test(`is not kept where it is ${name}`, async (t) => {
      const a = await sidecar(t);
      const policies = api({ responseFormat: 'api-gateway-v1' });
      await a.run(policies, { functions: { f: f ?? (() => '') }, headers: { 'x-tenant': 'a' } }).request();
      assert.equal(a.store.store.lookups.miss, 1);
      assert.deepEqual(a.store.store.writes, { stored: 0, error: 0, skipped: 0 });
      assert.equal(a.memory.taken, 0);
    });
  }

  test('is given to nobody for whom anything else is called, by somebody else, or as another configuration', async (t) => {
    const [a, other] = [
      await sidecar(t),
      await sidecar(t, { placeOf: async () => ['https://lambda', 'another user'] }),
    ];
    const elsewhere = await sidecar(t, { placeOf: async () => ['https://lambda.other', 'a user'] });
    const joined = await sidecar(t, { placeOf: async () => ['https://lambdaa', ' user'] });
    const headers = { 'x-tenant': 'one' };
    await a.run(api(), { headers }).request();
    await stored(1);
    const calls = async (by: Sidecar, policies: ApiPolicies, own: PolicyRunOptions = { headers }): Promise<number> => {
      const run = by.run(policies, own);
      await run.request();
      return run.calls.length;
    };
    const fresh = await sidecar(t);
    assert.equal(await calls(fresh, api()), 0);
    assert.equal(await calls(fresh, api(), { headers: { 'x-tenant': 'two' } }), 1);
    assert.equal(await calls(other, api()), 1);
    assert.equal(await calls(elsewhere, api()), 1);
    assert.equal(await calls(joined, api()), 1);
    for (const change of [
      { region: 'eu-west-1' },
      { qualifier: '2' },
      { tenantId: 't' },
      { clientContext: '{"custom":{}}' },
      { cache: { ttlSeconds: 61 } },
      { variables: [{ name: 'a', value: 'b' }] },
    ]) {
      assert.equal(await calls(fresh, api(change)), 1, JSON.stringify(change));
    }
    assert.equal(await calls(fresh, api({}, { dictionaries: { a: { b: 'c' } } })), 1);
  });

  test('is asked for of nobody while it is not known who signs', async (t) => {
    const a = await sidecar(t, { placeOf: async () => undefined });
    const run = a.run(api(), { headers: { 'x-tenant': 'a' } });
    await run.request();
    assert.equal(run.calls.length, 1);
    assert.deepEqual([a.store.store.lookups.skipped, await redis.names()], [1, []]);
  });
});

describe('keys', () => {
  const policies = (accessKey: string, secretKey: string) =>
    api({ payload: 'same', accessKey, secretKey, cache: { ttlSeconds: 60 } });

  test('that a request brings along have to be whole: an id is not a secret', async (t) => {
    const given = policies("{#request.headers['x-id'][0]}", "{#request.headers['x-key'][0]}");
    const [a, b, c] = [await sidecar(t), await sidecar(t), await sidecar(t)];
    await a.run(given, { headers: { 'x-id': 'AKIAOWNER', 'x-key': 'the real key' } }).request();
    await stored(1);
    const thief = b.run(given, { headers: { 'x-id': 'AKIAOWNER', 'x-key': 'a guess' } });
    const owner = c.run(given, { headers: { 'x-id': 'AKIAOWNER', 'x-key': 'the real key' } });
    await thief.request();
    await owner.request();
    assert.deepEqual([thief.calls.length, owner.calls.length], [1, 0]);
  });

  test('of the document are kept apart by their id: a secret that is rotated leaves the results', async (t) => {
    const name = 'LAMBDA_EXT_PROC_SECRET_TEST_STORED_RESULT';
    t.after(() => delete process.env[name]);
    const own = policies('AKIAOWNER', `{#secrets.get('env:${name}')}`);
    const [a, b] = [await sidecar(t), await sidecar(t)];
    process.env[name] = 'before';
    await a.run(own).request();
    await stored(1);
    process.env[name] = 'after';
    const later = b.run(own);
    await later.request();
    assert.equal(later.calls.length, 0);
  });
});

test('steps of inline policies never use the store', async (t) => {
  const a = await sidecar(t);
  const { set } = loadPolicies(JSON.stringify({ version: 1, inline: { functions: ['*'] } }), 'p.json');
  const run = a.run(set.inline(JSON.stringify({ request: [step('f', CACHED)] })), { headers: { 'x-tenant': 'a' } });
  await run.request();
  assert.equal(run.calls.length, 1);
  assert.equal(
    Object.values(a.store.store.lookups).reduce((sum, count) => sum + count),
    0,
  );
  assert.deepEqual(await redis.names(), []);
});

test('what an authorizer has said is shared, and evaluated for each request', async (t) => {
  const policies = apiOf({
    apis: {
      default: {
        request: [
          {
            name: 'guard',
            authorizer: { type: 'TOKEN', identitySource: '$request.header.Authorization', resultTtlInSeconds: 60 },
            configuration: { function: 'f' },
          },
        ],
      },
    },
  });
  const Resource = 'arn:aws:execute-api:*:*:*/*/POST/open';
  const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource }];
  const said = JSON.stringify({ principalId: 'p', policyDocument: { Version: '2012-10-17', Statement } });
  const ask = async (by: Sidecar, token: string, path: string): Promise<readonly [number, string]> => {
    const run = by.run(policies, { functions: { f: () => said }, headers: { authorization: token }, path });
    const outcome = await run.request();
    return [run.calls.length, outcome.kind];
  };
  const a = await sidecar(t);
  assert.deepEqual(await ask(a, 'token', '/open'), [1, 'continue']);
  await stored(1);
  assert.deepEqual(await ask(await sidecar(t), 'token', '/open'), [0, 'continue']);
  assert.deepEqual(await ask(await sidecar(t), 'token', '/shut'), [0, 'answer']);
  assert.deepEqual(await ask(await sidecar(t), 'another', '/open'), [1, 'continue']);
});

test('the question to an authorizer comes from the request that asks, also when it leaves while the store is asked', async (t) => {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const a = await sidecar(t, { placeOf: () => promise });
  const format = { stageVariables: { tenant: "{#context.attributes['tenant'] ?: 'none'}" } };
  const tenant = step('tenant', { variables: [{ name: 'tenant', value: 'blue' }] });
  const guard = {
    authorizer: { type: 'REQUEST', identitySource: '$request.header.a', resultTtlInSeconds: 60 },
    configuration: { function: 'f', format },
  };
  const policies = apiOf({ apis: { default: { request: [tenant, guard] } } });
  const asked: unknown[] = [];
  const functions: PolicyRunOptions['functions'] = {
    f({ payload }) {
      asked.push(JSON.parse(Buffer.from(payload ?? '').toString()).stageVariables);
      return '{"principalId":"p","policyDocument":{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}}';
    },
  };
  const [first, second] = ['1', '2'].map(() => a.run(policies, { functions, headers: { a: 'token' } }));
  const outcomes = [first?.request(), second?.request()];
  await until(() => a.memory.taken > 0);
  first?.transaction.abort();
  first?.transaction.letGo();
  await assert.rejects(outcomes[0] ?? Promise.resolve(), /the request ended/);
  resolve(['https://lambda', 'a user']);
  assert.equal((await outcomes[1])?.kind, 'continue');
  assert.deepEqual(asked, [{ tenant: 'blue' }]);
});

test('a value of somebody who has the secret that is not a result is rejected, and replaced', async (t) => {
  const [a, b] = [await sidecar(t), await sidecar(t)];
  const policies = api({ responseFormat: 'api-gateway-v1', payload: 'same' });
  const functions = { f: () => '{"statusCode":200,"body":"good"}' };
  for (const bytes of [[], [0], [0, 200, 255, 255, 0, 0], [0, 200, 0, 0, 255, 255], [0, 200, 0, 0, 0, 0, 123]]) {
    await redis.command('FLUSHALL');
    const poisoner = await sidecar(t, {
      results: {
        isConfigured: true,
        get: async () => undefined,
        skip() {},
        put: (entry: StoreEntry) => a.store.store.put(entry, [Buffer.from(bytes)], unlimitedMemory),
      },
    });
    await poisoner.run(policies, { functions }).request();
    const fresh = await sidecar(t, { results: b.store.store });
    await stored(1);
    const run = fresh.run(policies, { functions });
    assert.equal(answerOf(await run.request()).body, 'good');
    assert.equal(run.calls.length, 1, String(bytes));
  }
  assert.equal(b.store.store.lookups.rejected, 5);
});

test('requests are served where the store is away, and where it hangs', async (t) => {
  const server = await startRedis(t);
  const store = testStore(t, settingsOf(server.port), { lookupMs: 20 });
  await store.connected();
  const a = await sidecar(t, { results: store.store });
  const ask = async (tenant: string): Promise<number> => {
    const run = a.run(api(), { headers: { 'x-tenant': tenant } });
    assert.equal(answerOf(await run.request()).body, tenant);
    return run.calls.length;
  };
  server.signal('SIGSTOP');
  for (let i = 0; i < 12; i++) assert.equal(await ask(`hangs ${i}`), 1);
  assert.ok(store.store.lookups.timeout > 0 && store.store.lookups.skipped > 0);
  await server.kill();
  for (let i = 0; i < 5; i++) assert.equal(await ask(`away ${i}`), 1);
  assert.equal(await ask('away 0'), 0);
  await until(() => a.memory.taken === 0);
});
