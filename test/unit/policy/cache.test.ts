import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ResultCache } from '../../../src/cache/index.ts';
import { unlimitedMemory } from '../../../src/memory-account.ts';
import type { SharedResults, Trace } from '../../../src/policy/index.ts';
import { CountedMemory } from '../../support/counted-memory.ts';
import { answerOf, apiOf, type PolicyRun, type PolicyRunOptions, runOf, step } from '../../support/policy-run.ts';

function shared(account = unlimitedMemory): SharedResults {
  const limits = { bytes: 1_000_000, share: () => 0.8 };
  return {
    results: new ResultCache(
      () => limits,
      unlimitedMemory,
      () => performance.now(),
    ),
    account: () => account,
  };
}

const TENANT = "{#request.headers['x-tenant'][0]}";
const CACHED = { cache: { ttlSeconds: 60 }, payload: TENANT, sendToConsumer: true };

interface Scene {
  readonly runs: PolicyRun[];
  readonly cache: SharedResults;
  run(headers: NonNullable<PolicyRunOptions['headers']>, options?: PolicyRunOptions): PolicyRun;
  calls(): number;
}

/** Requests of one document one after the other, with one cache. */
function scene(configuration: object, options: PolicyRunOptions = {}, document: object = {}): Scene {
  const api = apiOf({ apis: { default: { request: [step('f', configuration)] } }, ...document });
  const cache = options.cache ?? shared();
  const runs: PolicyRun[] = [];
  return {
    runs,
    cache,
    run(headers, own = {}) {
      const run = runOf(api, { ...options, ...own, headers, cache });
      runs.push(run);
      return run;
    },
    calls: () => runs.reduce((sum, { calls }) => sum + calls.length, 0),
  };
}

describe('a step with a cache', () => {
  test('calls its function once for the same payload, and again for another', async () => {
    const { run, calls } = scene(CACHED);
    for (const tenant of ['a', 'a', 'b', 'a', 'b']) {
      assert.equal(answerOf(await run({ 'x-tenant': tenant }).request()).body, tenant);
    }
    assert.equal(calls(), 2);
  });

  test('tells in the metadata and not in log and metrics that no function was called', async () => {
    const { run } = scene(CACHED, { functions: { f: () => ({ payload: Buffer.from('x'), requestId: 'r-1' }) } });
    const first = run({ 'x-tenant': 'a' });
    const second = run({ 'x-tenant': 'a' });
    await first.request();
    await second.request();
    assert.equal(first.transaction.executions.get('f-1')?.cached, undefined);
    const { cached, requestId, status } = second.transaction.executions.get('f-1') ?? {};
    assert.deepEqual({ cached, requestId, status }, { cached: true, requestId: 'r-1', status: 200 });
    assert.deepEqual([first.counted.length, second.counted.length], [1, 0]);
    assert.deepEqual([first.log.length, second.log.length], [1, 0]);
  });

  test('tells of the call whose result a request gets, where it is kept and where it is shared', async () => {
    const { run } = scene(CACHED);
    const told: unknown[][] = [];
    const request = () => {
      const events: unknown[] = [];
      told.push(events);
      const trace: Trace = (event) => {
        if (event.kind === 'invocation') events.push(event.invocation.functionName);
        if (event.kind === 'result') events.push(event.cached);
      };
      return run({ 'x-tenant': 'a' }, { trace }).request();
    };
    await Promise.all([request(), request()]);
    await request();
    assert.deepEqual(told, [
      ['f', false],
      ['f', true],
      ['f', true],
    ]);
  });

  test('evaluates variables, sendToConsumer, answer and mutations for each request', async () => {
    const { run, calls } = scene({
      cache: { ttlSeconds: 60 },
      payload: 'same',
      variables: [{ name: 'who', value: TENANT }],
      sendToConsumer: true,
      answer: { headers: { set: { 'x-who': "{#context.attributes['who']}" } } },
    });
    for (const tenant of ['a', 'b']) {
      const { headers } = answerOf(await run({ 'x-tenant': tenant }).request());
      assert.equal(headers['x-who'], tenant);
    }
    assert.equal(calls(), 1);
  });

  test('keeps no error, no function error and no answer that is malformed', async () => {
    const answers: (() => object)[] = [
      () => assert.fail('unexpected'),
      () => ({ functionError: 'Unhandled', payload: Buffer.from('{}') }),
      () => ({ payload: Buffer.from('{"statusCode":1000}') }),
      () => ({ payload: Buffer.from('{"statusCode":200,"body":"good"}') }),
    ];
    const functions = { f: () => answers.shift()?.() ?? assert.fail('called again') };
    const { run, calls } = scene(
      { cache: { ttlSeconds: 60 }, payload: 'p', responseFormat: 'api-gateway-v2', sendToConsumer: true },
      { functions },
    );
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) statuses.push(answerOf(await run({}).request()).status);
    assert.deepEqual(statuses, [500, 500, 400, 200, 200]);
    assert.equal(calls(), 4);
  });

  test('shares one call among requests that come meanwhile, whose answer outlives the first of them', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const account = new CountedMemory();
    const memories = [new CountedMemory(), new CountedMemory(), new CountedMemory()];
    const { run, calls } = scene(CACHED, { functions: { f: () => promise }, cache: shared(account) });
    const started = memories.map((memory) => {
      const transaction = run({ 'x-tenant': 'a' }, { memory });
      return { ...transaction, outcome: transaction.request() };
    });
    const [first] = started;
    first?.transaction.abort();
    await assert.rejects(first?.outcome ?? Promise.resolve(), /the request ended/);
    resolve('result');
    for (const { outcome } of started.slice(1)) assert.equal(answerOf(await outcome).body, 'result');
    assert.equal(calls(), 1);
    assert.equal(account.taken, 0);
    assert.ok(account.peak > 0);
    assert.deepEqual(
      memories.map(({ taken }) => taken),
      [0, 6, 6],
    );
  });

  test('gives an error to all who wait, and calls again for the next', async () => {
    const gate = Promise.withResolvers<void>();
    const functions = {
      f: async () => {
        await gate.promise;
        return { functionError: 'Unhandled', payload: Buffer.from('{}') };
      },
    };
    const { run, calls } = scene(CACHED, { functions });
    const waiting = [1, 2, 3].map(() => run({ 'x-tenant': 'a' }).request());
    gate.resolve();
    for (const outcome of await Promise.all(waiting)) assert.equal(answerOf(outcome).status, 500);
    assert.equal(calls(), 1);
    await run({ 'x-tenant': 'a' }).request();
    assert.equal(calls(), 2);
  });

  test('keeps nothing where the key is null or empty, and calls for each request', async () => {
    for (const headers of [{}, { 'x-tenant': '' }]) {
      const { run, calls, cache } = scene({
        cache: { ttlSeconds: 60, key: "{#request.headers.getFirst('x-tenant')}" },
        payload: 'p',
      });
      for (let n = 0; n < 3; n++) await run(headers).request();
      assert.equal(calls(), 3);
      assert.equal(cache.results.lookups.uncacheable, 3);
      assert.equal(cache.results.entries, 0);
    }
  });

  test('calls the function where the expression of the key fails', async () => {
    const { run, calls } = scene({ cache: { ttlSeconds: 60, key: TENANT }, payload: 'p' });
    for (let n = 0; n < 2; n++) assert.equal((await run({}).request()).kind, 'continue');
    assert.equal(calls(), 2);
  });
});

describe('no request gets the result of another', () => {
  const key = ["{#request.headers['x-a'][0]}", "{#request.headers['x-b'][0]}"];
  const distinct: readonly (readonly [string, string])[] = [
    ['a', 'bc'],
    ['ab', 'c'],
    ['a,"b', 'c'],
    ['a', 'b","c'],
    ['', 'abc'],
    ['null', 'a'],
  ];

  for (const [name, written] of [
    ['a list', key],
    ['an object', { a: key[0], b: key[1] }],
    ['a text', key.join('')],
    ['a text with words', `a=${key[0]},b=${key[1]}`],
  ] as const) {
    test(`whatever it writes into its values: the key is ${name}`, async () => {
      const { run, calls } = scene({ cache: { ttlSeconds: 60, key: written }, payload: { a: key[0], b: key[1] } });
      for (let round = 0; round < 2; round++) {
        for (const [a, b] of distinct) await run({ 'x-a': a, 'x-b': b }).request();
      }
      assert.equal(calls(), distinct.length);
    });
  }

  test('by sending a header twice where it was once', async () => {
    const all = "{#request.headers['x-a']}";
    const { run, calls } = scene({
      cache: { ttlSeconds: 60, key: all },
      payload: { first: "{#request.headers['x-a'][0]}" },
    });
    await run([['x-a', 'a, b']]).request();
    await run([
      ['x-a', 'a'],
      ['x-a', 'b'],
    ]).request();
    assert.equal(calls(), 2);
  });

  const fields: readonly (readonly [string, object])[] = [
    ['function', { function: TENANT }],
    ['qualifier', { qualifier: TENANT }],
    ['region', { region: TENANT }],
    ['endpoint', { endpoint: `https://${TENANT}.test` }],
    ['tenantId', { tenantId: TENANT }],
    ['clientContext', { clientContext: `{"a":"${TENANT}"}` }],
    ['accessKey', { accessKey: TENANT, secretKey: 's' }],
    ['secretKey', { accessKey: 'k', secretKey: TENANT }],
    ['sessionToken', { accessKey: 'k', secretKey: 's', sessionToken: TENANT }],
    ['roleArn', { roleArn: `arn:aws:iam::111111111111:role/${TENANT}` }],
    ['roleSessionName', { roleArn: 'arn:aws:iam::111111111111:role/r', roleSessionName: TENANT }],
    ['externalId', { roleArn: 'arn:aws:iam::111111111111:role/r', externalId: TENANT }],
    ['roleChain', { roleChain: [{ roleArn: `arn:aws:iam::111111111111:role/${TENANT}` }] }],
  ];
  for (const [name, field] of fields) {
    test(`who calls another function or as somebody else: ${name}`, async () => {
      const { run, calls } = scene({ cache: { ttlSeconds: 60, key: 'all' }, payload: 'p', ...field });
      for (const tenant of ['aa-a', 'bb-b', 'aa-a']) await run({ 'x-tenant': tenant }).request();
      assert.equal(calls(), 2);
    });
  }

  test('of another step, another API, or after the document changed', async () => {
    const cache = shared();
    const one = step('f', { cache: { ttlSeconds: 60 }, payload: 'p' }, { name: 'one' });
    const two = step('f', { cache: { ttlSeconds: 60 }, payload: 'p' }, { name: 'two' });
    const both = apiOf({ apis: { default: { request: [one, two] } } });
    const calls = async (api: typeof both): Promise<number> => {
      const run = runOf(api, { cache });
      await run.request();
      return run.calls.length;
    };
    assert.equal(await calls(both), 2);
    assert.equal(await calls(both), 0);
    assert.equal(await calls(apiOf({ apis: { default: { request: [one, two] } } })), 0);
    for (const changed of [
      { apis: { default: { request: [one, two], properties: { a: 1 } } } },
      { apis: { default: { request: [one, two] } }, defaults: { region: 'eu-west-1' } },
      { apis: { default: { request: [one, two] } }, dictionaries: { a: { b: 'c' } } },
      { apis: { default: { request: [two, one] } } },
    ]) {
      assert.equal(await calls(apiOf(changed)), 2, JSON.stringify(changed));
    }
    assert.equal(await calls({ ...both, name: 'other' }), 2);
  });
});

test('no token of a request is in what is logged or kept as a key', async () => {
  const token = 'Bearer very-secret-token';
  const { run, runs } = scene({
    cache: { ttlSeconds: 60, key: "{#request.headers['authorization'][0]}" },
    payload: 'p',
  });
  for (let n = 0; n < 2; n++) await run({ authorization: token }).request();
  assert.doesNotMatch(JSON.stringify(runs.map(({ log, counted }) => [log, counted])), /very-secret/);
});
