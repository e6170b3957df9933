import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutGlob, GlobBudgetError, GlobMatcher } from '../../../../src/formats/authorizer/glob.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

/** By the meaning of the two signs alone: exponential, for short texts. */
function means(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const rest = pattern.slice(1);
  if (pattern[0] === '*') return means(rest, text) || (text !== '' && means(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && means(rest, text.slice(1));
}

test('patterns match what their signs mean', (t) => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));
  const random = seededRandom(seed);
  const some = (signs: string, most: number) =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, () => signs[Math.floor(random() * signs.length)]).join(
      '',
    );
  const count = { true: 0, false: 0 };
  for (let i = 0; i < 20_000; i++) {
    const [pattern, text] = [some('ab*?', 7), some('ab', 9)];
    const expected = means(pattern, text);
    assert.equal(new GlobMatcher().matches(cutGlob(pattern), text), expected, `seed ${seed}: ${pattern} on ${text}`);
    count[`${expected}`]++;
  }
  assert.ok(count.true > 1_000 && count.false > 1_000);
  t.diagnostic(`seed ${seed}: ${JSON.stringify(count)}`);
});

test('a pattern that takes long is given up, whatever its first character is', () => {
  const text = 'a'.repeat(1_600);
  for (const run of ['a'.repeat(800), `?${'a'.repeat(800)}`]) {
    assert.throws(() => {
      const globs = new GlobMatcher();
      for (let i = 0; i < 10; i++) globs.matches(cutGlob(`*${run}b*`), text);
    }, GlobBudgetError);
  }
});
