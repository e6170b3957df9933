// One run in the three forms that `--format` knows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGood, jsonReport, junitReport, textReport } from '../../../src/policy-tests/index.ts';
import { runFiles } from '../../support/policy-tests.ts';
import { step } from '../../support/trial.ts';

const policies = { version: 1, apis: { default: { request: [step('f', { payload: '<{#request.path}>' })] } } };
const functions = { f: { result: { ok: true } } };
const good = { name: 'good', functions, expect: { calls: ['f'] } };
const bad = {
  name: 'bad & "worse" \u0001',
  functions,
  request: { path: '/x' },
  expect: { calls: [{ function: 'f', payload: '</y>' }] },
};
const files = (...tests: readonly object[]) => ({
  'policies.yaml': policies,
  't.yaml': { policies: 'policies.yaml', tests },
});

test('text: failures with their reason, the sum, and what no test reached', async () => {
  const text = textReport(await runFiles(files(good, bad)));
  const lines = text.split('\n');
  assert.match(lines[0] ?? '', /^FAIL t\.yaml:1:\d+ bad & "worse" /);
  assert.match(lines[1] ?? '', /^ {2}calls\.0\.payload \(t\.yaml:1:\d+\)$/);
  assert.deepEqual(lines.slice(2), [
    '    expected "</y>"',
    '    got      "</x>"',
    '  what happened:',
    '    request step f: called f with "</x>" → {"ok":true}',
    '    the backend got GET /x',
    '    the caller got 200',
    '',
    '1 of 2 tests passed',
    'coverage of policies.yaml: 1 of 2 outcomes (50 %)',
    `  policies.yaml:1:${lines.at(-2)?.split(':')[2]?.split(' ')[0]} apis.default.request.0 (f): never failed`,
    '',
  ]);
});

test('text: APIs without a test are named in one line, and count', async () => {
  const names = Array.from({ length: 23 }, (_, i) => `api-${i}`);
  const apis = Object.fromEntries([['default', [step('f')]], ...names.map((name) => [name, [step('f')]])]);
  const document = {
    version: 1,
    apis: Object.fromEntries(Object.entries(apis).map(([name, request]) => [name, { request }])),
  };
  const failing = { name: 'failing', functions: { f: { functionError: 'Unhandled' } }, expect: { forwarded: null } };
  const t = { policies: 'policies.yaml', tests: [good, failing] };
  const text = textReport(await runFiles({ 'policies.yaml': document, 't.yaml': t }));
  assert.equal(
    text,
    [
      '2 of 2 tests passed',
      'coverage of policies.yaml: 2 of 48 outcomes (4 %)',
      `  23 APIs without a test: ${names.slice(0, 20).join(', ')} and 3 more`,
      '',
    ].join('\n'),
  );
});

test('junit: a case for each test, escaped, with what failed', async () => {
  const xml = junitReport(await runFiles(files(good, bad)));
  assert.match(
    xml,
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="lambda-ext-proc" tests="2" failures="1" errors="0">/,
  );
  assert.match(xml, /<testsuite name="t\.yaml" tests="2" failures="1" errors="0" time="\d+\.\d{3}">/);
  assert.match(xml, /<testcase classname="t\.yaml" name="good" file="t\.yaml" line="1" time="\d+\.\d{3}"\/>/);
  assert.match(xml, /name="bad &amp; &quot;worse&quot; \ufffd" file/);
  assert.match(
    xml,
    /<failure message="calls\.0\.payload">calls\.0\.payload \(t\.yaml:1:\d+\)\n {2}expected &quot;&lt;\/y&gt;&quot;/,
  );
  assert.equal(xml.replaceAll(/<[^<>]*>/g, '').includes('<'), false);
});

test('junit: a file that cannot be used is an error', async () => {
  const report = await runFiles({ 't.yaml': { tests: [] } });
  const xml = junitReport(report);
  assert.match(xml, /tests="1" failures="0" errors="1">/);
  assert.match(xml, /<error message="the file cannot be used">t\.yaml:1:1 policies: is missing: expected text/);
  assert.equal(isGood(report), false);
});

test('json: the same for programs', async () => {
  const report = JSON.parse(jsonReport(await runFiles(files(good, bad))));
  assert.deepEqual([report.passed, report.failed], [1, 1]);
  const [first, second] = report.files[0].tests;
  assert.deepEqual([first.name, first.passed, first.differences], ['good', true, []]);
  const { path, expected, actual } = second.differences[0];
  assert.deepEqual([second.passed, path, expected, actual], [false, 'calls.0.payload', '"</y>"', '"</x>"']);
  assert.deepEqual(report.coverage[0].missed[0].missing, 'never failed');
});

test('a report is good when every file could be used and every test passed', async () => {
  assert.equal(isGood(await runFiles(files(good))), true);
  assert.equal(isGood(await runFiles(files(good, bad))), false);
});

test('text: no name of a document moves the cursor or begins a line', async () => {
  const name = 'n\u001b[2J\r\n::error::x';
  const named = { version: 1, apis: { default: { request: [{ ...step('f'), name }] } } };
  const failing = { name, functions, expect: { response: { status: 201 } } };
  const text = textReport(
    await runFiles({ 'policies.yaml': named, 't.yaml': { policies: 'policies.yaml', tests: [failing] } }),
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for
  assert.doesNotMatch(text, /[\x00-\x08\x0b-\x1f]|^\s*::/m);
  assert.match(text, /^FAIL t\.yaml:1:\d+ n\\u001b\[2J\\r\\n::error::x$/m);
  assert.match(text, /request step n\\u001b\[2J\\r\\n::error::x: called f/);
  assert.match(text, /apis\.default\.request\.0 \(n\\u001b\[2J\\r\\n::error::x\): never failed/);
});
