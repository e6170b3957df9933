import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awaitedIdentity, credentialCheck } from '../../../src/commands/credential-check.ts';
import { type LoadedPolicies, loadPolicies } from '../../../src/config/index.ts';
import type { CredentialSource, CredentialStatus } from '../../../src/lambda/index.ts';

const APIS = 300;

function setOf(configuration: (api: number) => object): LoadedPolicies['set'] {
  const apis = Array.from({ length: APIS }, (_, i) => [
    `api${i}`,
    {
      request: [{ name: 'step', configuration: { function: 'f', region: 'us-east-1', ...configuration(i) } }],
    },
  ]);
  return loadPolicies(JSON.stringify({ version: 1, apis: Object.fromEntries(apis) }), 'policies.json').set;
}

/** Tells how often it was asked; `reason`: of sources that fail. */
function scripted(reason: (source: CredentialSource, region: string) => string | undefined) {
  const asked: string[] = [];
  return {
    asked,
    credentialStatus(source: CredentialSource, region: string): CredentialStatus {
      asked.push(`${source.role?.roleArn ?? source.accessKey ?? 'machine'} ${region}`);
      const why = reason(source, region);
      const times = { obtainedAt: undefined, expiresAt: undefined, pastExpiry: false };
      return { source: 'it', ok: why === undefined, worked: why === undefined, reason: why, ...times };
    },
  };
}

test('a probe asks for each identity once, however many steps sign with it', () => {
  const set = setOf((i) => (i < 3 ? { roleArn: `arn:aws:iam::123456789012:role/r${i}` } : { region: 'eu-west-1' }));
  const invoker = scripted(() => undefined);
  assert.deepEqual(credentialCheck(invoker, set), {
    status: 'ok',
    reason: `${APIS} steps with credentials known before a request`,
  });
  const role = (i: number) => `arn:aws:iam::123456789012:role/r${i} us-east-1`;
  assert.deepEqual(invoker.asked, [role(0), role(1), role(2), 'machine eu-west-1']);
});

test('each probe tells how identities stand now, and names the first steps of each reason', () => {
  const set = setOf((i) => (i === 7 ? { accessKey: 'AKIDEXAMPLE', secretKey: 'secret' } : {}));
  let reason: string | undefined;
  const invoker = scripted(({ accessKey }) => (accessKey === undefined ? reason : undefined));
  assert.equal(credentialCheck(invoker, set).status, 'ok');
  reason = 'no credentials from the default chain';
  const steps = 'api0.step, api1.step, api2.step, api3.step, api4.step';
  assert.deepEqual(credentialCheck(invoker, set), {
    status: 'degraded',
    reason: `${steps} and ${APIS - 6} more: ${reason}`,
  });
  reason = undefined;
  assert.equal(credentialCheck(invoker, set).status, 'ok');
});

test('another document is asked about by its own identities', () => {
  const invoker = scripted(() => undefined);
  credentialCheck(
    invoker,
    setOf(() => ({})),
  );
  credentialCheck(
    invoker,
    setOf(() => ({ region: 'eu-west-1' })),
  );
  assert.deepEqual(invoker.asked, ['machine us-east-1', 'machine eu-west-1']);
});

test('a first identity is awaited where none has worked and no step brings keys', () => {
  const nothing = scripted(() => 'no credentials');
  assert.equal(
    awaitedIdentity(
      nothing,
      setOf(() => ({})),
    ),
    'no credentials',
  );
  assert.deepEqual(nothing.asked, ['machine us-east-1']);
  const roleOfRequest = { roleArn: "{#request.headers['x-role'][0]}" };
  assert.equal(
    awaitedIdentity(
      nothing,
      setOf(() => roleOfRequest),
    ),
    'no credentials',
  );
  assert.equal(
    credentialCheck(
      nothing,
      setOf(() => roleOfRequest),
    ).status,
    'ok',
  );
  const keys = setOf((i) => (i === 7 ? { accessKey: 'AKIDEXAMPLE', secretKey: 'secret' } : {}));
  assert.equal(awaitedIdentity(nothing, keys), undefined);
  assert.equal(
    awaitedIdentity(
      scripted(() => undefined),
      setOf(() => ({})),
    ),
    undefined,
  );
});
