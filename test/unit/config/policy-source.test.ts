import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FilePolicySource, PolicyDocumentError, type ReloadOutcome } from '../../../src/config/index.ts';

const document = (name: string): string => `version: 1\napis: {${name}: {}}\n`;

async function setUp(t: TestContext, text = document('one')) {
  const directory = await mkdtemp(join(tmpdir(), 'policies-'));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, 'policies.yaml');
  await writeFile(path, text);
  const outcomes: ReloadOutcome[] = [];
  const open = async (): Promise<FilePolicySource> => {
    const onReload = (outcome: ReloadOutcome) => outcomes.push(outcome);
    const source = await FilePolicySource.open({ path, onReload, pollMs: 10 });
    t.after(() => source.close());
    return source;
  };
  return { directory, path, outcomes, open };
}

async function until(condition: () => boolean): Promise<void> {
  for (let count = 0; count < 500 && !condition(); count++) await sleep(10);
  assert.ok(condition(), 'did not happen within 5 s');
}

test('a reload puts the new policies in force', async (t) => {
  const { path, outcomes, open } = await setUp(t);
  const source = await open();
  const before = source.current();
  const { version } = source.status;
  await writeFile(path, document('two'));
  assert.equal((await source.reload()).kind, 'loaded');
  assert.ok(source.current().byName('two'));
  assert.ok(before.byName('one'), 'who holds the old set keeps it');
  assert.notEqual(source.status.version, version);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['loaded'],
  );
});

test('requests continue while a large document is read and compiled', async (t) => {
  const { path, open } = await setUp(t);
  const source = await open();
  const names = Array.from({ length: 500 }, (_, index) => `name${index}`);
  const apis = names.map((name) => `  ${name}: {request: [{configuration: {function: ${name}}}]}`);
  await writeFile(path, `version: 1\napis:\n${apis.join('\n')}\n`);
  let turns = 0;
  let loading = true;
  const turn = (): void => {
    turns++;
    if (loading) setImmediate(turn);
  };
  const reloaded = source.reload();
  // The file itself is read in a few turns.
  setTimeout(turn, 0);
  assert.equal((await reloaded).kind, 'loaded');
  loading = false;
  assert.ok(turns > 5, `the event loop turned ${turns} times`);
  assert.equal(source.current().byName('name499')?.request[0]?.name, 'name499-1');
});

test('a broken file leaves the running policies in force and is reported until mended', async (t) => {
  const { path, outcomes, open } = await setUp(t);
  const source = await open();
  const before = source.current();
  await writeFile(path, 'version: 1\napis: {two: {reqest: []}}\n');
  const outcome = await source.reload();
  assert.ok(outcome.kind === 'failed' && outcome.error instanceof PolicyDocumentError);
  assert.equal(source.current(), before);
  assert.match(source.status.lastError?.message ?? '', /policies\.yaml:2:14 apis\.two\.reqest: unknown field/);
  await writeFile(path, document('two'));
  await source.reload();
  assert.equal(source.status.lastError, undefined);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['failed', 'loaded'],
  );
});

test('a file that is gone leaves the running policies in force', async (t) => {
  const { path, open } = await setUp(t);
  const source = await open();
  await rm(path);
  assert.equal((await source.reload()).kind, 'failed');
  assert.match(source.status.lastError?.message ?? '', /there is no such file/);
  assert.ok(source.current().byName('one'));
});

test('a changed file is noticed', async (t) => {
  const { path, open } = await setUp(t);
  const source = await open();
  source.watch();
  await writeFile(path, document('two'));
  await until(() => source.current().byName('two') !== undefined);
  await rename(path, `${path}.old`);
  await until(() => source.status.lastError !== undefined);
  await writeFile(path, document('three'));
  await until(() => source.current().byName('three') !== undefined);
});

test('the links of a config map that change are noticed', async (t) => {
  const { directory, path, open } = await setUp(t);
  await rm(path);
  for (const name of ['one', 'two']) {
    await mkdir(join(directory, `..${name}`));
    await writeFile(join(directory, `..${name}`, 'policies.yaml'), document(name));
  }
  await symlink('..one', join(directory, '..data'));
  await symlink('..data/policies.yaml', path);
  const source = await open();
  source.watch();
  assert.ok(source.current().byName('one'));
  await symlink('..two', join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), join(directory, '..data'));
  await until(() => source.current().byName('two') !== undefined);
});

test('a broken file is reported once for each change', async (t) => {
  const { path, outcomes, open } = await setUp(t);
  const source = await open();
  source.watch();
  await writeFile(path, 'version: 2\n');
  await until(() => outcomes.length > 0);
  await sleep(100);
  assert.equal(outcomes.length, 1);
});

test('reloads follow one another', async (t) => {
  const { path, outcomes, open } = await setUp(t);
  const source = await open();
  const reloads = [source.reload(), source.reload()];
  await writeFile(path, document('two'));
  await Promise.all([...reloads, source.reload()]);
  assert.equal(outcomes.length, 3);
  assert.ok(source.current().byName('two'));
});

test('a start with a broken or missing file fails', async (t) => {
  const { path, open } = await setUp(t, 'version: 2\n');
  await assert.rejects(open(), PolicyDocumentError);
  await rm(path);
  await assert.rejects(open(), /policies\.yaml: there is no such file/);
});

test('without a file inline policies are served where they have rights', async () => {
  assert.equal((await FilePolicySource.open({ path: undefined })).servesInline, false);
  const source = await FilePolicySource.open({ path: undefined, inline: { functions: ['f'] } });
  source.watch();
  assert.equal(source.status.version, 'none');
  assert.equal((await source.reload()).kind, 'unchanged');
  assert.ok(source.current().inline('{}'));
});

test('the description shows no keys roles payloads or conditions', async (t) => {
  const secret = 'SECRETSECRET';
  const configuration = `function: f, accessKey: ${secret}, secretKey: ${secret}, payload: ${secret}, roleArn: "arn:aws:iam::123456789012:role/${secret}"`;
  const step = `{condition: "{#x == '${secret}'}", configuration: {${configuration}}}`;
  const { open } = await setUp(t, `version: 1\napis: {a: {properties: {p: ${secret}}, request: [${step}]}}\n`);
  const description = (await open()).describe();
  assert.equal(description.apis.a?.request[0]?.function, 'f');
  assert.equal(description.apis.a?.request[0]?.conditional, true);
  assert.ok(!JSON.stringify(description).includes(secret));
});
