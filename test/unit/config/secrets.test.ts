// What `#secrets` of a document may read: the operator's frame, which no document widens.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadPolicies, loggedProblem, PolicyDocumentError, SecretStore } from '../../../src/config/index.ts';
import { redactText } from '../../../src/observability/index.ts';
import { answerOf, runOf } from '../../support/policy-run.ts';
import { problemsOf } from './support.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'secrets-')));
after(() => rmSync(root, { recursive: true }));
const directory = join(root, 'open');
mkdirSync(directory);
mkdirSync(join(root, 'closed'));
writeFileSync(join(root, 'closed/key'), 'closed');

let clock = 0;
const opened = (...allowed: string[]) => new SecretStore(allowed, () => clock);

/** Reads as a request does: brought up to date, then evaluated. */
async function read(store: SecretStore, scheme: 'env' | 'file', name: string): Promise<string> {
  const secret = store.find(scheme, name);
  if ('refused' in secret) throw new Error(secret.refused);
  await secret.refresh?.();
  return secret.read();
}

const refusedAs = (expected: RegExp, store: SecretStore, scheme: 'env' | 'file', name: string) =>
  assert.rejects(read(store, scheme, name), expected, name);

test('variables are those that fit a glob, and the default is the own prefix', async (t) => {
  process.env.LAMBDA_EXT_PROC_SECRET_TEST = 'a';
  process.env.OTHER_TEST = 'b';
  t.after(() => {
    delete process.env.LAMBDA_EXT_PROC_SECRET_TEST;
    delete process.env.OTHER_TEST;
  });
  assert.equal(await read(new SecretStore(), 'env', 'LAMBDA_EXT_PROC_SECRET_TEST'), 'a');
  for (const name of [
    'OTHER_TEST',
    'HOME',
    'AWS_SECRET_ACCESS_KEY',
    'lambda_ext_proc_secret_test',
    'LAMBDA_EXT_PROC_CONFIG',
  ]) {
    await refusedAs(/start with --allow-secret env:/, new SecretStore(), 'env', name);
  }
  assert.equal(await read(opened('env:OTHER_*'), 'env', 'OTHER_TEST'), 'b');
  await refusedAs(/--allow-secret/, opened('env:OTHER_*'), 'env', 'LAMBDA_EXT_PROC_SECRET_TEST');
  await refusedAs(/no variable OTHER_NONE/, opened('env:OTHER_*'), 'env', 'OTHER_NONE');
});

test('files are those that are in a directory, whatever the path says', async () => {
  writeFileSync(join(directory, 'key'), 'open\n');
  const store = opened(`file:${directory}`);
  assert.equal(await read(store, 'file', join(directory, 'key')), 'open');
  for (const path of [
    `${root}/closed/key`,
    `${directory}/../closed/key`,
    `${directory}x/key`,
    directory,
    '/etc/passwd',
  ]) {
    await refusedAs(/not permitted for policies: start with --allow-secret file:/, store, 'file', path);
  }
  await refusedAs(
    /--allow-secret file:\/etc, .* the flag replaces the default$/,
    new SecretStore(),
    'file',
    '/etc/passwd',
  );
  await refusedAs(/ENOENT/, store, 'file', `${directory}/none`);
});

test('links are followed inside of the directory and refused where they lead out', async () => {
  const store = opened(`file:${directory}`);
  // As Kubernetes mounts a secret.
  mkdirSync(join(directory, '..2024'));
  writeFileSync(join(directory, '..2024/mounted'), 'mounted');
  symlinkSync('..2024', join(directory, '..data'));
  symlinkSync('..data/mounted', join(directory, 'mounted'));
  assert.equal(await read(store, 'file', join(directory, 'mounted')), 'mounted');
  symlinkSync('../closed/key', join(directory, 'out'));
  await refusedAs(/it is outside the directories of --allow-secret/, store, 'file', join(directory, 'out'));
  symlinkSync('../closed', join(directory, 'outside'));
  await refusedAs(/it is outside/, store, 'file', join(directory, 'outside/key'));
  symlinkSync(directory, join(root, 'alias'));
  assert.equal(await read(opened(`file:${root}/alias`), 'file', `${root}/alias/mounted`), 'mounted');
});

test('a fifo is not waited for, and 64 KiB is the most', { timeout: 20_000 }, async () => {
  const store = opened(`file:${directory}`);
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  await refusedAs(/not a regular file/, store, 'file', join(directory, 'fifo'));
  writeFileSync(join(directory, 'most'), 'x'.repeat(64 * 1024));
  assert.equal((await read(store, 'file', join(directory, 'most'))).length, 64 * 1024);
  writeFileSync(join(directory, 'more'), 'x'.repeat(64 * 1024 + 1));
  await refusedAs(/larger than 65536 bytes/, store, 'file', join(directory, 'more'));
});

test('a token of a service account is never read, whatever is open', async (t) => {
  const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
  const mounted = join(directory, 'kubernetes.io/serviceaccount');
  mkdirSync(mounted, { recursive: true });
  writeFileSync(join(mounted, 'token'), 'x');
  const store = opened(`file:${directory}`, 'env:*');
  await refusedAs(/token of a service account/, store, 'file', join(mounted, 'token'));
  symlinkSync('kubernetes.io/serviceaccount/token', join(directory, 'linked'));
  await refusedAs(/token of a service account/, store, 'file', join(directory, 'linked'));
  for (const claims of [{ sub: 'system:serviceaccount:ns:name' }, { 'kubernetes.io': {} }]) {
    writeFileSync(join(directory, 'copied'), `${token(claims)}\n`);
    clock += 1_000;
    await refusedAs(/token of a service account/, store, 'file', join(directory, 'copied'));
  }
  process.env.LAMBDA_EXT_PROC_SECRET_TOKEN = token({ sub: 'system:serviceaccount:ns:name' });
  process.env.AWS_WEB_IDENTITY_TOKEN_FILE = join(directory, 'web');
  t.after(() => {
    delete process.env.LAMBDA_EXT_PROC_SECRET_TOKEN;
    delete process.env.AWS_WEB_IDENTITY_TOKEN_FILE;
  });
  await refusedAs(/token of a service account/, new SecretStore(), 'env', 'LAMBDA_EXT_PROC_SECRET_TOKEN');
  writeFileSync(join(directory, 'web'), 'x');
  await refusedAs(/token of a service account/, store, 'file', join(directory, 'web'));
  symlinkSync('web', join(directory, 'web-link'));
  for (const path of [`${directory}/./web`, `${directory}//web`, join(directory, 'web-link')]) {
    await refusedAs(/token of a service account/, store, 'file', path);
  }
  process.env.AWS_WEB_IDENTITY_TOKEN_FILE = join(directory, 'web-link');
  clock += 1_000;
  await refusedAs(/token of a service account/, store, 'file', join(directory, 'web'));
  for (const around of [
    (text: string) => `{"token":"${text}"}`,
    (text: string) => `users:\n- token: ${text} # one\n`,
  ]) {
    writeFileSync(join(directory, 'copied'), around(token({ sub: 'system:serviceaccount:ns:name' })));
    clock += 1_000;
    await refusedAs(/token of a service account/, store, 'file', join(directory, 'copied'));
  }
  writeFileSync(join(directory, 'copied'), token({ sub: 'somebody' }));
  clock += 1_000;
  assert.equal(await read(store, 'file', join(directory, 'copied')), token({ sub: 'somebody' }));
});

test('a file is kept for a second and then read again, by one reader for all', async () => {
  const path = join(directory, 'rotated');
  writeFileSync(path, 'before');
  const store = opened(`file:${directory}`);
  assert.equal(await read(store, 'file', path), 'before');
  writeFileSync(`${path}.new`, 'after');
  renameSync(`${path}.new`, path);
  clock += 999;
  assert.equal(await read(store, 'file', path), 'before');
  clock++;
  const secret = store.find('file', path);
  assert.ok('refresh' in secret && secret.refresh !== undefined);
  assert.equal(secret.refresh(), secret.refresh());
  assert.equal(await read(store, 'file', path), 'after');
});

test('a secret that is not open is an error at its place that names the flag', () => {
  const step = (key: string) =>
    `version: 1\napis: {a: {request: [{configuration: {function: f, accessKey: "{#secrets.get('${key}')}", secretKey: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_K')}"}}]}}\n`;
  assert.match(
    problemsOf(step('env:HOME')).join(),
    /2:65 .*accessKey: the variable HOME is not permitted for policies: start with --allow-secret env:HOME, .* the flag replaces the default$/,
  );
  assert.match(problemsOf(step('file:/var/run/secrets/token')).join(), /--allow-secret file:\/var\/run\/secrets, /);
  assert.deepEqual(problemsOf(step('file:/run/secrets/lambda-ext-proc/key')), []);
});

test('the keys of a step come from files that are read before each use', async () => {
  const key = (name: string) => {
    writeFileSync(join(directory, name), `${name} one`);
    return `{#secrets.get('file:${join(directory, name)}')}`;
  };
  const configuration = { function: 'f', accessKey: key('access'), secretKey: key('secret') };
  const document = JSON.stringify({ version: 1, apis: { default: { request: [{ configuration }] } } });
  const policies = loadPolicies(document, 'policies.json', opened(`file:${directory}`)).set.fallback;
  assert.ok(policies);
  const called = async () => {
    const run = runOf(policies);
    const outcome = await run.request('');
    return outcome.kind === 'continue' ? run.invocations[0]?.credentials.secretKey : answerOf(outcome).status;
  };
  assert.equal(await called(), 'secret one');
  writeFileSync(join(directory, 'secret'), 'secret two');
  clock += 1_000;
  assert.equal(await called(), 'secret two');
  rmSync(join(directory, 'secret'));
  clock += 1_000;
  assert.equal(await called(), 500);
});

test('a document whose trust store needs a file is loaded once it is read', async () => {
  writeFileSync(join(directory, 'password'), 'changeit');
  const store = opened(`file:${directory}`);
  const ssl = {
    trustStoreType: 'PKCS12',
    trustStoreContent: 'AAAA',
    trustStorePassword: `{#secrets.get('file:${join(directory, 'password')}')}`,
  };
  const text = JSON.stringify({ version: 1, apis: { a: { request: [{ configuration: { function: 'f', ssl } }] } } });
  const { set } = await store.load(() => loadPolicies(text, 'policies.json', store));
  assert.equal(set.byName('a')?.request[0]?.configuration.transport.ssl?.trustStorePassword, 'changeit');
});

test('a frame that is not valid is refused', () => {
  for (const text of ['HOME', 'env:', 'file:relative', 'vault:x']) {
    assert.throws(() => new SecretStore([text]), /expected env:GLOB or file:\/DIRECTORY/);
  }
});

test('a server reports secrets that are open or absent when it loads, and a check does not', async () => {
  const key = (name: string): string => `{#secrets.get('${name}')}`;
  const document = (access: string): string => {
    const configuration = { function: 'f', accessKey: access, secretKey: key('env:LAMBDA_EXT_PROC_SECRET_TEST') };
    return JSON.stringify({ version: 1, apis: { a: { request: [{ configuration }] } } });
  };
  process.env.LAMBDA_EXT_PROC_SECRET_TEST = 'a';
  const allowed = ['env:LAMBDA_EXT_PROC_SECRET_*', `file:${directory}`];
  const loaded = async (text: string, isServing: boolean): Promise<readonly string[]> => {
    const store = new SecretStore(allowed, undefined, isServing);
    try {
      return (await store.load(() => loadPolicies(text, 'policies.json', store))).warnings.map(loggedProblem);
    } catch (error) {
      assert.ok(error instanceof PolicyDocumentError, String(error));
      return error.problems.map(loggedProblem);
    }
  };
  for (const value of [undefined, '']) {
    if (value === undefined) delete process.env.LAMBDA_EXT_PROC_SECRET_ABSENT;
    else process.env.LAMBDA_EXT_PROC_SECRET_ABSENT = value;
    const text = document(key('env:LAMBDA_EXT_PROC_SECRET_ABSENT'));
    assert.deepEqual(await loaded(text, false), []);
    const [line = '', ...others] = await loaded(text, true);
    assert.deepEqual(others, []);
    assert.match(line, /accessKey: the environment has no variable LAMBDA_EXT_PROC_SECRET_ABSENT: set it where/);
  }
  delete process.env.LAMBDA_EXT_PROC_SECRET_ABSENT;
  const store = {
    redis: { url: 'redis://h', password: key('env:LAMBDA_EXT_PROC_SECRET_ABSENT') },
    secret: 'x'.repeat(32),
  };
  const findings = await loaded(JSON.stringify({ version: 1, resultStore: store, apis: {} }), true);
  const finding = findings.find((line) => line.includes('no variable')) ?? '';
  assert.match(
    finding,
    /`resultStore\.redis\.password`: the environment has no variable LAMBDA_EXT_PROC_SECRET_ABSENT: set/,
  );
  assert.equal(redactText(finding), finding, 'the log has the whole finding');
  const missing = document(key(`file:${directory}/absent`));
  assert.deepEqual(await loaded(missing, false), []);
  assert.match(
    (await loaded(missing, true)).join(),
    /accessKey: warning: .*absent cannot be read \(ENOENT\): requests fail/,
  );
  writeFileSync(join(directory, 'there'), 'b');
  assert.deepEqual(await loaded(document(key(`file:${directory}/there`)), true), []);
});
