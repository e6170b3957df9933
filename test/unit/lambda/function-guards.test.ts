import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FunctionGuards } from '../../../src/lambda/guard/function-guards.ts';
import { InvocationError } from '../../../src/lambda/index.ts';

const transport = {
  connectionTimeoutMs: 0,
  readTimeoutMs: 0,
  maxConcurrency: 1,
  circuitBreaker: { failures: 2, openMs: 1_000 },
};
const timeout = new InvocationError('timeout', { message: 'm' });

function fail(guards: FunctionGuards, key: string, times: number): void {
  for (let i = 0; i < times; i++) {
    const guard = guards.get(key);
    guard.leave(transport, guard.enter(transport, 0), timeout, 0);
  }
}

function isOpen(guards: FunctionGuards, key: string): boolean {
  try {
    guards.get(key).enter(transport, 999);
    return false;
  } catch (error) {
    return error instanceof InvocationError && error.message.startsWith('the circuit');
  }
}

const names = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

test('a flood of made up names closes no circuit and gives no retry back', () => {
  const guards = new FunctionGuards();
  fail(guards, 'open', 2);
  guards.get('spent').budget.spend('transient');
  const busy = guards.get('busy');
  busy.enter(transport, 0);
  for (const name of names(100_000, 'fresh ')) guards.get(name);
  assert.ok(guards.size < 4_096, `${guards.size} guards are kept`);
  assert.ok(isOpen(guards, 'open'));
  assert.equal(guards.get('spent').budget.spent, 14);
  assert.equal(guards.get('busy'), busy);
});

test('a flood of names that fail closes no circuit and drops no call under way', () => {
  const guards = new FunctionGuards();
  fail(guards, 'open', 2);
  const busy = guards.get('busy');
  busy.enter(transport, 0);
  for (let round = 0; round < 4; round++) for (const name of names(20_000, `failing ${round} `)) fail(guards, name, 1);
  assert.ok(guards.size <= 16_384, `${guards.size} guards are kept`);
  assert.ok(isOpen(guards, 'open'));
  assert.equal(guards.get('busy'), busy);
});

test('what has recovered is forgotten', () => {
  const guards = new FunctionGuards();
  fail(guards, 'f', 1);
  const guard = guards.get('f');
  guard.leave(transport, guard.enter(transport, 0), undefined, 0);
  assert.equal(guard.memory, 0);
  for (const name of names(3_000, 'fresh ')) guards.get(name);
  assert.notEqual(guards.get('f'), guard);
});
