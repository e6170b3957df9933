import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runMain } from '../../support/command.ts';

const root = join(import.meta.dirname, '../../..');

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => runMain(['test', ...args], env);

const policies = 'version: 1\napis: {default: {request: [{name: s, configuration: {function: f}}]}}\n';
const passing = `policies: policies.yaml
tests:
  - {name: calls f, functions: {f: {result: 1}}, expect: {calls: [f]}}
  - {name: fails, functions: {f: {functionError: Unhandled}}, expect: {error: AWS_LAMBDA_INVALID_RESPONSE}}
`;

function directoryOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'policy-tests-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

test('exit code 0 where all tests pass, 1 where one fails or a file cannot be used, 2 for a wrong command line', async (t) => {
  const directory = directoryOf(t, {
    'policies.yaml': policies,
    'good.yaml': passing,
    'bad.yaml': passing.replace('calls: [f]', 'calls: []'),
    'broken.yaml': 'tests: []\n',
  });
  const at = (name: string): string => join(directory, name);
  const good = await run([at('good.yaml')]);
  assert.deepEqual([good.code, good.stderr], [0, '']);
  assert.match(good.stdout, /^2 of 2 tests passed\ncoverage of .*policies\.yaml: 2 of 2 outcomes \(100 %\)\n$/);
  const bad = await run([at('good.yaml'), at('bad.yaml')]);
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /FAIL .*bad\.yaml:3:5 calls f\n {2}calls .*\n {4}expected no call\n {4}got {6}f\n/);
  assert.match(bad.stdout, /3 of 4 tests passed/);
  const broken = await run([at('broken.yaml')]);
  assert.equal(broken.code, 1);
  assert.match(broken.stdout, /broken\.yaml:1:1 policies: is missing/);
  const missing = await run([at('none.yaml')]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /none\.yaml: there is no such file/);
  assert.equal((await run([])).code, 2);
  assert.match((await run([])).stderr, /nothing to test/);
  const format = await run(['--format', 'junt', at('good.yaml')]);
  assert.equal(format.code, 2);
  assert.match(format.stderr, /--format junt is not known, did you mean junit\?/);
});

test('each format is printed', async (t) => {
  const directory = directoryOf(t, { 'policies.yaml': policies, 'good.yaml': passing });
  const file = join(directory, 'good.yaml');
  assert.match((await run(['--format', 'junit', file])).stdout, /^<\?xml [\s\S]*<\/testsuites>\n$/);
  assert.equal(JSON.parse((await run(['--format=json', file])).stdout).passed, 2);
});

test("the demo's policies have tests that all pass, with full coverage", async () => {
  const { code, stdout } = await run(['--format', 'json', join(root, 'demo/policies.test.yaml')]);
  assert.equal(code, 0, stdout);
  const { coverage } = JSON.parse(stdout);
  assert.equal(coverage.length, 1);
  assert.deepEqual(coverage[0].missed, []);
  assert.ok(coverage[0].total >= 13);
});

test('a file of 100 tests runs all of them', async (t) => {
  const cases = Array.from({ length: 100 }, (_, i) => {
    const payload = { n: i };
    return JSON.stringify({
      name: `case ${i}`,
      request: { body: payload },
      functions: { f: { result: i } },
      expect: { calls: [{ function: 'f', payload }], response: { body: i } },
    });
  });
  const directory = directoryOf(t, {
    'policies.yaml': JSON.stringify({
      version: 1,
      envoy: { allowModeOverride: true },
      apis: {
        default: {
          request: [
            { name: 's', configuration: { function: 'f', payload: '{#request.content}', sendToConsumer: true } },
          ],
        },
      },
    }),
    't.yaml': `policies: policies.yaml\ntests: [${cases.join(',')}]\n`,
  });
  const { code, stdout } = await run([join(directory, 't.yaml')]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^100 of 100 tests passed/);
});

test('nothing is read but the files of tests and their documents, whatever policies ask for', (t) => {
  const secret = "{#secrets.get('file:/etc/hostname')}";
  const store = { trustStoreType: 'PEM', trustStorePath: '/etc/ssl/certs/ca-certificates.crt' };
  const directory = directoryOf(t, {
    'policies.yaml': JSON.stringify({
      version: 1,
      apis: {
        default: {
          request: [
            { name: 's', configuration: { function: 'f', accessKey: 'A', secretKey: secret, ssl: store } },
            { name: 'r', configuration: { function: 'f', roleArn: 'arn:aws:iam::123456789012:role/r' } },
          ],
        },
      },
    }),
    't.yaml': `policies: policies.yaml
secrets: {'file:/etc/hostname': stand-in}
tests: [{name: a, functions: {f: {result: 1}}, expect: {calls: [f, f], error: null}}]
`,
  });
  const allowed = [
    directory,
    join(root, 'src'),
    join(root, 'node_modules'),
    join(root, 'package.json'),
    join(root, 'proto'),
  ];
  // Node refuses every other file, every child process and every thread.
  const flags = ['--permission', ...allowed.map((path) => `--allow-fs-read=${path}`)];
  const ran = spawnSync(process.execPath, [...flags, join(root, 'src/main.ts'), 'test', join(directory, 't.yaml')], {
    encoding: 'utf8',
    env: { AWS_PROFILE: 'none', AWS_CONFIG_FILE: '/etc/hostname', HOME: '/root' },
  });
  assert.equal(ran.status, 0, `${ran.stdout}${ran.stderr}`);
  assert.match(ran.stdout, /^1 of 1 test passed/);
});

test('a pipe is not a file of tests: nobody may ever write to it', async (t) => {
  const directory = directoryOf(t, { 't.yaml': 'policies: pipe\ntests: [{name: a, expect: {error: null}}]\n' });
  assert.equal(spawnSync('mkfifo', [join(directory, 'pipe')]).status, 0);
  const { code, stdout } = await run([join(directory, 't.yaml')]);
  assert.equal(code, 1);
  assert.match(stdout, /t\.yaml:1:11 policies: .*pipe: is not a regular file/);
});

test('hostile expressions end with the limit that production has', async (t) => {
  const numbers = `{${Array.from({ length: 300 }, (_, index) => index).join(',')}}`;
  const costly = `{(${numbers}.![${numbers}.![${numbers}.![#this * 2].size()].size()].size())}`;
  const directory = directoryOf(t, {
    'policies.yaml': JSON.stringify({
      version: 1,
      limits: { evaluationMs: 50 },
      apis: { default: { request: [{ name: 's', configuration: { function: 'f', payload: costly } }] } },
    }),
    't.yaml': `policies: policies.yaml
tests: [{name: a, functions: {f: {result: 1}}, expect: {calls: [], error: LAMBDA_EXT_PROC_EVALUATION_LIMIT}}]
`,
  });
  const { code, stdout } = await run([join(directory, 't.yaml')]);
  assert.equal(code, 0, stdout);
});

test('--watch runs again when the document changes', { timeout: 60_000 }, async (t) => {
  const directory = directoryOf(t, { 'policies.yaml': policies, 't.yaml': passing });
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), 'test', '--watch', join(directory, 't.yaml')]);
  t.after(() => child.kill());
  let output = '';
  const { promise: first, resolve: seenFirst } = Promise.withResolvers<void>();
  const { promise: second, resolve: seenSecond } = Promise.withResolvers<void>();
  const look = (chunk: Buffer): void => {
    output += chunk;
    if (output.includes('2 of 2 tests passed') && output.includes('watching')) seenFirst();
    if (output.includes('0 of 2 tests passed')) seenSecond();
  };
  child.stdout.on('data', look);
  child.stderr.on('data', look);
  await first;
  writeFileSync(join(directory, 'policies.yaml'), policies.replace('function: f', 'function: g'));
  await second;
  assert.match(output, /for which no answer is given/);
});

test('what the kernel makes up is not a document, not by a link either: it has the environment of processes', async (t) => {
  const directory = directoryOf(t, { 't.yaml': 'policies: link\ntests: [{name: a, expect: {error: null}}]\n' });
  assert.equal(spawnSync('ln', ['-s', '/proc/self/environ', join(directory, 'link')]).status, 0);
  const { code, stdout } = await run([join(directory, 't.yaml')]);
  assert.equal(code, 1);
  assert.match(stdout, /t\.yaml:1:11 policies: .*link: is not a regular file/);
});
