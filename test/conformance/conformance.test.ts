import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { agrees, asked, type Case, cases, expected, outcomeOf } from './score.ts';

/** Cases that differ for another reason than the wanted ones, each with its reason. */
const differences: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('differences.json', import.meta.url), 'utf8'),
);

/** What this project does otherwise on purpose. */
function wantedDifference({ template, outcome, error }: Case, got: string): string | undefined {
  const isMap = outcome === 'error' && /^No converter found capable of converting from type \[.*Map/.test(error ?? '');
  if (isMap && /^value "[[{]|^value "[^"]*\{/.test(got)) return 'a map becomes its JSON text';
  if (outcome === 'error' && template.includes('#jsonEscape') && got.startsWith('value ')) return '#jsonEscape exists';
  if (got === 'error assignment is not allowed') return 'assignment is refused';
  return undefined;
}

describe('what this project asked the original', () => {
  it('is answered the same in every case', (t) => {
    const different = asked
      .map((wanted) => ({ wanted, got: outcomeOf(wanted) }))
      .filter(({ wanted, got }) => !agrees(wanted, got));
    t.diagnostic(`${asked.length - different.length} of ${asked.length} the same`);
    const report = different.map(
      ({ wanted, got }) => `${wanted.id} [${wanted.context}] ${wanted.template}\n  ${expected(wanted)}\n  ${got}`,
    );
    assert.ok(asked.length > 8000);
    assert.equal(different.length, 0, report.join('\n'));
  });
});

describe('the table of the original', () => {
  const results = cases.map((wanted) => ({ wanted, got: outcomeOf(wanted) }));
  const different = results.filter(({ wanted, got }) => !agrees(wanted, got));

  it('is met in every case but the wanted differences and those that differences.json lists', () => {
    const unlisted = different.filter(
      ({ wanted, got }) => wantedDifference(wanted, got) === undefined && !Object.hasOwn(differences, wanted.id),
    );
    const report = unlisted.map(
      ({ wanted, got }) => `${wanted.id} [${wanted.context}] ${wanted.template}\n  ${expected(wanted)}\n  ${got}`,
    );
    assert.equal(unlisted.length, 0, report.join('\n'));
  });

  it('has no more listed differences than one in a hundred, and none that is out of date', () => {
    assert.ok(Object.keys(differences).length <= cases.length / 100);
    const ids = different.map(({ wanted }) => wanted.id);
    for (const [id, reason] of Object.entries(differences)) {
      assert.ok(ids.includes(id), `${id} agrees now`);
      assert.match(reason, /\w+ \w+/);
    }
  });

  it('is scored by category', (t) => {
    const scores = new Map<string, { same: number; wanted: number; all: number }>();
    for (const { wanted, got } of results) {
      const score = scores.get(wanted.category) ?? { same: 0, wanted: 0, all: 0 };
      score.all++;
      if (agrees(wanted, got)) score.same++;
      else if (wantedDifference(wanted, got) !== undefined) score.wanted++;
      scores.set(wanted.category, score);
    }
    for (const [category, { same, wanted, all }] of scores) {
      const listed = all - same - wanted;
      t.diagnostic(
        `${category.padEnd(11)} ${String(same).padStart(4)} of ${String(all).padStart(4)} the same, ${wanted} different on purpose${listed === 0 ? '' : `, ${listed} listed`}`,
      );
    }
    const agreeing = results.length - different.length;
    t.diagnostic(`in all ${agreeing} of ${results.length} the same`);
    assert.ok(agreeing / results.length > 0.97);
  });
});
