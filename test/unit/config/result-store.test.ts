import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { temporaryDirectory } from '../../../scripts/support/temporary-directory.ts';
import { loadPolicies, PolicyDocumentError, SecretStore } from '../../../src/config/index.ts';

const cached = { a: { request: [{ configuration: { function: 'f', cache: { ttlSeconds: 30 } } }] } };
const SECRET = '0123456789abcdef';

function load(resultStore: unknown, apis: object = cached, secrets?: SecretStore) {
  return loadPolicies(JSON.stringify({ version: 1, resultStore, apis }), 'p.json', secrets);
}

/** What is wrong with a document that has this store, warnings with their word before. */
function problems(resultStore: unknown, apis?: object, secrets?: SecretStore): string {
  try {
    return load(resultStore, apis, secrets)
      .warnings.map(({ path, message }) => `warning ${path}: ${message}`)
      .join('\n');
  } catch (error) {
    if (!(error instanceof PolicyDocumentError)) throw error;
    return error.problems.map(({ severity, path, message }) => `${severity} ${path}: ${message}`).join('\n');
  }
}

const store = (redis: object, more: object = {}) => ({ redis, secret: SECRET, ...more });
const LOCAL = { url: 'redis://127.0.0.1:6379' };

describe('what check says of a result store', () => {
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['no secret', { redis: LOCAL }, /error resultStore: requires secret/],
    ['a secret of blanks', { redis: LOCAL, secret: '  ' }, /error resultStore: requires secret/],
    ['no server', { secret: SECRET }, /error resultStore: requires redis.url/],
    ['no URL', store({ password: 'x' }), /error resultStore: requires redis.url/],
    ['a short secret', { redis: LOCAL, secret: 'short' }, /error resultStore.secret: has fewer than 16 characters/],
    ['a short secret before', store(LOCAL, { previousSecret: 'short' }), /error resultStore.previousSecret: has fewer/],
    ['a secret in the document', store(LOCAL), /warning resultStore\.secret: is plain text in the document:/],
    [
      'a secret of a request',
      { redis: LOCAL, secret: '{#request.path}' },
      /error resultStore.secret: must be the same/,
    ],
    ['a URL of chance', store({ url: 'redis://h{#T(java.lang.Math).random()}' }), /error .*url: must be the same/],
    ['another scheme', store({ url: 'http://127.0.0.1' }), /error resultStore.redis.url: is not the URL of a Redis/],
    ['a socket', store({ url: 'unix:///tmp/redis.sock' }), /error resultStore.redis.url: is not the URL/],
    ['a query', store({ url: 'redis://127.0.0.1?db=1' }), /error resultStore.redis.url: is not the URL/],
    ['no host', store({ url: 'redis://' }), /error resultStore.redis.url: is not the URL/],
    [
      'no TLS to another host',
      store({ url: 'redis://cache:6379' }),
      /warning resultStore\.redis\.url: does not use TLS/,
    ],
    ['no TLS by choice', store({ url: 'redis://cache:6379', tls: false }), /warning .*url: does not use TLS/],
    ['TLS and none', store({ url: 'rediss://cache', tls: false }), /error resultStore.redis.tls: is false/],
    ['a password in the URL', store({ url: 'redis://u:p@localhost' }), /warning .*url: contains a password: set/],
    ['two passwords', store({ url: 'redis://u:p@localhost', password: 'x' }), /error .*url: has a user or password/],
    ['a user without a password', store({ ...LOCAL, username: 'u' }), /error .*username: requires password/],
    ['half a certificate', store({ ...LOCAL, tls: { cert: 'x' } }), /error resultStore.redis.tls.cert: requires key/],
    ['the other half', store({ ...LOCAL, tls: { key: 'x' } }), /error resultStore.redis.tls.key: requires cert/],
    ['an unknown field', store({ ...LOCAL, host: 'x' }), /error resultStore.redis.host: unknown field/],
    [
      'the same secret twice',
      store(LOCAL, { previousSecret: SECRET }),
      /warning .*previousSecret: is the secret itself/,
    ],
    ['an empty field', store({ ...LOCAL, password: '' }), /warning .*password: is empty and counts as absent/],
  ];
  for (const [name, document, expected] of cases) {
    test(name, () => {
      const text = problems(document);
      assert.match(text, expected);
      assert.ok(!text.includes(SECRET), 'the secret is told');
    });
  }

  test('nothing where TLS is used, or the server is on this machine', () => {
    for (const redis of [
      LOCAL,
      { url: 'redis://localhost' },
      { url: 'redis://[::1]:6379/3' },
      { url: 'rediss://cache.example.com' },
      { url: 'redis://cache.example.com', tls: true },
      { url: 'redis://cache.example.com', tls: { ca: 'PEM' } },
    ]) {
      assert.doesNotMatch(problems(store(redis)), /redis/);
    }
  });

  test('that it has no effect where no step has a cache', () => {
    const apis = { a: { request: [{ configuration: { function: 'f' } }] } };
    assert.match(problems(store(LOCAL), apis), /warning resultStore: has no effect/);
    assert.doesNotMatch(problems(store(LOCAL)), /no effect/);
  });

  test('inline policies cannot have one', () => {
    const { set } = loadPolicies(JSON.stringify({ version: 1, inline: { functions: ['*'] } }), 'p.json');
    const text = JSON.stringify({ resultStore: store(LOCAL), request: [{ configuration: { function: 'f' } }] });
    assert.throws(() => set.inline(text), PolicyDocumentError);
  });
});

test('settings are what URL and fields say', () => {
  const { resultStore } = load(
    store({ url: 'rediss://user%40:p%3Aw@[::1]:7000/5', tls: { ca: 'CA' } }, { previousSecret: 'x'.repeat(16) }),
  ).set;
  assert.deepEqual(resultStore?.read(), {
    host: '::1',
    port: 7000,
    database: 5,
    username: 'user@',
    password: 'p:w',
    tls: { ca: 'CA', cert: undefined, key: undefined },
    secret: SECRET,
    previousSecret: 'x'.repeat(16),
  });
  const plain = load(store({ url: 'redis://h', username: 'u', password: 'p' })).set.resultStore?.read();
  assert.deepEqual(
    [plain?.port, plain?.database, plain?.username, plain?.password, plain?.tls],
    [6379, 0, 'u', 'p', undefined],
  );
});

test('secrets in files are read again when they are rotated, and an error names the field and no text', async (t) => {
  const directory = temporaryDirectory('store-secrets-');
  t.after(() => directory.remove());
  const file = join(directory.path, 'secret');
  writeFileSync(file, 'the first secret of all\n');
  let now = 0;
  const secrets = new SecretStore([`file:${directory.path}`], () => now);
  const document = { redis: LOCAL, secret: `{#secrets.get('file:${file}')}` };
  const { resultStore } = load(document, cached, secrets).set;
  await resultStore?.refresh();
  assert.equal(resultStore?.read().secret, 'the first secret of all');
  writeFileSync(file, 'the second secret of all');
  now += 2_000;
  await resultStore?.refresh();
  assert.equal(resultStore?.read().secret, 'the second secret of all');
  for (const text of ['short', '']) {
    writeFileSync(file, text);
    now += 2_000;
    await resultStore?.refresh();
    assert.throws(
      () => resultStore?.read(),
      (error: Error) => error.message.includes('resultStore.secret') && !error.message.includes('short"'),
    );
  }
});
