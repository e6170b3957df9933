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

test('a comparison tells the median of the ratios of neighbouring rounds', () => {
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

test('a comparison counts what failed on either side', () => {
  const compared = compareCase(send, measured('here', send, [100, 100], 1), measured('there', send, [100, 100], 2));
  assert.equal(compared.failed, 6);
});

test('a case that the other revision cannot do is left out with the reason', () => {
  const cases = [{ benchCase: enrich, rows: [], failed: 0, skipped: 'unknown field' }];
  const text = renderComparison({ commit: 'abc', cases, loadLanguage: 'Go', mockLanguage: 'Go' });
  assert.match(text, /^enrich: left out, abc cannot do it: unknown field$/m);
  assert.doesNotMatch(text, /\|/);
});

test('the tables hold each subject against the floor round by round', () => {
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

test('other cases are held against the sendToConsumer of the floor', () => {
  const result: CaseResult = {
    benchCase: enrich,
    measured: [measured('own', enrich, [150, 150])],
    reference: measured('reference', send, [100, 100]),
  };
  const text = renderFull({ cases: [result], gracefulClose: true, loadLanguage: 'Go', mockLanguage: 'Go' });
  assert.match(text, /\| the own \| .*\| 1\.50 × \| – \|/);
});

test('a number of connections that was not measured has no table', () => {
  const floor = measured('floor', send, [100]);
  const [main = 0] = send.connections;
  const short = { ...floor, rounds: new Map([[main, floor.rounds.get(main) ?? []]]) };
  const result: CaseResult = { benchCase: send, measured: [short], reference: short };
  const text = renderFull({ cases: [result], gracefulClose: true, loadLanguage: 'Go', mockLanguage: 'Go' });
  assert.equal(text.match(/^Warm, /gm)?.length, 1);
});

test('what a subject has not is a dash', () => {
  const floor = measured('floor', send, [100]);
  const native = measured('native', send, [Number.NaN]);
  const result: CaseResult = { benchCase: send, measured: [native, floor], reference: floor };
  const text = renderFull({ cases: [result], gracefulClose: false, loadLanguage: 'Node', mockLanguage: 'Node' });
  assert.match(text, /\| the native \| 5,000 \| [^|]+ \| [^|]+ \| [^|]+ \| – \| – \| – \| 70\.0 \|/);
});

test('the chart has a bar for each subject and names no markup', () => {
  const floor = measured('floor <&>', send, [100, 110, 120]);
  const result: CaseResult = { benchCase: send, measured: [measured('own', send, [90]), floor], reference: floor };
  const svg = cpuChart({ cases: [result], gracefulClose: true, loadLanguage: 'Go', mockLanguage: 'Go' });
  assert.match(svg, />the floor &lt;&amp;></);
  assert.match(svg, />110 \+ 70\.0 µs</);
  assert.match(svg, /prefers-color-scheme: dark/);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
});

test('results replace what stands between the marks and nothing else', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/performance.md'), 'utf8');
  const once = replaceResults(page, 'FIRST');
  const twice = replaceResults(once, 'SECOND');
  assert.ok(once.includes('FIRST') && twice.includes('SECOND') && !twice.includes('FIRST'));
  assert.equal(twice, replaceResults(page, 'SECOND'));
  assert.equal(twice.slice(0, 500), page.slice(0, 500));
  assert.throws(() => replaceResults('# Nothing', 'x'), /has no "<!-- Written by/);
});

test('the machine is described without its name', () => {
  const text = describeMachine(thisMachine(undefined));
  assert.match(
    text,
    /^\d{4}-\d\d-\d\d; .+, \d+ cores for everything, \d+ GiB; Linux \d+\.\d+; Node \d+\..*, Envoy 1\..*, Go none\.$/,
  );
  assert.ok(!text.includes(hostname()));
});
