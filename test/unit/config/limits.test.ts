import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLines, load, problemsOf } from './support.ts';

const shares = (limits: string, apis: string, inline = 'false'): unknown =>
  load(`version: 1\ninline: ${inline}\nlimits: ${limits}\napis: ${apis}\n`).set.limits.shares;

test('a single API may hold all, of several each 0.8, and inline policies count as several', () => {
  assert.deepEqual(shares('{}', '{a: {}}'), { default: 1 });
  assert.deepEqual(shares('{}', '{a: {}}', '{functions: [f], regions: [us-east-1]}'), { default: 0.8 });
  assert.deepEqual(shares('{}', '{a: {}, b: {}}'), { default: 0.8 });
  assert.deepEqual(shares('{shares: {b: 0.5}}', '{a: {}, b: {}}'), { default: 0.8, b: 0.5 });
  assert.deepEqual(shares('{shares: {default: 0.3}}', '{a: {}}'), { default: 0.3 });
});

test('a share of an unknown API is an error with a suggestion, and so is one that is not a fraction', () => {
  const problems = (text: string): readonly string[] =>
    problemsOf(`version: 1\nlimits: {shares: {${text}}}\napis: {orders: {}}\n`);
  assertLines(problems('order: 0.5'), ['limits.shares.order', 'did you mean orders?']);
  assertLines(problems('quux: 0.5'), ['limits.shares.quux', 'is not the name of an API']);
  assert.deepEqual(problems('orders: 0.5, default: 1'), []);
  for (const value of ['0', '-1', '1.1', '.nan', '"0.5"']) {
    assert.match(problems(`orders: ${value}`).join('\n'), /limits\.shares\.orders/, value);
  }
});

test('the wait for a body is reported in milliseconds', () => {
  assert.equal(load('version: 1\n').set.limits.bodyWaitMs, 300_000);
  assert.equal(load('version: 1\nlimits: {bodyWaitMs: 1000}\n').set.limits.bodyWaitMs, 1_000);
  assert.match(problemsOf('version: 1\nlimits: {bodyWaitMs: 0}\n').join('\n'), /bodyWaitMs/);
});
