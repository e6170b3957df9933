// Answers of authorizers that are kept: resultTtlInSeconds.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ResultCache } from '../../../src/cache/index.ts';
import { unlimitedMemory } from '../../../src/memory-account.ts';
import type { SharedResults } from '../../../src/policy/index.ts';
import { CountedMemory } from '../../support/counted-memory.ts';
import { answerOf, apiOf, type PolicyRun, type PolicyRunOptions, runOf, step } from '../../support/policy-run.ts';

const ARN = 'arn:aws:execute-api:us-east-1:000000000000:lambda-ext-proc/prod';
const TOKEN = { type: 'TOKEN' };
const SIMPLE = {
  type: 'REQUEST',
  payloadFormatVersion: '2.0',
  enableSimpleResponses: true,
  identitySource: ['$request.header.Authorization'],
  resultTtlInSeconds: 60,
};

const policy = (resource: unknown = '*', context?: object, effect = 'Allow') => {
  const statement = { Action: 'execute-api:Invoke', Effect: effect, Resource: resource };
  return JSON.stringify({ principalId: 'ada', policyDocument: { Statement: [statement] }, context });
};

function sharedResults(now = () => 0, account = unlimitedMemory): SharedResults {
  const limits = { bytes: 1_000_000, share: () => 0.8 };
  return { results: new ResultCache(() => limits, unlimitedMemory, now), account: () => account };
}

interface Options extends PolicyRunOptions {
  readonly configuration?: object;
  readonly steps?: readonly object[];
  readonly answer?: () => string | object;
}

/** Requests of one API one after the other, with one cache. */
function scene(authorizer: object, options: Options = {}) {
  const { configuration, steps = [], answer = () => policy(), cache = sharedResults() } = options;
  const guard = { authorizer, configuration: { function: 'authorize', ...configuration } };
  const api = apiOf({ apis: { default: { request: [guard, ...steps] } } });
  const runs: PolicyRun[] = [];
  return {
    runs,
    calls: () => runs.reduce((sum, { calls }) => sum + calls.filter((name) => name === 'authorize').length, 0),
    run(path = '/a', own: PolicyRunOptions = {}) {
      const all = { method: 'GET', path, headers: { authorization: 'Bearer x' }, ...options, ...own, cache };
      const run = runOf(api, { ...all, functions: { authorize: answer, ...options.functions } });
      runs.push(run);
      return run;
    },
    /** The status of the answer; 0: the request went on. */
    async status(path?: string, own?: PolicyRunOptions): Promise<number> {
      const outcome = await this.run(path, own).request('');
      return outcome.kind === 'continue' ? 0 : answerOf(outcome).status;
    },
  };
}

describe('a policy that is kept', () => {
  test('is called once, and evaluated for each request', async () => {
    const guard = scene(TOKEN, { answer: () => policy([`${ARN}/GET/a/*`, `${ARN}/PUT/a`]) });
    assert.equal(await guard.status('/a/1'), 0);
    assert.equal(await guard.status('/a/2'), 0);
    assert.equal(await guard.status('/b'), 403);
    assert.equal(await guard.status('/a'), 403);
    assert.equal(await guard.status('/a', { method: 'PUT' }), 0);
    assert.equal(await guard.status('/A/1'), 403);
    assert.equal(guard.calls(), 1);
  });

  test('denies those whom it denies, without asking again', async () => {
    const guard = scene(TOKEN, { answer: () => policy('*', undefined, 'Deny') });
    assert.deepEqual([await guard.status(), await guard.status('/b')], [403, 403]);
    assert.equal(guard.calls(), 1);
  });

  test('does not open a path with two meanings', async () => {
    const guard = scene(TOKEN);
    assert.equal(await guard.status('/a'), 0);
    for (const path of ['//a', '/a/../b', '/a%2fb', '/%2e%2e/a']) assert.equal(await guard.status(path), 400, path);
    assert.equal(guard.calls(), 1);
  });

  test('gives later functions and expressions the same facts about the caller as the first time', async () => {
    const words = step('words', { payload: "{#context.attributes['authorizer']['tier']}" });
    const steps = [step('app', { requestFormat: 'api-gateway-v1' }), words];
    const guard = scene(TOKEN, { steps, answer: () => policy('*', { tier: 'gold' }) });
    const runs = [guard.run(), guard.run()];
    for (const run of runs) assert.equal((await run.request('')).kind, 'continue');
    assert.equal(guard.calls(), 1);
    for (const { invocations } of runs) {
      const [app, said] = invocations.slice(-2).map(({ payload }) => Buffer.from(payload ?? '').toString());
      const { integrationLatency, ...rest } = JSON.parse(app ?? '').requestContext.authorizer;
      assert.deepEqual([rest, said], [{ principalId: 'ada', tier: 'gold' }, 'gold']);
      assert.equal(Number.isInteger(integrationLatency), true);
    }
    assert.equal(runs[1]?.transaction.executions.get('authorize-1')?.cached, true);
  });

  test('is asked for again when its time is over', async () => {
    let now = 0;
    const cache = sharedResults(() => now);
    const guard = scene({ ...TOKEN, authorizerResultTtlInSeconds: 10 }, { cache });
    for (now of [0, 9_999, 10_000, 19_999, 20_000]) await guard.status();
    assert.equal(guard.calls(), 3);
  });

  test('is asked for once by requests that come together, also when the first of them leaves', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const account = new CountedMemory();
    const memories = [new CountedMemory(), new CountedMemory(), new CountedMemory()];
    const guard = scene(TOKEN, { answer: () => promise as never, cache: sharedResults(() => 0, account) });
    const started = memories.map((memory) => {
      const run = guard.run('/a', { memory });
      return { ...run, outcome: run.request() };
    });
    started[0]?.transaction.abort();
    await assert.rejects(started[0]?.outcome ?? Promise.resolve(), /the request ended/);
    resolve(policy());
    for (const { outcome } of started.slice(1)) assert.equal((await outcome).kind, 'continue');
    assert.equal(guard.calls(), 1);
    assert.equal(account.taken, 0);
    assert.ok(account.peak > 0);
    assert.equal(memories[0]?.taken, 0);
    assert.ok((memories[1]?.taken ?? 0) > policy().length, 'what is judged by is charged');
  });
});

describe('a simple verdict that is kept', () => {
  test('holds for the same method and path only', async () => {
    const verdicts = ['{"isAuthorized":true}', '{"isAuthorized":false}', '{"isAuthorized":false}'];
    const guard = scene(SIMPLE, { answer: () => verdicts.shift() ?? assert.fail('asked again') });
    const statuses: number[] = [];
    for (const path of ['/public', '/admin', '/public', '/admin', '/public?a=b'])
      statuses.push(await guard.status(path));
    assert.deepEqual(statuses, [0, 403, 0, 403, 0]);
    assert.equal(await guard.status('/public', { method: 'DELETE' }), 403);
    assert.equal(guard.calls(), 3);
  });
});

describe('nothing is kept', () => {
  const failures: readonly (readonly [string, object, string | object, number])[] = [
    ['of an error', TOKEN, { functionError: 'Unhandled', payload: Buffer.from('{"errorMessage":"no"}') }, 500],
    [
      'of Unauthorized',
      TOKEN,
      { functionError: 'Unhandled', payload: Buffer.from('{"errorMessage":"Unauthorized"}') },
      401,
    ],
    ['of an error that looks like a policy', TOKEN, { functionError: 'Handled', payload: Buffer.from(policy()) }, 500],
    ['of no JSON', TOKEN, 'yes', 500],
    ['of an answer without a principal', TOKEN, '{"policyDocument":{"Statement":[]}}', 500],
    ['of a context that is not flat', TOKEN, policy('*', { a: [] }), 500],
    ['of another status', TOKEN, { status: 202, payload: Buffer.from(policy()) }, 500],
    ['of a verdict that is none', SIMPLE, '{"isAuthorized":"true"}', 500],
  ];
  for (const [name, authorizer, failure, status] of failures) {
    test(name, async () => {
      const good = authorizer === SIMPLE ? '{"isAuthorized":true}' : policy();
      const answers = [failure, failure, good];
      const guard = scene(authorizer, { answer: () => answers.shift() ?? assert.fail('asked again') });
      const statuses = [await guard.status(), await guard.status(), await guard.status(), await guard.status()];
      assert.deepEqual(statuses, [status, status, 0, 0]);
      assert.equal(guard.calls(), 3);
    });
  }

  test('of a request without an identity, which gets nobody else’s either', async () => {
    const guard = scene(TOKEN);
    assert.equal(await guard.status(), 0);
    for (const headers of [{}, { authorization: '' }, { authorization: ' ' }]) {
      assert.equal(await guard.status('/a', { headers }), 401);
    }
    const twice = [
      ['authorization', 'Bearer x'],
      ['authorization', 'Bearer x'],
    ] as const;
    assert.equal(await guard.status('/a', { headers: twice }), 401);
    assert.equal(guard.calls(), 1);
  });

  test('by an HTTP API’s authorizer that has no TTL, by one with 0, and by one without sources', async () => {
    const { resultTtlInSeconds: _, enableSimpleResponses: __, ...http } = SIMPLE;
    for (const authorizer of [http, { ...TOKEN, resultTtlInSeconds: 0 }, { type: 'REQUEST' }]) {
      const guard = scene(authorizer);
      for (let n = 0; n < 2; n++) assert.equal(await guard.status(), 0);
      assert.equal(guard.calls(), 2, JSON.stringify(authorizer));
    }
  });
});

test('a REST API’s authorizer keeps its answers for five minutes, as API Gateway does', async () => {
  for (const authorizer of [TOKEN, { type: 'REQUEST', identitySource: 'method.request.header.Authorization' }]) {
    let now = 0;
    const guard = scene(authorizer, { cache: sharedResults(() => now) });
    for (now of [0, 299_999, 300_000]) await guard.status();
    assert.equal(guard.calls(), 2);
  }
});

describe('no request gets the policy of another', () => {
  const SOURCES = ['$request.header.A', '$request.querystring.b', '$request.header.C'];
  const request = (a: string, b: string, c: string) =>
    [`/x?b=${encodeURIComponent(b)}`, { headers: { a, c } }] as const;

  test('by values that look alike when they are joined', async () => {
    const guard = scene({ type: 'REQUEST', identitySource: SOURCES });
    const identities = [
      ['a', 'b', 'c'],
      ['ab', 'c', 'd'],
      ['a', 'bc', 'd'],
      ['a', 'b', 'cd'],
      ['b', 'a', 'c'],
      ['a,b', 'c', 'd'],
      ['a', 'b,c', 'd'],
      ['1:a;1:b', 'c', 'd'],
      ['A', 'b', 'c'],
      ['a', 'B', 'c'],
    ] as const;
    for (const [a, b, c] of identities) await guard.status(...request(a, b, c));
    assert.equal(guard.calls(), identities.length);
    for (const [a, b, c] of identities) await guard.status(...request(a, b, c));
    assert.equal(guard.calls(), identities.length);
  });

  const HEADER = "{#request.headers['x-part'][0]}";
  const parts: readonly (readonly [string, object])[] = [
    ['stage', { format: { stage: HEADER } }],
    ['API', { format: { apiId: HEADER } }],
    ['account', { format: { accountId: HEADER } }],
    ['region', { region: HEADER }],
    ['function', { function: HEADER }],
    ['qualifier', { qualifier: HEADER }],
    ['signing identity', { accessKey: HEADER, secretKey: 's' }],
  ];
  for (const [name, configuration] of parts) {
    test(`of another ${name}`, async () => {
      const functions = { 'eu-1': () => policy(), 'us-1': () => policy() };
      const guard = scene(TOKEN, { configuration, functions });
      const ask = (part: string) => guard.run('/a', { headers: { authorization: 'x', 'x-part': part } }).request();
      for (const part of ['eu-1', 'us-1', 'eu-1', 'us-1']) assert.equal((await ask(part)).kind, 'continue');
      assert.equal(guard.runs.flatMap(({ calls }) => calls).length, 2);
    });
  }

  test('of another step, another API or another configuration of the same function', async () => {
    const cache = sharedResults();
    const guard = (name: string, authorizer: object = TOKEN) => ({
      name,
      authorizer,
      configuration: { function: 'authorize' },
    });
    const documents = [
      { apis: { default: { request: [guard('one')] } } },
      { apis: { default: { request: [guard('one'), guard('two')] } } },
      { apis: { default: { request: [guard('one', { ...TOKEN, identityValidationExpression: '.*' })] } } },
      { apis: { default: { request: [guard('one')], properties: { a: 'b' } } } },
    ];
    const calls: number[] = [];
    for (const document of [...documents, ...documents]) {
      const headers = { authorization: 'x' };
      const run = runOf(apiOf(document), { headers, cache, functions: { authorize: () => policy() } });
      assert.equal((await run.request()).kind, 'continue');
      calls.push(run.calls.length);
    }
    assert.deepEqual(calls, [1, 2, 1, 1, 0, 0, 0, 0]);
  });
});

test('no log and no metric has a token, whether an answer is asked for, kept or a denial', async () => {
  const guard = scene(TOKEN, { answer: () => policy(`${ARN}/GET/a`), level: 'debug' });
  const headers = { authorization: 'Bearer very-secret' };
  for (const path of ['/a', '/a', '/b']) await guard.status(path, { headers });
  const told = JSON.stringify(guard.runs.map(({ log, counted }) => [log, counted]));
  assert.doesNotMatch(told, /very-secret/);
});
