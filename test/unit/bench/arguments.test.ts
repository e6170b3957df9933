import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArgumentError, readArguments, usage } from '../../../bench/arguments.ts';
import { benchCases } from '../../../bench/cases.ts';

test('without_flags_the_whole_benchmark_runs_with_graceful_close_and_writes_nothing', () => {
  assert.deepEqual(readArguments([]), { quick: false, gracefulClose: true, write: false });
});

test('flags_are_read', () => {
  const [first, second] = benchCases;
  const args = [
    '--quick',
    '--graceful-close',
    'off',
    '--compare',
    'HEAD~1',
    '--cases',
    `${second?.name},${first?.name}`,
  ];
  assert.deepEqual(readArguments(args), {
    quick: true,
    gracefulClose: false,
    write: false,
    compare: 'HEAD~1',
    cases: [second, first],
  });
  assert.equal(readArguments(['--write']).write, true);
});

test('what_is_wrong_is_named', () => {
  const wrong = (args: readonly string[], message: RegExp) =>
    assert.throws(
      () => readArguments(args),
      (error: Error) => error instanceof ArgumentError && message.test(error.message),
    );
  wrong(['--graceful-close', 'maybe'], /--graceful-close is on or off, not maybe/);
  wrong(['--cases', 'send,nothing'], /no case nothing; there are send, enrich/);
  wrong(['--compare', 'HEAD', '--write'], /--write is for a whole run/);
  wrong(['--fast'], /--fast/);
  wrong(['--compare'], /--compare/);
  wrong(['--compare='], /--compare needs a revision/);
});

test('the_usage_names_every_case', () => {
  for (const { name } of benchCases) assert.ok(usage.includes(name), name);
});

test('every_case_has_a_name_and_an_answer_of_its_own', () => {
  const names = benchCases.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, connections, expectBytes } of benchCases) {
    assert.ok(connections.length > 0, name);
    assert.ok(expectBytes > 0, name);
  }
});
