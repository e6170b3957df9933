import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChainPrincipal } from '../../../../src/lambda/credentials/chain-principal.ts';
import { CredentialProviders } from '../../../../src/lambda/credentials/index.ts';
import type { ResolvedCredentials } from '../../../../src/lambda/resolved-credentials.ts';

const keys = (accessKeyId: string): ResolvedCredentials => ({ accessKeyId, secretAccessKey: 's', sessionToken: 't' });

function scene() {
  let current: ResolvedCredentials | Promise<ResolvedCredentials> = keys('A');
  let now = 0;
  const asked: string[] = [];
  const failures: unknown[] = [];
  let answer: (accessKeyId: string) => Promise<{ account: string; arn: string }> = async () => ({
    account: '111111111111',
    arn: 'arn:aws:sts::111111111111:assumed-role/app/i-0123',
  });
  const principal = new ChainPrincipal({
    provider: () => ({ identity: 'default', account: undefined, get: () => current }),
    ask: async ({ accessKeyId }) => {
      asked.push(accessKeyId);
      return answer(accessKeyId);
    },
    clock: { now: () => now, after: () => () => {}, random: () => 0.5 },
    onFailure: (error) => void failures.push(error),
  });
  const settled = async (): Promise<string | undefined> => {
    principal.get('us-east-1');
    await new Promise((resolve) => setImmediate(resolve));
    return principal.get('us-east-1');
  };
  return {
    asked,
    failures,
    principal,
    settled,
    use: (next: typeof current) => {
      current = next;
    },
    answers: (next: typeof answer) => {
      answer = next;
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('the principal is asked for once, and nobody waits for it', async () => {
  const { principal, settled, asked } = scene();
  assert.equal(principal.get('us-east-1'), undefined);
  assert.equal(principal.get('us-east-1'), undefined);
  const found = '111111111111 arn:aws:sts::111111111111:assumed-role/app';
  assert.equal(await settled(), found);
  assert.equal(await settled(), found);
  assert.deepEqual(asked, ['A']);
});

test('other keys are somebody not known, until STS has told', async () => {
  const { principal, settled, use, answers, asked } = scene();
  await settled();
  use(keys('B'));
  answers(async () => ({ account: '222222222222', arn: 'arn:aws:iam::222222222222:user/u' }));
  assert.equal(principal.get('us-east-1'), undefined);
  assert.equal(await settled(), '222222222222 arn:aws:iam::222222222222:user/u');
  assert.deepEqual(asked, ['A', 'B']);
});

test('an answer that comes after the keys have changed is not treated as theirs', async () => {
  const { principal, settled, use, answers } = scene();
  const { promise, resolve } = Promise.withResolvers<{ account: string; arn: string }>();
  answers((id) => (id === 'A' ? promise : Promise.reject(new Error('no'))));
  principal.get('us-east-1');
  use(keys('B'));
  resolve({ account: '1', arn: 'arn:aws:iam::1:user/a' });
  assert.equal(await settled(), undefined);
});

test('a failure is reported once, and STS is asked again after half a minute', async () => {
  const { settled, answers, asked, failures, pass } = scene();
  answers(() => Promise.reject(new Error('unreachable')));
  assert.equal(await settled(), undefined);
  assert.equal(await settled(), undefined);
  pass(30_000);
  assert.equal(await settled(), undefined);
  assert.deepEqual([asked.length, failures.length], [2, 1]);
  pass(30_000);
  answers(async () => ({ account: '1', arn: 'arn:aws:iam::1:root' }));
  assert.equal(await settled(), '1 arn:aws:iam::1:root');
});

test('sessions of a federated user are kept apart: their rights are', async () => {
  const { settled, answers } = scene();
  answers(async () => ({ account: '1', arn: 'arn:aws:sts::1:federated-user/somebody' }));
  assert.equal(await settled(), '1 arn:aws:sts::1:federated-user/somebody');
});

test('no credentials, or none yet, are nobody', async () => {
  const { settled, use, asked } = scene();
  use(Promise.reject(new Error('none')));
  assert.equal(await settled(), undefined);
  use(Promise.resolve(keys('A')));
  assert.equal(await settled(), undefined);
  assert.deepEqual(asked, []);
});

test('the signer is identified by key, or chain, and by each role; tokens and secrets are not in it', () => {
  const providers = new CredentialProviders();
  const role = (name: string, externalId?: string) => ({
    roleArn: `arn:aws:iam::111111111111:role/${name}`,
    roleSessionName: 's',
    externalId,
  });
  const of = (source: Parameters<CredentialProviders['principalOf']>[0]) =>
    JSON.stringify(providers.principalOf(source, 'us-east-1'));
  const key = { accessKey: 'AKIA', secretKey: 'one' };
  assert.equal(of(key), of({ ...key, secretKey: 'two', sessionToken: 't' }));
  const all = [
    key,
    { ...key, accessKey: 'AKIB' },
    { ...key, role: role('a') },
    { ...key, role: role('a', 'x') },
    { ...key, role: role('b') },
    { ...key, roleChain: [role('a')], role: role('b') },
    { ...key, roleChain: [role('b')], role: role('a') },
  ].map(of);
  assert.equal(new Set(all).size, all.length);
  providers.close();
});
