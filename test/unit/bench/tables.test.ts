import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BenchCase, benchCases } from '../../../bench/cases.ts';
import { compareCase, renderComparison } from '../../../bench/comparison.ts';
import type { CaseResult } from '../../../bench/full.ts';
import type { Measured, Round } from '../../../bench/measure/group.ts';
import { cpuChart } from '../../../bench/report/chart.ts';
import { replaceResults } from '../../../bench/report/document.ts';
import { describeMachine, thisMachine } from '../../../bench/report/machine.ts';
import { renderFull } from '../../../bench/report/tables.ts';
import type { Subject } from '../../../bench/subjects/subject.ts';

function round(serverMicros: number, failures = 0): Round {
  return {
    requests: 1000,
    failures,
    reasons: failures > 0 ? { 'status 500': failures } : {},
    perSecond: 5000,
    // Bucket 694 is a millisecond.
    times: new Map([
      [694, 990],
      [925, 10],
    ]),
    serverMicros,
    envoyMicros: 70,
    rssMiB: 150,
    largestMiB: 150,
    loadCores: 0.1,
  };
}

function measured(name: string, benchCase: BenchCase, micros: readonly number[], failures = 0): Measured {
  const subject: Subject = {
    name,
    title: `the ${name}`,
    addresses: [],
    can: () => true,
    start: () => Promise.reject(new Error('not started here')),
  };
  const rounds = new Map(benchCase.connections.map((count) => [count, micros.map((value) => round(value, failures))]));
  const first = micros[0] ?? 0;
  return {
    member: { subject, benchCase, cold: true },
    cold: [{ firstMs: 8, first: round(first * 3), next: round(first * 2) }],
    rounds,
  };
}

function find(name: string): BenchCase {
  const found = benchCases.find((candidate) => candidate.name === name);
  assert.ok(found);
  return found;
}

const send = find('send');
const enrich = find('enrich');

test('a_comparison_tells_the_median_of_the_ratios_of_neighbouring_rounds', () => {
  // The machine became slower for a while: both sides in the same round.
  const here = measured('here', send, [110, 220, 110, 132, 110]);
  const there = measured('there', send, [100, 200, 100, 100, 100]);
  const compared = compareCase(send, here, there);
  const cpu = compared.rows.find(({ figure }) => figure === 'CPU, µs');
  assert.equal(cpu?.ratio.count, 5);
  assert.ok(Math.abs((cpu?.ratio.median ?? 0) - 1.1) < 1e-9);
  assert.ok(Math.abs((cpu?.ratio.low ?? 0) - 1.1) < 1e-9);
  assert.equal(compared.failed, 0);

  const text = renderComparison({ commit: 'abc', cases: [compared], loadLanguage: 'Go', mockLanguage: 'Node' });
  assert.match(text, /This checkout against abc/);
  assert.match(text, /Load from Go, Lambda and backend in Node\./);
  assert.match(text, /^\| CPU, µs \| 110 \| 100 \| 1\.100 \| 1\.100–1\.100 \| 5 \|$/m);
});

test('a_comparison_counts_what_failed_on_either_side', () => {
  const compared = compareCase(send, measured('here', send, [100, 100], 1), measured('there', send, [100, 100], 2));
  assert.equal(compared.failed, 6);
});

test('a_case_that_the_other_revision_cannot_do_is_left_out_with_the_reason', () => {
  const cases = [{ benchCase: enrich, rows: [], failed: 0, skipped: 'unknown field' }];
  const text = renderComparison({ commit: 'abc', cases, loadLanguage: 'Go', mockLanguage: 'Go' });
  assert.match(text, /^enrich: left out, abc cannot do it: unknown field$/m);
  assert.doesNotMatch(text, /\|/);
});

test('the_tables_hold_each_subject_against_the_floor_round_by_round', () => {
  const floor = measured('floor', send, [100, 200, 100]);
  const result: CaseResult = {
    benchCase: send,
    measured: [measured('own', send, [90, 180, 80]), floor, measured('go', send, [120, 240, 130])],
    reference: floor,
  };
  const text = renderFull({ cases: [result], gracefulClose: true, loadLanguage: 'Go', mockLanguage: 'Go' });
  const row = text.split('\n').find((line) => line.startsWith('| the own |'));
  assert.ok(row);
  const cells = row.split('|').map((cell) => cell.trim());
  assert.deepEqual(cells.slice(2, 3), ['5,000']);
  assert.equal(cells[6], '90.0 (85.0–135)');
  assert.equal(cells[7], '0.90 ×');
  assert.equal(cells[8], '0.75 ×');
  assert.equal(cells[11], '0 of 3,000');
  for (const connections of send.connections) assert.match(text, new RegExp(`Warm, ${connections} connection`));
});

test('other_cases_are_held_against_the_sendToConsumer_of_the_floor', () => {
  const result: CaseResult = {
    benchCase: enrich,
    measured: [measured('own', enrich, [150, 150])],
    reference: measured('reference', send, [100, 100]),
  };
  const text = renderFull({ cases: [result], gracefulClose: true, loadLanguage: 'Go', mockLanguage: 'Go' });
  assert.match(text, /\| the own \| .*\| 1\.50 × \| – \|/);
});

test('a_number_of_connections_that_was_not_measured_has_no_table', () => {
  const floor = measured('floor', send, [100]);
  const [main = 0] = send.connections;
  const short = { ...floor, rounds: new Map([[main, floor.rounds.get(main) ?? []]]) };
  const result: CaseResult = { benchCase: send, measured: [short], reference: short };
  const text = renderFull({ cases: [result], gracefulClose: true, loadLanguage: 'Go', mockLanguage: 'Go' });
  assert.equal(text.match(/^Warm, /gm)?.length, 1);
});

test('what_a_subject_has_not_is_a_dash', () => {
  const floor = measured('floor', send, [100]);
  const native = measured('native', send, [Number.NaN]);
  const result: CaseResult = { benchCase: send, measured: [native, floor], reference: floor };
  const text = renderFull({ cases: [result], gracefulClose: false, loadLanguage: 'Node', mockLanguage: 'Node' });
  assert.match(text, /\| the native \| 5,000 \| [^|]+ \| [^|]+ \| [^|]+ \| – \| – \| – \| 70\.0 \|/);
});

test('the_chart_has_a_bar_for_each_subject_and_names_no_markup', () => {
  const floor = measured('floor <&>', send, [100, 110, 120]);
  const result: CaseResult = { benchCase: send, measured: [measured('own', send, [90]), floor], reference: floor };
  const svg = cpuChart({ cases: [result], gracefulClose: true, loadLanguage: 'Go', mockLanguage: 'Go' });
  assert.match(svg, />the floor &lt;&amp;></);
  assert.match(svg, />110 \+ 70\.0 µs</);
  assert.match(svg, /prefers-color-scheme: dark/);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
});

test('results_replace_what_stands_between_the_marks_and_nothing_else', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/performance.md'), 'utf8');
  const once = replaceResults(page, 'FIRST');
  const twice = replaceResults(once, 'SECOND');
  assert.ok(once.includes('FIRST') && twice.includes('SECOND') && !twice.includes('FIRST'));
  assert.equal(twice, replaceResults(page, 'SECOND'));
  assert.equal(twice.slice(0, 500), page.slice(0, 500));
  assert.throws(() => replaceResults('# Nothing', 'x'), /has no "<!-- Written by/);
});

test('the_machine_is_described_without_its_name', () => {
  const text = describeMachine(thisMachine(undefined));
  assert.match(
    text,
    /^\d{4}-\d\d-\d\d; .+, \d+ cores for everything, \d+ GiB; Linux \d+\.\d+; Node 24\..*, Envoy 1\..*, Go none\.$/,
  );
  assert.ok(!text.includes(hostname()));
});
