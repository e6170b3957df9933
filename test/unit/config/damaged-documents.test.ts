// Good documents with one thing wrong, as people and editors make it: always a message with a line, never a stack.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { main } from '../../../src/main.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const root = join(import.meta.dirname, '../../..');
const good = ['demo/policies.yaml', 'starter/policies.yaml'].map((file) => readFileSync(join(root, file), 'utf8'));

type Random = () => number;
type Damage = (lines: string[], random: Random) => void;

const pick = (count: number, random: Random): number => Math.floor(random() * count);

/** Replaces one character of a line that has it. */
function change(lines: string[], random: Random, pattern: RegExp, to: string): void {
  const having = [...lines.keys()].filter((index) => pattern.test(lines[index] ?? ''));
  const at = having[pick(having.length, random)];
  if (at === undefined) return;
  const places = [...(lines[at] ?? '').matchAll(new RegExp(pattern, 'g'))];
  const { index = 0, 0: found = '' } = places[pick(places.length, random)] ?? {};
  lines[at] = `${lines[at]?.slice(0, index)}${to}${lines[at]?.slice(index + found.length)}`;
}

const damages: Readonly<Record<string, Damage>> = {
  'a line is gone': (lines, random) => void lines.splice(pick(lines.length, random), 1),
  'a line is there twice': (lines, random) => {
    const at = pick(lines.length, random);
    lines.splice(at, 0, lines[at] ?? '');
  },
  'a line is indented more': (lines, random) => {
    const at = pick(lines.length, random);
    lines[at] = ` ${lines[at]}`;
  },
  'a line is indented less': (lines, random) => change(lines, random, /^ {2}/, ' '),
  'a tab': (lines, random) => change(lines, random, /^ +/, '\t'),
  'a quote is gone': (lines, random) => change(lines, random, /["']/, ''),
  'a quote too many': (lines, random) => change(lines, random, /[a-z]/, '"'),
  'a bracket is gone': (lines, random) => change(lines, random, /[{}[\]]/, ''),
  'a bracket of another kind': (lines, random) => change(lines, random, /[{}]/, ']'),
  'a colon is gone': (lines, random) => change(lines, random, /:/, ''),
  'a blank is gone': (lines, random) => change(lines, random, /(?<=[:-]) /, ''),
  'a dash is gone': (lines, random) => change(lines, random, /- /, '  '),
  'a letter is gone': (lines, random) => change(lines, random, /[a-z]/i, ''),
  'a letter is another': (lines, random) => change(lines, random, /[a-z]/i, 'q'),
  'a sign that YAML reads': (lines, random) => {
    change(
      lines,
      random,
      /(?<=[:-] )\S/,
      ['*', '&', '!', '@', '`', '%', '|', '>', '{#', '#', '- ', '? '][pick(12, random)] ?? '',
    );
  },
  'a blank that is none': (lines, random) => change(lines, random, / /, '\u00a0'),
  'the rest is gone': (lines, random) => void lines.splice(pick(lines.length, random)),
  'another document': (lines, random) => void lines.splice(pick(lines.length, random), 0, '---'),
};

async function check(text: string) {
  let stdout = '';
  let stderr = '';
  const io = {
    stdin: Readable.from([Buffer.from(text)]),
    stdout: { write: (more: string) => (stdout += more) },
    stderr: { write: (more: string) => (stderr += more) },
    env: {},
  };
  return { code: await main(['check', '-'], io), stdout, stderr };
}

const EACH = 25;

test('a damaged document is reported with lines, and never with a stack', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const random = seededRandom(seed);
  const found = new Map<string, number>();
  for (const [name, damage] of Object.entries(damages)) {
    for (let turn = 0; turn < EACH; turn++) {
      const lines = (good[turn % good.length] ?? '').split('\n');
      damage(lines, random);
      const text = lines.join('\n');
      const { code, stdout, stderr } = await check(text);
      const context = `seed ${seed}, ${name}\n${stdout}${stderr}\n${text}`;
      assert.equal(stderr, '', context);
      assert.ok(code === 0 || code === 1, context);
      // A note about streamed answers may precede the last line.
      const told = stdout
        .trimEnd()
        .split('\n')
        .slice(0, -1)
        .filter((line) => !line.startsWith('<stdin>: note: '));
      if (code === 1) {
        assert.ok(told.length > 0, context);
        found.set(name, (found.get(name) ?? 0) + 1);
      }
      for (const line of told) {
        const [, place = '0'] = /^(?:<stdin>:(\d+):\d+ | {4}(?:also at|and in) )/.exec(line) ?? [undefined, undefined];
        assert.ok(/^(?:<stdin>:\d+:\d+ \S| {4}(?:also at|and in) \d)/.test(line), `${context}\n${line}`);
        assert.ok(Number(place) <= lines.length + 1, context);
      }
    }
  }
  console.log(`seed ${seed}; errors of ${EACH}: ${[...found].map(([name, count]) => `${name} ${count}`).join(', ')}`);
  assert.ok(found.size > Object.keys(damages).length / 2);
});
