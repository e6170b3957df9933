import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArgumentError, readArguments, usage } from '../../../bench/arguments.ts';
import { benchCases } from '../../../bench/cases.ts';

test('without flags the whole benchmark runs with graceful close and writes nothing', () => {
  assert.deepEqual(readArguments([]), { quick: false, gracefulClose: true, profile: false, write: false });
});

test('flags are read', () => {
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
    profile: false,
    write: false,
    compare: 'HEAD~1',
    cases: [second, first],
  });
  assert.equal(readArguments(['--write']).write, true);
});

test('what is wrong is named', () => {
  const wrong = (args: readonly string[], message: RegExp) =>
    assert.throws(
      () => readArguments(args),
      (error: Error) => error instanceof ArgumentError && message.test(error.message),
    );
  wrong(['--graceful-close', 'maybe'], /--graceful-close is on or off, not maybe/);
  wrong(['--cases', 'send,nothing'], /no case nothing; there are send, enrich/);
  wrong(['--compare', 'HEAD', '--write'], /--write is for a whole run/);
  wrong(['--profile', '--write'], /not for --profile/);
  wrong(['--fast'], /--fast/);
  wrong(['--compare'], /--compare/);
  wrong(['--compare='], /--compare needs a revision/);
});

test('the usage names every case', () => {
  for (const { name } of benchCases) assert.ok(usage.includes(name), name);
});

test('every case has a name and an answer of its own', () => {
  const names = benchCases.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, connections, expectBytes } of benchCases) {
    assert.ok(connections.length > 0, name);
    assert.ok(expectBytes > 0, name);
  }
});
