import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssumeRoleOptions } from '../../../../src/lambda/credentials/assume-role.ts';
import { CredentialProviders } from '../../../../src/lambda/credentials/index.ts';
import { InvocationError } from '../../../../src/lambda/invocation-error.ts';
import type { AssumedRole, CredentialSource } from '../../../../src/lambda/types.ts';
import { ManualClock, settled } from './manual-clock.ts';
import { ScriptedSource } from './scripted-source.ts';

const hour = 3_600_000;
const keys = { accessKey: 'AKIDEXAMPLEEXAMPLE', secretKey: 'a-secret', sessionToken: 'a-token' };

function role(name: string, overrides: Partial<AssumedRole> = {}): AssumedRole {
  return { roleArn: `arn:aws:iam::111111111111:role/${name}`, roleSessionName: 'gravitee', ...overrides };
}

function make() {
  const clock = new ManualClock();
  const chain = new ScriptedSource(clock);
  const sts = new ScriptedSource(clock, hour);
  /** `role base-key region` of each session that was asked for. */
  const asked: string[] = [];
  const refused = new Set<string>();
  const told: string[] = [];
  /** Access keys of all that came. */
  const seen: string[] = [];
  const providers = new CredentialProviders({
    clock,
    loadDefault: chain.load,
    stampDefault: async () => '',
    onRefresh: (source, error) => told.push(`${source.slice(0, 45)}${error === undefined ? ' is well' : ' failed'}`),
    onCredentials: ({ accessKeyId }) => seen.push(accessKeyId),
    async loadRole({ role: { roleArn }, base, region }: AssumeRoleOptions) {
      const { accessKeyId } = await base.get();
      const name = roleArn.split('/').at(-1) ?? '';
      asked.push(`${name} ${accessKeyId} ${region}`);
      if (refused.has(name)) throw new Error('AccessDenied');
      return sts.load();
    },
  });
  const credentialsOf = async (source: CredentialSource, region = 'eu-west-1') => providers.for(source, region).get();
  return { clock, chain, sts, asked, refused, told, seen, providers, credentialsOf };
}

test('static keys are there at once and one object for equal sources', () => {
  const { providers, chain } = make();
  const first = providers.for(keys, 'eu-west-1').get();
  assert.deepEqual(first, { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey, sessionToken: 'a-token' });
  assert.equal(providers.for({ ...keys }, 'us-east-1').get(), first, 'an expression gives a new object each time');
  assert.notEqual(providers.for({ ...keys, sessionToken: 'other' }, 'us-east-1').get(), first);
  assert.notEqual(providers.for({ ...keys, secretKey: 'other' }, 'us-east-1').get(), first);
  assert.equal(chain.loads, 0);
});

test('without keys it is the default chain once for all regions', async () => {
  const { credentialsOf, chain } = make();
  const found = new Set();
  for (const source of [{}, { accessKey: undefined, secretKey: undefined }, { roleChain: [] }]) {
    for (const region of ['eu-west-1', 'us-east-1']) found.add(await credentialsOf(source, region));
  }
  assert.equal(found.size, 1);
  assert.equal(chain.loads, 1);
});

test('all that the chain and roles give is reported, and not only what a call is signed with', async () => {
  const { credentialsOf, seen, asked } = make();
  const { accessKeyId } = await credentialsOf({ role: role('b'), roleChain: [role('a')] });
  assert.equal(asked.length, 2);
  assert.equal(seen.length, 3);
  assert.equal(seen.at(-1), accessKeyId);
});

for (const [name, source] of [
  ['an access key', { accessKey: 'a' }],
  ['a secret key', { secretKey: 's', accessKey: '' }],
  ['a session token', { sessionToken: 't' }],
  ['an empty session token', { sessionToken: '' }],
  ['a pair of empty keys', { accessKey: '', secretKey: '' }],
  ['keys with an empty token', { ...keys, sessionToken: '' }],
] as const) {
  test(`${name} alone is an error, and the machine's identity is not used instead`, () => {
    const { providers, chain } = make();
    assert.throws(
      () => providers.for(source, 'eu-west-1'),
      (error) => error instanceof InvocationError && error.kind === 'credentials' && /is set/.test(error.message),
    );
    assert.equal(chain.loads, 0);
  });
}

test('a role without a name is an error and never the identity before it', () => {
  const { providers, chain } = make();
  for (const source of [{ role: role('a', { roleArn: '' }) }, { roleChain: [role('a', { roleArn: '' })] }]) {
    assert.throws(() => providers.for(source, 'eu-west-1'), { kind: 'credentials' });
  }
  assert.equal(chain.loads, 0);
});

test('one session for each role session name external id duration region and base', async () => {
  const { credentialsOf, sts } = make();
  const sources: CredentialSource[] = [
    { role: role('a') },
    { role: role('b') },
    { role: role('a', { roleSessionName: 'other' }) },
    { role: role('a', { externalId: 'x' }) },
    { role: role('a', { externalId: 'y' }) },
    { role: role('a', { durationSeconds: 900 }) },
    { ...keys, role: role('a') },
    { ...keys, sessionToken: 'other', role: role('a') },
    { roleChain: [role('b')], role: role('a') },
  ];
  const sessions = new Set();
  for (let i = 0; i < 3; i++) {
    for (const source of sources) sessions.add(await credentialsOf(structuredClone(source)));
  }
  assert.equal(sessions.size, sources.length);
  assert.notEqual(await credentialsOf({ role: role('a') }, 'us-east-1'), await credentialsOf({ role: role('a') }));
  // The chain through b asks for b's own session, which the second source has already.
  assert.equal(sts.loads, sources.length + 1);
});

test('values cannot be moved from one field to another to get another identity', async () => {
  const { credentialsOf } = make();
  const one = await credentialsOf({ role: role('a', { roleSessionName: 'x","y' }) });
  const other = await credentialsOf({ role: role('a', { roleSessionName: 'x', externalId: 'y' }) });
  const third = await credentialsOf({ role: role('a', { externalId: 'x', roleSessionName: 'y' }) });
  const fourth = await credentialsOf({ role: role('a', { roleSessionName: 'x,y' }) });
  const fifth = await credentialsOf({ role: role('a', { roleSessionName: 'x', externalId: 'y,' }) });
  assert.equal(new Set([one, other, third, fourth, fifth]).size, 5);
});

test('a chain asks for each role with the session of the one before', async () => {
  const { credentialsOf, asked } = make();
  await credentialsOf({ ...keys, roleChain: [role('a'), role('b')], role: role('c') });
  assert.deepEqual(asked, [`a ${keys.accessKey} eu-west-1`, 'b key-1 eu-west-1', 'c key-2 eu-west-1']);
});

test('chains with a common beginning share its sessions', async () => {
  const { credentialsOf, asked } = make();
  await Promise.all([
    credentialsOf({ roleChain: [role('hub')], role: role('a') }),
    credentialsOf({ roleChain: [role('hub')], role: role('b') }),
    credentialsOf({ role: role('hub') }),
  ]);
  assert.equal(asked.filter((one) => one.startsWith('hub')).length, 1);
});

test('a role that is refused in the middle of a chain is named in the error', async () => {
  const { credentialsOf, refused } = make();
  refused.add('hub');
  await assert.rejects(credentialsOf({ roleChain: [role('hub')], role: role('a') }), {
    kind: 'credentials',
    message:
      'no credentials from role arn:aws:iam::111111111111:role/hub of the default chain in eu-west-1: AccessDenied',
    details: 'Service: Lambda, No credentials',
  });
});

test('a failure is reported once by the identity that failed and not by those that rest on it', async () => {
  const { credentialsOf, refused, told, clock } = make();
  refused.add('hub');
  const sources = ['a', 'b', 'c'].map((name) => ({ roleChain: [role('hub')], role: role(name) }));
  for (const source of sources) await assert.rejects(credentialsOf(source));
  clock.time += 10_000;
  refused.clear();
  for (const source of sources) await credentialsOf(source);
  assert.deepEqual(told, [
    'role arn:aws:iam::111111111111:role/hub of th failed',
    'role arn:aws:iam::111111111111:role/hub of th is well',
  ]);
});

test('sessions of the document are kept however many others work', async () => {
  const { credentialsOf, clock, asked } = make();
  const hub = { roleChain: [role('hub')], role: role('tenant'), fixed: true };
  const first = await credentialsOf(hub);
  for (let i = 0; i < 600; i++) {
    await clock.pass(10);
    await credentialsOf({ role: role(`made-up-${i}`) });
  }
  asked.length = 0;
  assert.equal(await credentialsOf(structuredClone(hub)), first);
  assert.deepEqual(asked, [], 'neither it nor the role before it is asked for again');
});

test('callers that choose roles cannot make the process keep more than 256 nor push out what works', async () => {
  const { credentialsOf, refused, providers, sts, clock } = make();
  const own = Object.freeze({ role: role('own') });
  const session = await credentialsOf(own);
  for (let i = 0; i < 2_000; i++) {
    refused.add(`guess-${i}`);
    clock.time++;
    await credentialsOf({ role: role(`guess-${i}`) }).catch(() => {});
  }
  assert.equal(providers.status().filter(({ source }) => source.startsWith('role')).length, 256);
  assert.equal(await credentialsOf(own), session);
  assert.equal(sts.loads, 1);
});

test('what was pushed out comes back and is never there twice', async () => {
  const { credentialsOf, providers, clock } = make();
  const own = Object.freeze({ role: role('own') });
  const first = await credentialsOf(own);
  for (let i = 0; i < 300; i++) {
    clock.time++;
    await credentialsOf({ role: role(`other-${i}`) });
  }
  const second = await credentialsOf(own);
  assert.notEqual(second, first);
  assert.equal(await credentialsOf(structuredClone(own)), second);
  assert.equal(providers.status().filter(({ source }) => source.includes('role/own ')).length, 1);
});

test('identities that nobody used for an hour are gone from the status', async () => {
  const { credentialsOf, providers, clock } = make();
  await credentialsOf({ role: role('a') });
  clock.time += hour / 2;
  await credentialsOf({ ...keys, role: role('b') });
  assert.equal(providers.status().length, 3);
  clock.time += hour / 2 + 1;
  assert.deepEqual(
    providers.status().map(({ source }) => source),
    ['role arn:aws:iam::111111111111:role/b of static keys …MPLE in eu-west-1'],
  );
});

test('the status of an identity asks for credentials and says why there are none', async () => {
  const { providers, refused, clock } = make();
  refused.add('a');
  const source = { role: role('a') };
  assert.equal(providers.statusOf(source, 'eu-west-1').ok, false);
  await settled();
  assert.match(providers.statusOf(source, 'eu-west-1').reason ?? '', /role\/a .* AccessDenied/);
  refused.clear();
  clock.time += 10_000;
  providers.statusOf(source, 'eu-west-1');
  await settled();
  await settled();
  assert.equal(providers.statusOf(source, 'eu-west-1').ok, true);
  assert.equal(providers.statusOf(keys, 'eu-west-1').ok, true);
});

test('a status that is asked for keeps an identity fresh which no request uses', async () => {
  const { providers, sts, clock } = make();
  const source = { role: role('a') };
  for (let i = 0; i < 6 * 360; i++) {
    const { ok } = providers.statusOf(source, 'eu-west-1');
    assert.ok(ok || i === 0);
    await clock.pass(10_000);
  }
  assert.ok(sts.loads >= 6 && sts.loads <= 9, `${sts.loads} sessions in six hours`);
});

test('the status shows no secret', async () => {
  const { credentialsOf, providers } = make();
  await credentialsOf({ ...keys, role: role('a', { externalId: 'an-external-id' }) });
  const shown = JSON.stringify([...providers.status(), providers.statusOf(keys, 'eu-west-1')]);
  assert.match(shown, /role\/a/);
  for (const secret of [keys.accessKey, keys.secretKey, keys.sessionToken, 'an-external-id']) {
    assert.ok(!shown.includes(secret), secret);
  }
});

test('after close no timer is left', async () => {
  const { credentialsOf, providers, clock } = make();
  await credentialsOf({ roleChain: [role('hub')], role: role('a') });
  providers.close();
  assert.equal(clock.pending, 0);
});
