import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { checkCommand } from '../../../src/commands/check.ts';
import { UsageError } from '../../../src/commands/command-line.ts';
import { goodEnvoy } from '../config/envoy-fixture.ts';

const root = join(import.meta.dirname, '../../..');

async function check(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') {
  let stdout = '';
  let stderr = '';
  const io = {
    stdin: Readable.from([Buffer.from(input)]),
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    env,
  };
  const code = await checkCommand(args, io);
  return { code, stdout, lines: stdout.trimEnd().split('\n'), stderr };
}

async function files(t: TestContext, contents: Readonly<Record<string, string>>): Promise<(name: string) => string> {
  const directory = await mkdtemp(join(tmpdir(), 'check-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(contents)) await writeFile(join(directory, name), text);
  return (name) => join(directory, name);
}

const right = 'version: 1\napis: {orders: {request: [{configuration: {function: f}}]}}\n';
const doubtful = 'version: 1\napis: {orders: {request: [{configuration: {function: f, ssl: {trustAll: true}}}]}}\n';
const wrong = 'version: 1\napis: {orders: {request: [{configuration: {reigon: eu-west-1}}]}}\n';

test('a right file passes', async (t) => {
  const at = await files(t, { 'policies.yaml': right });
  const { code, lines } = await check(['--config', at('policies.yaml')]);
  assert.equal(code, 0);
  assert.deepEqual(lines, [`${at('policies.yaml')}: 0 errors, 0 warnings`]);
});

test('errors fail with one line each', async (t) => {
  const at = await files(t, { 'policies.yaml': wrong });
  const { code, lines } = await check(['--config', at('policies.yaml')]);
  assert.equal(code, 1);
  const place = `${at('policies.yaml')}:2:44 apis.orders.request.0.configuration.reigon`;
  assert.deepEqual(lines, [
    `${place}: unknown field, did you mean region?`,
    `${at('policies.yaml')}: 1 error, 0 warnings`,
  ]);
});

test('warnings do not fail', async (t) => {
  const at = await files(t, { 'policies.yaml': doubtful });
  const { code, lines } = await check(['--config', at('policies.yaml')]);
  assert.equal(code, 0);
  assert.match(lines[0] ?? '', /ssl\.trustAll: warning: /);
  assert.match(lines[1] ?? '', /0 errors, 1 warning$/);
});

test('a file that is not there is an error that names it', async (t) => {
  const at = await files(t, {});
  const { code, lines } = await check(['--config', at('policies.yaml')]);
  assert.equal(code, 1);
  assert.match(lines[0] ?? '', /policies\.yaml:1:1 there is no such file \(looked for /);
  assert.match((await check([at('')])).lines[0] ?? '', /is a directory, expected a file/);
});

test('the variable names the file too', async (t) => {
  const at = await files(t, { 'policies.yaml': right });
  const { code } = await check([], { LAMBDA_EXT_PROC_CONFIG: at('policies.yaml') });
  assert.equal(code, 0);
});

test('nothing to check is a usage error', async () => {
  await assert.rejects(check([]), UsageError);
});

test('json is checked as json', async (t) => {
  const at = await files(t, { 'policies.json': '{"version": 1,}' });
  const { code, lines } = await check(['--config', at('policies.json')]);
  assert.equal(code, 1);
  assert.match(lines[0] ?? '', /policies\.json:1:15 not valid JSON/);
});

test('envoy is checked against the policies', async (t) => {
  const at = await files(t, {
    'policies.yaml': right,
    'envoy.yaml': goodEnvoy,
    'other.yaml': goodEnvoy.replace('value: orders', 'value: other'),
  });
  assert.equal((await check(['--config', at('policies.yaml'), '--envoy', at('envoy.yaml')])).code, 0);
  const { code, lines } = await check(['--config', at('policies.yaml'), '--envoy', at('other.yaml')]);
  assert.equal(code, 1);
  assert.match(lines[0] ?? '', /other\.yaml:\d+:84 .*is not an API of the policies/);
});

test('envoy alone is checked for inline policies', async (t) => {
  const inline = goodEnvoy.replace(
    '{key: x-lambda-api, value: orders}',
    `{key: x-lambda-policies, value: '{"request": [{"configuration": {"function": "f"}}]}'}`,
  );
  const at = await files(t, { 'envoy.yaml': inline });
  assert.equal((await check(['--envoy', at('envoy.yaml'), '--inline-functions', 'f'])).code, 0);
  const without = await check(['--envoy', at('envoy.yaml')]);
  assert.equal(without.code, 1);
  assert.match(without.lines[0] ?? '', /nothing allows them to call a function,.*give --inline-functions/);
  const other = await check(['--envoy', at('envoy.yaml')], { LAMBDA_EXT_PROC_INLINE_FUNCTIONS: 'g, h' });
  assert.match(other.lines[0] ?? '', /configuration\.function: is not allowed in inline policies/);
});

test('the rights of inline policies are in the file where there is one', async (t) => {
  const at = await files(t, { 'policies.yaml': right });
  await assert.rejects(
    check(['--config', at('policies.yaml'), '--inline-roles', 'x']),
    /write `inline` in policies.yaml/,
  );
});

test('envoy waits until the policies are right', async (t) => {
  const at = await files(t, { 'policies.yaml': wrong, 'envoy.yaml': goodEnvoy });
  const { code, lines } = await check(['--config', at('policies.yaml'), '--envoy', at('envoy.yaml')]);
  assert.equal(code, 1);
  assert.match(lines.at(-1) ?? '', /envoy\.yaml is checked once .*policies\.yaml has no errors$/);
});

test('every envoy file of the repository has no errors', async () => {
  const names = (await readdir(join(root, 'envoy'))).filter((name) => name.endsWith('.yaml'));
  assert.ok(names.length > 0);
  for (const name of names) {
    const envoy = join(root, 'envoy', name);
    const { code, lines } = await check(['--config', join(root, 'demo/policies.yaml'), '--envoy', envoy]);
    assert.equal(code, 0, `${relative(root, envoy)}\n${lines.join('\n')}`);
  }
});

test('files are checked each by itself, and told together', async (t) => {
  const at = await files(t, { 'a.yaml': right, 'b.yaml': wrong, 'c.yaml': doubtful });
  const names = [at('a.yaml'), at('b.yaml'), at('c.yaml'), at('none.yaml')];
  const { code, lines } = await check(names);
  assert.equal(code, 1);
  assert.equal(lines.length, 4);
  assert.match(lines[0] ?? '', /b\.yaml:2:44 .*did you mean region/);
  assert.match(lines[1] ?? '', /c\.yaml:2:\d+ .*warning: no certificate/);
  assert.match(lines[2] ?? '', /none\.yaml:1:1 there is no such file/);
  assert.equal(lines[3], `${names.join(' and ')}: 2 errors, 1 warning`);
});

test('arguments take the place of the variable, and stand beside the flag', async (t) => {
  const at = await files(t, { 'a.yaml': right, 'b.yaml': wrong });
  const env = { LAMBDA_EXT_PROC_CONFIG: at('b.yaml') };
  assert.deepEqual((await check([at('a.yaml')], env)).lines, [`${at('a.yaml')}: 0 errors, 0 warnings`]);
  assert.equal((await check([at('a.yaml'), '--config', at('b.yaml')])).code, 1);
  assert.equal(
    (await check([at('a.yaml'), '--config', at('a.yaml')])).lines[0],
    `${at('a.yaml')}: 0 errors, 0 warnings`,
  );
});

test('the standard input is read where the name is a dash', async (t) => {
  const at = await files(t, { 'envoy.yaml': goodEnvoy });
  assert.deepEqual((await check(['-'], {}, right)).lines, ['<stdin>: 0 errors, 0 warnings']);
  assert.match((await check(['--config', '-'], {}, wrong)).lines[0] ?? '', /^<stdin>:2:44 apis\.orders/);
  assert.equal((await check(['-', '--envoy', at('envoy.yaml')], {}, right)).code, 0);
  assert.match((await check(['-'])).lines[0] ?? '', /^<stdin>:1:1 the document is empty/);
  await assert.rejects(check(['-', '--envoy', '-']), /can be read only once/);
});

test('what is not utf-8 text is reported with its place', async (t) => {
  const at = await files(t, { 'latin.yaml': '', 'wide.yaml': '' });
  await writeFile(at('latin.yaml'), Buffer.from('version: 1\n# \xe4\n', 'latin1'));
  await writeFile(at('wide.yaml'), Buffer.from('\ufeffversion: 1\n', 'utf16le'));
  assert.match((await check([at('latin.yaml')])).lines[0] ?? '', /latin\.yaml:2:3 is not UTF-8 text: save it as UTF-8/);
  assert.match((await check([at('wide.yaml')])).lines[0] ?? '', /wide\.yaml:1:1 is UTF-16: save it as UTF-8/);
});

test('envoy goes with one file of policies', async (t) => {
  const at = await files(t, { 'a.yaml': right, 'b.yaml': right, 'envoy.yaml': goodEnvoy });
  const both = check([at('a.yaml'), at('b.yaml'), '--envoy', at('envoy.yaml')]);
  await assert.rejects(both, /--envoy requires exactly one policies file, not 2/);
});

/** Exit codes, as docs/reference/check.md has them. */
test('streaming steps are reported with the memory that envoy may need, and held against a version of envoy', async (t) => {
  const configuration = '{function: f, sendToConsumer: true, streaming: {maxBytes: 1000000}}';
  const streaming = `version: 1\nlimits: {responseStreams: 20}\napis: {a: {request: [{configuration: ${configuration}}]}}\n`;
  const at = await files(t, { 'policies.yaml': streaming });
  const { code, lines } = await check([at('policies.yaml')]);
  assert.equal(code, 0);
  assert.match(lines[0] ?? '', /policies\.yaml: note: streamed answers .* = 20 × 1000000 = 20000000 bytes \(0\.0 GB\)/);
  const old = await check([at('policies.yaml'), '--envoy-version', '1.36.2']);
  assert.match(old.stdout, /streaming: warning: Envoy 1\.36\.2 cannot stream an answer, only/);
  assert.equal((await check([at('policies.yaml'), '--envoy-version', '1.37', '--strict'])).code, 0);
  const older = await check([at('policies.yaml'), '--envoy-version', '1.35']);
  assert.match(
    older.stdout,
    /policies\.yaml:1:1.*warning: Envoy 1\.35 is older than 1\.36, the oldest that this server is/,
  );
  assert.doesNotMatch(old.stdout, /is older than/);
  for (const version of ['37', '1', 'latest', 'v1.40', '1.x']) {
    await assert.rejects(check([at('policies.yaml'), '--envoy-version', version]), UsageError);
  }
  const json = JSON.parse((await check([at('policies.yaml'), '--format', 'json'])).stdout);
  assert.equal(json.notes.length, 1);
  assert.match(lines[1] ?? '', /: 0 errors, 0 warnings, 1 note$/);
});

test('warnings fail where they are to', async (t) => {
  const at = await files(t, { 'right.yaml': right, 'doubtful.yaml': doubtful, 'wrong.yaml': wrong });
  for (const [name, code, strict] of [
    ['right.yaml', 0, 0],
    ['doubtful.yaml', 0, 1],
    ['wrong.yaml', 1, 1],
    ['none.yaml', 1, 1],
  ] as const) {
    for (const format of ['text', 'json', 'github']) {
      assert.equal((await check([at(name), '--format', format])).code, code, name);
      assert.equal((await check([at(name), '--format', format, '--strict'])).code, strict, name);
    }
  }
  const { lines } = await check([at('doubtful.yaml')], { LAMBDA_EXT_PROC_STRICT: 'true' });
  assert.match(lines.at(-1) ?? '', /0 errors, 1 warning; with --strict warnings fail$/);
  await assert.rejects(check([at('right.yaml'), '--format', 'xml']), /--format must be one of text, json, github/);
});

const steps = (count: number, fields: string) =>
  `version: 1\napis:\n  orders:\n    request:\n${`      - {configuration: {${fields}}}\n`.repeat(count)}`;

test('the same finding is reported once, with its places', async (t) => {
  const at = await files(t, {
    'few.yaml': steps(3, 'function: f, reigon: x'),
    'many.yaml': steps(300, 'function: f, ssl: {trustAll: true}'),
    'apart.yaml': steps(1, 'reigon: x, funktion: f'),
  });
  const few = await check([at('few.yaml')]);
  assert.equal(few.lines.length, 4);
  assert.deepEqual(few.lines.slice(1, 3), [
    '    also at 6:39 apis.orders.request.1.configuration.reigon',
    '    also at 7:39 apis.orders.request.2.configuration.reigon',
  ]);
  assert.match(few.lines[3] ?? '', /3 errors, 0 warnings$/);
  const many = await check([at('many.yaml')]);
  assert.equal(many.lines.length, 8);
  assert.equal(many.lines[6], '    and in 294 more places');
  assert.match(many.lines[7] ?? '', /0 errors, 300 warnings$/);
  const { findings } = JSON.parse((await check([at('many.yaml'), '--format', 'json'])).stdout);
  assert.deepEqual([findings.length, findings[0].count, findings[0].places.length], [1, 300, 100]);
  assert.equal((await check([at('apart.yaml')])).lines.length, 3);
});

test('json has the documented shape', async (t) => {
  const page = await readFile(join(root, 'docs/reference/check.md'), 'utf8');
  const [, documented = ''] = /^```json\n(.*?)^```/ms.exec(page) ?? [];
  const shape = JSON.parse(documented);
  const at = await files(t, { 'policies.yaml': steps(1, 'function: f, reigon: x') });
  const printed = JSON.parse((await check([at('policies.yaml'), '--format', 'json'])).stdout);
  const named = JSON.parse(JSON.stringify(printed).replaceAll(at('policies.yaml'), 'policies.yaml'));
  assert.deepEqual(named, shape);
});

test('objects of envoy are reported by their name', async (t) => {
  const at = await files(t, {
    'policies.yaml': right,
    'envoy.yaml': goodEnvoy.replace('value: orders', 'value: other'),
  });
  const args = ['--config', at('policies.yaml'), '--envoy', at('envoy.yaml')];
  assert.match(
    (await check(args)).lines[0] ?? '',
    /envoy\.yaml:\d+:84 route orders: grpc_initial_metadata\.0\.value: "other" is not an API/,
  );
  const [finding] = JSON.parse((await check([...args, '--format', 'json'])).stdout).findings;
  assert.equal(finding.subject, 'route orders: grpc_initial_metadata.0.value');
  assert.match(finding.path, /^static_resources\.listeners\.0\..*\.value$/);
});

test('github gets annotations that nothing in the document can break', async (t) => {
  const names = 'version: 1\napis: {"a%,:\\n::error::b": {request: [{configuration: {function: f, "x,y%:z": 1}}]}}\n';
  const at = await files(t, { 'policies.yaml': names, 'doubtful.yaml': doubtful });
  const { lines } = await check([at('policies.yaml'), '--format', 'github']);
  assert.equal(lines.length, 2);
  const title = 'apis["a%25%2C%3A\\n%3A%3Aerror%3A%3Ab"].request.0.configuration["x%2Cy%25%3Az"]';
  assert.ok(
    lines[0]?.startsWith(`::error file=${at('policies.yaml')},line=2,col=69,title=${title}::unknown field`),
    lines[0],
  );
  const warned = await check([at('doubtful.yaml'), '--format', 'github']);
  assert.match(warned.lines[0] ?? '', /^::warning file=.*,line=2,col=\d+,title=apis\.orders.*::no certificate/);
});

test('a file whose name has a line break gives no command to github, and no line of its own', async (t) => {
  const name = 'a\n::error file=x::\u001b[2J.yaml';
  const at = await files(t, { [name]: wrong });
  for (const format of ['text', 'github']) {
    const { lines, stdout } = await check([at(name), '--format', format]);
    assert.equal(lines.length, 2, stdout);
    assert.match(lines[1] ?? '', /a\\n::error file=x::\\u001b\[2J\.yaml: 1 error, 0 warnings$/);
  }
});

test('github gets paths of the repository and one annotation for many places', async (t) => {
  const at = await files(t, { 'policies.yaml': steps(8, 'function: f, reigon: x') });
  const workspace = { GITHUB_WORKSPACE: at('') };
  const { lines } = await check([at('policies.yaml'), '--format', 'github'], workspace);
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /^::error file=policies\.yaml,line=5,col=39,/);
  assert.match(lines[0] ?? '', /region\?%0Aalso at 6:39 apis\.orders\.request\.1\..*, 2 more places$/);
  const elsewhere = await check([at('policies.yaml'), '--format', 'github'], { GITHUB_WORKSPACE: '/somewhere' });
  assert.ok(elsewhere.lines[0]?.startsWith(`::error file=${at('policies.yaml')},`));
});

test('findings that differ in the api they are about are reported once, with each api', async (t) => {
  const names = ['a', 'b', 'c'];
  const step =
    '{onConditionError: fail, configuration: {function: f, sendToConsumer: "{#lambdaResponse.status == 403}"}}';
  const apis = names.map((name) => `  ${name}: {request: [${step}]}\n`).join('');
  const [, route = ''] = /( {24}- name: orders\n(?: {26}.*\n)+)/.exec(goodEnvoy) ?? [];
  const bare = route.replace(/ {28}lambda-ext-proc-done:\n(?: {30}.*\n)+/, '');
  const routes = names.map((name) => bare.replaceAll('orders', name)).join('');
  const secondLine = / {18}- name: lambda-ext-proc-done\n(?: {20}.*\n)+/;
  const at = await files(t, {
    'policies.yaml': `version: 1\nenvoy: {allowModeOverride: true, messageTimeoutMs: 35000}\napis:\n${apis}`,
    'envoy.yaml': goodEnvoy.replace(route, routes).replace(secondLine, ''),
  });
  const args = ['--config', at('policies.yaml'), '--envoy', at('envoy.yaml')];
  const { lines } = await check(args);
  assert.match(lines[0] ?? '', /filter ext_proc: warning: nothing stops a request of API a /);
  assert.match(lines[1] ?? '', /^ {4}also at \d+:\d+ filter ext_proc \(API b\)$/);
  assert.match(lines[2] ?? '', /^ {4}also at \d+:\d+ filter ext_proc \(API c\)$/);
  assert.match(lines[3] ?? '', /0 errors, 3 warnings$/);
  const { findings } = JSON.parse((await check([...args, '--format', 'json'])).stdout);
  assert.deepEqual(
    findings[0].places.map(({ about }: { about: string | null }) => about),
    [null, 'API b', 'API c'],
  );
});
