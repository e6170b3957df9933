import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CredentialProviders } from '../../../../src/lambda/credentials/index.ts';
import { InvocationError } from '../../../../src/lambda/invocation-error.ts';
import { ManualClock } from './manual-clock.ts';

test('new sessions of roles are bounded a second, and those that are known are served', async () => {
  const clock = new ManualClock();
  const providers = new CredentialProviders({ clock, loadRole: () => new Promise(() => {}) });
  const session = (name: string) => {
    const role = { roleArn: 'arn:aws:iam::123456789012:role/r', roleSessionName: name };
    return providers.for({ role }, 'us-east-1');
  };
  const admitted = (from: number): number => {
    for (let i = from; ; i++) {
      try {
        session(`s${i}`);
      } catch (error) {
        assert.ok(error instanceof InvocationError && error.failure === 'too-many-sessions');
        assert.deepEqual([error.details, error.mayHaveRun], ['Service: Sts, Too many sessions', false]);
        return i - from;
      }
    }
  };
  assert.equal(admitted(0), 512);
  session('s511');
  await clock.pass(500);
  assert.equal(admitted(1_000), 10);
  await clock.pass(5_000);
  assert.equal(admitted(2_000), 100);
  providers.close();
});

test('a flood of new sessions holds up no role of the document', () => {
  const providers = new CredentialProviders({ clock: new ManualClock(), loadRole: () => new Promise(() => {}) });
  const session = (name: string, fixed: boolean) => {
    const role = { roleArn: `arn:aws:iam::123456789012:role/${name}`, roleSessionName: 's' };
    return providers.for({ roleChain: [{ ...role, roleArn: `${role.roleArn}-hub` }], role, fixed }, 'us-east-1');
  };
  for (let i = 0; i < 512; i++) session(`r${i}`, false);
  assert.throws(() => session('another', false), /too many|more than 20 new sessions/i);
  assert.ok(session('own', true));
  providers.close();
});
