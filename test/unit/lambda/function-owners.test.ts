import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FunctionGuard } from '../../../src/lambda/guard/function-guard.ts';
import { FunctionGuards } from '../../../src/lambda/guard/function-guards.ts';
import type { Invocation } from '../../../src/lambda/index.ts';
import { Destinations } from '../../../src/lambda/request/destinations.ts';
import { EndpointResolver } from '../../../src/lambda/request/endpoint.ts';
import type { CredentialProvider } from '../../../src/lambda/resolved-credentials.ts';
import { invocation } from '../../support/invocation.ts';

const [a, b] = ['111111111111', '222222222222'];
const provider = (identity: string, account?: string): CredentialProvider => ({
  identity,
  account,
  get: () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
});
const chain = provider('chain');

/** Numbers the guards in the order in which they are met: the same number is the same guard. */
function numbering(environment: Record<string, string> = {}) {
  const destinations = new Destinations(new EndpointResolver(environment));
  const guards = new FunctionGuards();
  const seen: unknown[] = [];
  return async (name: string, by: CredentialProvider, more: Partial<Invocation> = {}): Promise<number> => {
    const call = invocation({ functionName: name, ...more });
    const guard = guards.of(await destinations.get(call), by, call);
    if (!seen.includes(guard)) seen.push(guard);
    return seen.indexOf(guard);
  };
}

test('every way to write a function is one function in whatever order they come', async () => {
  const ways: [string, Partial<Invocation>?][] = [
    ['f'],
    ['f:live'],
    ['f', { qualifier: 'test' }],
    ['function:f'],
    [`${a}:f:7`],
    [`${a}:function:f`],
    [`us-east-1:${a}:function:f:$LATEST`],
    [`arn:aws:lambda:us-east-1:${a}:function:f`],
    [`arn:aws:lambda:us-east-1:${a}:function:f:$LATEST.PUBLISHED`],
  ];
  for (let first = 0; first < ways.length; first++) {
    for (const by of [provider('chain', a), provider('keys', a), provider('role', a)]) {
      const numberOf = numbering();
      const order = [...ways.slice(first), ...ways.slice(0, first), ...ways];
      for (const [name, more] of order) assert.equal(await numberOf(name, by, more), 0, `${name} by ${by.identity}`);
    }
  }
});

test('functions of two accounts regions names or endpoints are two', async () => {
  const numberOf = numbering();
  const arn = (account: string) => `arn:aws:lambda:us-east-1:${account}:function:f`;
  const all = [
    await numberOf('f', provider('role a', a)),
    await numberOf('f', provider('role b', b)),
    await numberOf('g', provider('role a', a)),
    await numberOf('f', provider('role a', a), { region: 'eu-west-1' }),
    await numberOf('f', provider('role a', a), { endpoint: 'http://127.0.0.1:4566' }),
    await numberOf('f', provider('role a', a), { endpoint: 'http://127.0.0.1:4566/other' }),
    await numberOf('f', provider('keys')),
    await numberOf('f', provider('other keys')),
  ];
  assert.deepEqual(all, [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.equal(await numberOf(arn(a), chain), 0, 'the account in a name, whoever calls');
  assert.equal(await numberOf(arn(b), chain), 1);
  assert.equal(await numberOf('f', provider('another role of a', a)), 0);
});

test('an identity whose account nobody tells has functions of its own whatever account it names first', async () => {
  for (const first of [`${b}:function:other`, `${a}:function:f`, `${b}:function:f`]) {
    const numberOf = numbering();
    await numberOf(first, chain);
    const own = await numberOf('f', chain);
    assert.equal(await numberOf('f:live', chain), own);
    for (const account of [a, b]) {
      assert.notEqual(await numberOf(`${account}:function:f`, chain), own, 'it may be another');
      assert.notEqual(await numberOf('f', provider('role', account)), own, 'of another identity');
    }
    assert.notEqual(await numberOf('f', provider('keys')), own);
  }
});

const usual = {
  transport: { connectionTimeoutMs: 2_000, readTimeoutMs: 5_000 },
  retry: { maxAttempts: 1, idempotent: false },
};
const settings: Readonly<Record<string, Partial<Invocation>>> = {
  'a connection timeout': { transport: { ...usual.transport, connectionTimeoutMs: 1 } },
  'a read timeout': { transport: { ...usual.transport, readTimeoutMs: 1 } },
  'an attempt timeout': { transport: { ...usual.transport, apiCallAttemptTimeoutMs: 1 } },
  'a call timeout': { transport: { ...usual.transport, apiCallTimeoutMs: 1 } },
  'a limit': { transport: { ...usual.transport, maxConcurrency: 1 } },
  'another limit': { transport: { ...usual.transport, maxConcurrency: 2 } },
  'a circuit': { transport: { ...usual.transport, circuitBreaker: { failures: 1, openMs: 1 } } },
  'another circuit': { transport: { ...usual.transport, circuitBreaker: { failures: 1, openMs: 2 } } },
  'a trust store': { transport: { ...usual.transport, ssl: { trustAll: true } } },
  'more attempts': { retry: { ...usual.retry, maxAttempts: 2 } },
  idempotence: { retry: { ...usual.retry, idempotent: true } },
};

test('steps with equal settings share what is remembered of a function, and others do not', async () => {
  const numberOf = numbering();
  const by = provider('role', a);
  const first = new Map<string, number>();
  for (const [name, more] of Object.entries({ usual, ...settings })) first.set(name, await numberOf('f', by, more));
  assert.equal(new Set(first.values()).size, first.size);
  for (const [name, more] of Object.entries({ usual, ...settings })) {
    assert.equal(await numberOf('f', by, structuredClone(more)), first.get(name), `${name}, as another step has it`);
    assert.equal(await numberOf('f', by, more), first.get(name));
  }
});

test('an inline policy shares with no other, not even one of equal settings', async () => {
  const numberOf = numbering();
  const by = provider('role', a);
  const isolated = () => ({ transport: { ...usual.transport, isolated: true } });
  const [one, other] = [isolated(), isolated()];
  const all = [await numberOf('f', by, usual), await numberOf('f', by, one), await numberOf('f', by, other)];
  assert.deepEqual(all, [0, 1, 2]);
  assert.equal(await numberOf('f:live', by, one), 1, 'and keeps its own');
  assert.equal(await numberOf('f', by, { ...one, retry: { ...usual.retry } }), 1);
});

test('the endpoints of AWS count as one and a name that only looks like one does not', async () => {
  const by = provider('role', a);
  const numberOf = numbering();
  assert.equal(await numberOf('f', by), 0);
  for (const endpoint of [
    'https://lambda.us-east-1.amazonaws.com',
    'lambda.us-east-1.amazonaws.com:443',
    'https://lambda-fips.us-east-1.amazonaws.com',
    'https://lambda.us-east-1.api.aws',
    'https://vpce-0123456789abcdef0-abcdefgh.lambda.us-east-1.vpce.amazonaws.com',
  ]) {
    assert.equal(await numberOf('f', by, { endpoint }), 0, endpoint);
  }
  const others = [
    'http://lambda.us-east-1.amazonaws.com',
    'https://lambda.us-east-1.amazonaws.com:8443',
    'https://lambda.eu-west-1.amazonaws.com',
    'https://lambda.us-east-1.amazonaws.com.example.org',
    'https://xlambda.us-east-1.amazonaws.com',
  ];
  for (const endpoint of others) assert.notEqual(await numberOf('f', by, { endpoint }), 0, endpoint);
  const fips = numbering({ AWS_USE_FIPS_ENDPOINT: 'true' });
  assert.equal(await fips('f', by), 0);
  assert.equal(await fips('f', by, { endpoint: 'https://lambda.us-east-1.amazonaws.com' }), 0);
});

test('retries are paid for by each identity on its own', async () => {
  const guard = new FunctionGuard();
  for (let i = 0; i < 100; i++) guard.budgetOf('a').spend('transient');
  assert.equal(guard.budgetOf('a').spend('transient'), false);
  assert.equal(guard.budgetOf('b').spend('transient'), true);
  assert.equal(guard.memory(0), guard.budgetOf('a').spent + guard.budgetOf('b').spent);
  for (let i = 0; i < 10_000; i++) guard.budgetOf(`made up ${i}`);
  assert.equal(guard.budgetOf('b').spent, 14, 'a flood of identities gives nothing back');
  assert.equal(guard.budgetOf('a').spend('transient'), false);
});
