import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { importGraviteeCommand } from '../../../src/commands/import-gravitee.ts';
import { importDefinition, importDefinitions } from '../../../src/import/index.ts';
import { functionsCalled, load, reportLines } from './support.ts';

const spec = (name: string, fields: object = {}) => ({
  name,
  version: '1',
  type: 'PROXY',
  listeners: [{ type: 'HTTP', paths: [{ path: `/${name}` }] }],
  endpointGroups: [{ name: 'd', endpoints: [{ name: 'e', configuration: { target: 'http://127.0.0.1:1' } }] }],
  plans: { K: { name: 'free', security: { type: 'KEY_LESS' } } },
  flows: [{ request: [step({})] }],
  ...fields,
});
const step = (configuration: object) => ({
  policy: 'aws-lambda',
  configuration: { function: 'one', region: 'us-east-1', ...configuration },
});
const resource = (name: string, fields: object = {}) => ({
  kind: 'ApiV4Definition',
  metadata: { name },
  spec: spec(name, fields),
});
const context = { kind: 'ManagementContext', metadata: { name: 'dev' }, spec: {} };
const calls = (fields: object, path = '/a') =>
  functionsCalled(importDefinition(JSON.stringify(resource('a', fields)), 'a.json'), { path, method: 'GET' });
const configurationOf = (configuration: object) => {
  const flows = [{ request: [step(configuration)] }];
  const result = importDefinition(JSON.stringify(resource('a', { flows })), 'a.json');
  return { result, step: load(result).set.byName('a')?.request[0]?.configuration };
};

async function run(t: TestContext, files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'import-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  let text = '';
  const sink = { write: (part: string) => (text += part) };
  const placed = args.map((arg) => (files[arg] === undefined ? arg : join(directory, arg)));
  const code = await importGraviteeCommand([...placed, '--out', join(directory, 'out')], {
    stdout: sink,
    stderr: sink,
    env: {},
  });
  return { code, text, out: join(directory, 'out') };
}

test('a file may hold other documents beside the definition', () => {
  const text = `%YAML 1.2\n---\n${JSON.stringify(context)}\n---\n# a comment\n---\n${JSON.stringify(resource('a'))}\n...\n`;
  const result = importDefinition(text, 'a.yaml');
  assert.ok(
    reportLines(result).includes('told ManagementContext dev: another resource of the file, which is not imported'),
  );
});

test('an error in a later document has its place in the file', () => {
  assert.throws(
    () => importDefinition(`${JSON.stringify(context)}\n---\nkind: [\n`, 'a.yaml'),
    (error) => error instanceof Error && 'position' in error && (error.position as { line: number }).line >= 3,
  );
});

test('every API of a list gets a directory of its own, and one that cannot be imported is reported', async (t) => {
  const items = [resource('a'), resource('b'), { kind: 'ApiV4Definition', spec: { ...spec('m'), type: 'MESSAGE' } }];
  const { code, text, out } = await run(t, { 'list.json': JSON.stringify({ kind: 'List', items }) }, 'list.json');
  assert.equal(code, 1);
  assert.deepEqual((await readdir(out)).sort(), ['a', 'b']);
  assert.match(text, /^not imported: definition 3: this is an API of type MESSAGE/m);
  assert.equal(importDefinitions(JSON.stringify(items.slice(0, 2)), 'a.json').results.length, 2);
});

test('words that YAML 1.1 takes for booleans are booleans', () => {
  const request = (enabled: unknown) => ({ flows: [{ request: [{ ...step({}), enabled }] }] });
  for (const word of ['off', 'no', 'No', 'OFF', 'false', 'n', false])
    assert.deepEqual(calls(request(word)), [], String(word));
  for (const word of ['on', 'yes', 'true', true, null]) assert.deepEqual(calls(request(word)), ['one'], String(word));
});

test('numbers and booleans that are text are numbers and booleans', () => {
  const { result, step: configuration } = configurationOf({
    readTimeoutMs: '5000',
    sendToConsumer: 'true',
    qualifier: 7,
  });
  assert.equal(configuration?.sendToConsumer, true);
  assert.match(result.policies, /readTimeoutMs: 5000\n/);
  assert.match(result.policies, /qualifier: "7"\n/);
});

test('timeouts of more than an hour become the longest that Envoy takes, and are reported', () => {
  const { result } = configurationOf({ readTimeoutMs: 2_147_483_000 });
  assert.match(result.envoy, /message_timeout: 3600s\n/);
  assert.match(result.policies, /messageTimeoutMs: 3600000\n/);
  assert.ok(result.report.some(({ damage, what }) => damage === 'changed' && what.includes('more than an hour')));
});

test('fields of a newer policy are left out with a line that names them', () => {
  const { result } = configurationOf({ retriesOfTomorrow: 3, ssl: { fieldOfTomorrow: true } });
  for (const name of ['retriesOfTomorrow', 'fieldOfTomorrow']) {
    assert.ok(!result.policies.includes(name));
    assert.ok(reportLines(result).some((line) => line.startsWith('lost field') && line.includes(name)));
  }
});

test('a trust store without a type, or a type without a store, means the default trust', () => {
  for (const ssl of [
    { trustAll: false, trustStoreType: '', trustStorePath: '', trustStorePassword: '', trustStoreContent: '' },
    { trustStoreType: 'PKCS12' },
    { trustStoreType: '', trustStorePath: '/a' },
  ]) {
    const { result } = configurationOf({ ssl });
    assert.ok(!result.policies.includes('ssl:'), JSON.stringify(ssl));
  }
  assert.match(configurationOf({ ssl: { trustAll: 'true', trustStoreType: 'JKS' } }).result.policies, /trustAll: true/);
});

test('keys become references, the same key the same one, and their values stand in a file of their own', async (t) => {
  const flows = [
    { request: [step({ accessKey: 'AK', secretKey: "S'K" }), step({ accessKey: 'AK', secretKey: 'SK2' })] },
  ];
  const { text, out, code } = await run(t, { 'a.json': JSON.stringify(resource('a', { flows })) }, 'a.json');
  assert.equal(code, 0, text);
  const policies = await readFile(join(out, 'policies.yaml'), 'utf8');
  assert.ok(!/AK\b|S'K|SK2/.test(policies.replaceAll('SECRET_', '')));
  assert.equal(policies.match(/\{#secrets\.get\('env:LAMBDA_EXT_PROC_SECRET_ACCESS_KEY'\)\}/g)?.length, 2);
  const secrets = join(out, 'secrets.env');
  assert.equal((await stat(secrets)).mode & 0o777, 0o600);
  assert.deepEqual((await readFile(secrets, 'utf8')).match(/^LAMBDA.*/gm), [
    "LAMBDA_EXT_PROC_SECRET_ACCESS_KEY='AK'",
    "LAMBDA_EXT_PROC_SECRET_SECRET_KEY='S'\\''K'",
    "LAMBDA_EXT_PROC_SECRET_SECRET_KEY_2='SK2'",
  ]);
  assert.ok(!text.includes("S'K"));
});

test('references to vaults and to Kubernetes are reported, and become variables without a value', () => {
  for (const secretKey of ["{#secrets.get('/vault/secret/aws:key')}", '[[ secret `aws/key` ]]']) {
    const { result } = configurationOf({ accessKey: 'AK', secretKey });
    assert.match(result.policies, /secretKey: "\{#secrets\.get\('env:LAMBDA_EXT_PROC_SECRET_SECRET_KEY'\)\}"/);
    assert.ok(reportLines(result).some((line) => line.startsWith('told vault reference in secretKey')));
    assert.match(result.secrets ?? '', /^# LAMBDA_EXT_PROC_SECRET_SECRET_KEY=$/m);
  }
});

test('a shared policy group that is given is inlined, with the condition of the step around its own', async (t) => {
  const group = {
    kind: 'SharedPolicyGroup',
    metadata: { name: 'spg-one' },
    spec: {
      name: 'One',
      phase: 'REQUEST',
      steps: [step({ function: 'shared' }), { ...step({ function: 'never' }), condition: '#bare' }],
    },
  };
  const reference = { sharedPolicyGroupRef: { name: 'spg-one' }, condition: "{#request.headers['x'] != null}" };
  const flows = [{ request: [reference, step({})] }];
  const definition = JSON.stringify(resource('a', { flows }));
  for (const file of [`${JSON.stringify(group)}\n---\n${definition}`, definition]) {
    const sharedPolicyGroups = [{ text: JSON.stringify(group), fileName: 'g.json' }];
    const result = importDefinition(file, 'a.yaml', file === definition ? { sharedPolicyGroups } : {});
    const call = (headers: Record<string, string>) => functionsCalled(result, { path: '/a', method: 'GET', headers });
    assert.deepEqual([call({}), call({ x: '1' })], [['one'], ['shared', 'one']]);
  }
  const files = { 'a.yaml': definition, 'g.yaml': JSON.stringify(group) };
  assert.equal((await run(t, files, 'a.yaml', '--shared-policy-groups', 'g.yaml')).code, 0);
  assert.equal((await run(t, files, 'a.yaml')).code, 3);
});

test('the report is one table, the worst first, or JSON; --strict fails on damage', async (t) => {
  const plans = { K: { name: 'gold', security: { type: 'JWT' } } };
  const files = { 'a.json': JSON.stringify(resource('a', { plans, tags: ['internal'], oddField: 1 })) };
  const { code, text } = await run(t, files, 'a.json');
  assert.equal(code, 3);
  const rows = text.split('\n').filter((line) => /^(?:opened|changed|lost|told) /.test(line));
  assert.deepEqual([...new Set(rows.map((row) => row.split(' ')[0]))], ['opened', 'lost', 'told']);
  const json = JSON.parse((await run(t, files, 'a.json', '--format', 'json')).text);
  assert.equal(json.imports[0].report.length, rows.length);
  assert.deepEqual(json.imports[0].report[0].fields.slice(0, 1), ['spec.plans.K.security']);
  assert.equal((await run(t, files, 'a.json', '--accept', 'gold')).code, 0);
  assert.equal((await run(t, files, 'a.json', '--accept', 'gold', '--strict')).code, 1);
  assert.equal((await run(t, { 'a.json': JSON.stringify(resource('a')) }, 'a.json', '--strict')).code, 0);
});

test('attributes that no imported step sets are reported by name, however they are written', () => {
  const payload =
    "{#context.attributes['jwt.claims']['sub']} {#context.attributes[\"oauth.payload\"]} {#context.attributes.plan} {#context.attributes['mine']}";
  const { result } = configurationOf({ payload, variables: [{ name: 'mine', value: 'x' }] });
  const told = reportLines(result).filter((line) => line.startsWith('lost attribute'));
  assert.deepEqual(told.map((line) => line.split(/[ ,]/)[2]).sort(), ['jwt.claims', 'oauth.payload', 'plan']);
  assert.ok(told.every((line) => line.includes('metadata_context')));
});

test('an API whose expressions ask for the context path has it, for each path its own', () => {
  const flows = [{ request: [step({ payload: '{#request.pathInfos[1]} {#request["pathInfo"]}' })] }];
  const listeners = [{ type: 'HTTP', paths: [{ path: '/a' }, { path: '/' }] }];
  const result = importDefinition(JSON.stringify(resource('a', { flows, listeners })), 'a.json');
  assert.deepEqual(result.policies.match(/contextPath: .*/g), ['contextPath: /a', 'contextPath: /']);
  assert.deepEqual(
    [...load(result).set.apis.values()].map((api) => api.contextPath),
    ['/a/', '/'],
  );
  const told = reportLines(result).filter((line) => line.includes('the contextPath of each API'));
  assert.deepEqual(told.map((line) => line.split(' ')[1]).sort(), ['#request.pathInfo', '#request.pathInfos']);
  assert.ok(!configurationOf({}).result.policies.includes('contextPath'));
});
