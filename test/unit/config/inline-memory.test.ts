import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoRoomError } from '../../../src/memory-account.ts';
import { CountedMemory } from '../../support/counted-memory.ts';
import { load } from './support.ts';

const inline = (name: string, steps = 1): string =>
  JSON.stringify({
    request: Array.from({ length: steps }, () => ({ configuration: { function: name, region: 'us-east-1' } })),
  });
const open = (bufferedBytes: number) =>
  load(`version: 1\ninline: {functions: ["*"], regions: ["*"]}\nlimits: {bufferedBytes: ${bufferedBytes}}\n`).set;

test('the first stream with a text is charged for its compiled policies, and later ones are not', () => {
  const set = open(10_000_000);
  const first = new CountedMemory();
  const policies = set.inline(inline('a'), first);
  assert.equal(first.taken, 48 * inline('a').length);
  const second = new CountedMemory();
  assert.equal(set.inline(inline('a'), second), policies);
  assert.equal(second.taken, 0);
  assert.throws(() => set.inline(inline('b'), new CountedMemory(100)), NoRoomError);
});

test('a body of many expressions holds what each of them takes', () => {
  const text = (leaf: string) =>
    JSON.stringify({
      request: [{ configuration: { function: 'f', region: 'us-east-1', payload: Array(100).fill(leaf) } }],
    });
  for (const [leaf, each] of [
    ['x', 0],
    ['{#a}', 512],
    ['{ #a}', 512],
    ['{(1)}{#a}', 1024],
  ] as const) {
    const memory = new CountedMemory();
    open(100_000_000).inline(text(leaf), memory);
    assert.equal(memory.taken, 48 * text(leaf).length + 100 * each, leaf);
  }
});

test('no more compiled texts are kept than an eighth of the limit holds', () => {
  const text = inline('a', 50);
  const set = open(8 * 48 * text.length);
  const kept = set.inline(text);
  assert.equal(set.inline(text), kept);
  set.inline(inline('b', 50));
  assert.notEqual(set.inline(text), kept, 'the older one has made room');
});
