import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RE2JS } from 're2js';
import { JavaException } from '../../../../src/expression/java/java-exception.ts';
import { compileRegex, compileSearch } from '../../../../src/expression/java/text/regex/index.ts';
import { MachineFound } from '../../../../src/expression/java/text/regex/machine-found.ts';
import { parseRegex } from '../../../../src/expression/java/text/regex/parser.ts';
import { compileProgram } from '../../../../src/expression/java/text/regex/program.ts';
import { Re2Found } from '../../../../src/expression/java/text/regex/re2-found.ts';
import { resolve } from '../../../../src/expression/java/text/regex/resolve.ts';
import { toRe2 } from '../../../../src/expression/java/text/regex/to-re2.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const free = { step: () => {} };

/** Every match with its groups, as far as the budget goes. */
function matchesOf(found: MachineFound | Re2Found, groups: number): string {
  const all: string[] = [];
  while (found.find()) {
    const texts = Array.from({ length: groups + 1 }, (_, index) => found.group(index));
    all.push(`${found.start}-${found.end} ${JSON.stringify(texts)}`);
  }
  return all.join('\n');
}

test('the machine finds what RE2 finds where both can be asked', (t) => {
  const seed = Number(process.env.REGEX_SEED ?? Date.now() % 2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const next = seededRandom(seed);
  const random = {
    below: (limit: number) => Math.floor(next() * limit),
    pick: <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T,
  };
  const atoms = [
    'a',
    'b',
    'ab',
    '.',
    '[ab]',
    '[^a]',
    '\\w',
    '\\b',
    '(a)',
    '(b|ab)',
    '(?:a|)',
    '(a*)b',
    '(?<=a)',
    'é',
    '😀',
  ];
  const ends = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{2,}?'];
  const part = (depth: number): string => {
    const items = Array.from({ length: 1 + random.below(3) }, () =>
      depth > 0 && random.below(4) === 0 ? `(?:${part(depth - 1)})` : random.pick(atoms),
    );
    const text = items
      .map((item) => (/^(?:ab|😀|\(\?<=a\)|\\b)$/u.test(item) ? item : item + random.pick(ends)))
      .join('');
    return random.below(5) === 0 ? `${text}|${random.pick(atoms)}` : text;
  };
  let compared = 0;
  for (let round = 0; round < 3000; round++) {
    const pattern = part(2);
    const { root, groupCount } = resolve(parseRegex(pattern));
    const re2 = toRe2(root, groupCount);
    // Rounds of nothing in a loop are told otherwise by each.
    if (re2 === undefined) continue;
    const text = Array.from({ length: random.below(12) }, () => random.pick(['a', 'b', 'ab', ' ', 'é', '😀'])).join('');
    const regex = RE2JS.compile(re2.text, RE2JS.LOOKBEHINDS);
    assert.equal(
      matchesOf(new MachineFound(compileProgram(root, groupCount), text, free), groupCount),
      matchesOf(new Re2Found(regex, text, 1, free), groupCount),
      `${pattern} in ${JSON.stringify(text)}`,
    );
    compared++;
  }
  t.diagnostic(`${compared} patterns`);
  assert.ok(compared > 1000);
});

test('hostile patterns and texts are paid for, and refused where they are too large', () => {
  const long = `${'a'.repeat(100_000)}\n`;
  const spent = (pattern: string, text: string): number => {
    let steps = 0;
    const found = compileSearch(pattern).in(text, { step: (count) => (steps += count) });
    for (let matches = 0; matches < 3 && found.find(); matches++);
    return steps;
  };
  for (const pattern of ['(a+)+$', '(?:a|aa)+b$', '(?=(?=(?=.*b).*b).*b)a', '(?:.*a){20}$', '(.)\\1+b$', 'a++b']) {
    const steps = spent(pattern, long);
    const half = spent(pattern, long.slice(50_000));
    // In proportion to the text, whatever the pattern does.
    assert.ok(steps < half * 3 && steps > half, `${pattern}: ${half} steps, then ${steps}`);
  }
  const alternatives = Array.from({ length: 300 }, (_, index) => `k${index}`).join('|');
  assert.ok(spent(`(?:${alternatives})$`, long) < 100_000);
  for (const pattern of [
    '((a{1,100}){1,100}){1,100}$',
    '(?=.{1000})'.repeat(40),
    '(?=a)'.repeat(100),
    `(?:.{1000}){30}$`,
  ]) {
    assert.throws(() => compileSearch(pattern), JavaException, pattern);
  }
  const references = Array.from({ length: 40 }, (_, index) => `\\${index + 1}`).join('');
  assert.throws(() => compileRegex('(a|b|c|d|e|f|g|h)'.repeat(40) + references), /linear time/);
  assert.throws(() => compileRegex(`${'('.repeat(300)}a${')'.repeat(300)}`), /too deep/);
});

test('what linear time does not allow is refused by name', () => {
  for (const pattern of [
    '(\\w+) \\1',
    '(a*)\\1',
    '(.).*\\1',
    '(a|b)*\\1',
    '\\1(a)',
    '(?>a*b*)',
    '(?:a|ab){2}+',
    '(?:a+b)*+',
  ]) {
    assert.throws(() => compileRegex(pattern), /linear time/, pattern);
  }
  for (const [pattern, name] of [
    ['\\X', '\\X'],
    ['\\N{DIGIT ONE}', '\\N'],
    ['\\b{g}', '\\b{g}'],
    ['(?U)\\w', 'flag U'],
    ['(?<=(?:ab)*)c', 'maximum length'],
  ] as const) {
    assert.throws(
      () => compileRegex(pattern),
      (error) => error instanceof JavaException && error.message.includes(name),
      pattern,
    );
  }
});
