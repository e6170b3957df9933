import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GuardPool } from '../../../src/lambda/guard/guard-pool.ts';
import { InvocationError, type TransportOptions } from '../../../src/lambda/index.ts';

const transport = {
  connectionTimeoutMs: 0,
  readTimeoutMs: 0,
  maxConcurrency: 1,
  circuitBreaker: { failures: 2, openMs: 600_000 },
};
const size = { fresh: 1_024, troubled: 16_384 };
const timeout = new InvocationError('timeout', { message: 'm' });

/** The pool's own clock is the monotonic one: circuits stay open for as long as a test runs. */
const now = performance.now();

function fail(guards: GuardPool, key: string, times: number, by: TransportOptions = transport): void {
  for (let i = 0; i < times; i++) {
    const guard = guards.get(key);
    guard.leave(by, guard.enter(by, now), timeout, now);
  }
}

function isOpen(guards: GuardPool, key: string): boolean {
  try {
    guards.get(key).enter(transport, now + 999);
    return false;
  } catch (error) {
    return error instanceof InvocationError && error.message.startsWith('the circuit');
  }
}

const names = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

test('a flood of made up names closes no circuit and gives no retry back', () => {
  const guards = new GuardPool(size);
  fail(guards, 'open', 2);
  guards.get('spent').budget.spend('transient');
  const busy = guards.get('busy');
  busy.enter(transport, now);
  for (const name of names(100_000, 'fresh ')) guards.get(name);
  assert.ok(guards.size < 4_096, `${guards.size} guards are kept`);
  assert.ok(isOpen(guards, 'open'));
  assert.equal(guards.get('spent').budget.spent, 14);
  assert.equal(guards.get('busy'), busy);
});

test('a flood of names that fail closes no circuit and drops no call under way', () => {
  const guards = new GuardPool(size);
  fail(guards, 'open', 2);
  const busy = guards.get('busy');
  busy.enter(transport, now);
  for (let round = 0; round < 4; round++) for (const name of names(20_000, `failing ${round} `)) fail(guards, name, 1);
  assert.ok(guards.size <= 16_384, `${guards.size} guards are kept`);
  assert.ok(isOpen(guards, 'open'));
  assert.equal(guards.get('busy'), busy);
});

test('a flood of names whose circuits open at their first failure pushes no other open circuit out', () => {
  const guards = new GuardPool(size);
  const first = { ...transport, circuitBreaker: { failures: 1, openMs: 600_000 } };
  fail(guards, 'early', 1, first);
  for (const name of names(30_000, 'flood ')) fail(guards, name, 1, first);
  // One that comes in the middle of it, and is called more than once.
  fail(guards, 'late', 1, first);
  for (let i = 0; i < 20; i++) assert.ok(isOpen(guards, 'late'));
  for (const name of names(60_000, 'more ')) fail(guards, name, 1, first);
  assert.ok(guards.size <= 16_384, `${guards.size} guards are kept`);
  assert.ok(isOpen(guards, 'early'));
  assert.ok(isOpen(guards, 'late'));
});

test('circuits whose time is over go before those that refuse', () => {
  const guards = new GuardPool({ fresh: 16, troubled: 64 });
  const over = { ...transport, circuitBreaker: { failures: 1, openMs: 1 } };
  for (const name of names(40, 'over ')) {
    const guard = guards.get(name);
    guard.leave(over, guard.enter(over, now - 60_000), timeout, now - 60_000);
  }
  const open = names(20, 'open ');
  for (const name of open) fail(guards, name, 2);
  for (const name of names(17, 'fresh ')) guards.get(name);
  assert.ok(open.every((name) => isOpen(guards, name)));
});

test('what has recovered is forgotten', () => {
  const guards = new GuardPool(size);
  fail(guards, 'f', 1);
  const guard = guards.get('f');
  guard.leave(transport, guard.enter(transport, now), undefined, now);
  assert.equal(guard.memory(now), 0);
  for (const name of names(3_000, 'fresh ')) guards.get(name);
  assert.notEqual(guards.get('f'), guard);
});
