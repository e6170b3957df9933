// The policies that `iam` prints, given to a local AWS that checks them: all that the document calls may be called with them, and
// nothing beside it.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { checkLive } from '../../src/commands/live-check.ts';
import { formatProblem, loadPolicies, parseSource } from '../../src/config/index.ts';
import { createLambdaInvoker } from '../../src/lambda/index.ts';
import { reportOf } from '../support/iam-report.ts';
import { type LocalAws, startLocalAws } from '../support/ministack.ts';

const account = '000000000000';
const roleArn = `arn:aws:iam::${account}:role/invoke`;
const code = 'export const handler = async () => { throw new Error("it ran"); };';

suite('policies that iam prints, in a local AWS', () => {
  let aws: LocalAws;
  const environment = { ...process.env };
  const documentOf = (...configurations: readonly object[]): object => {
    const request = configurations.map((configuration) => ({
      configuration: { region: 'us-east-1', endpoint: aws.endpoint, ...configuration },
    }));
    return { version: 1, apis: { orders: { request } } };
  };
  const live = async (document: object): Promise<{ readonly refused: readonly string[]; readonly allowed: number }> => {
    const text = JSON.stringify(document);
    const { set } = loadPolicies(text, 'policies.json');
    const invoker = createLambdaInvoker();
    try {
      const source = parseSource(text, 'policies.json');
      const { problems, notes } = await checkLive({ set, invoker, fileName: 'policies.json', source });
      return { refused: problems.map(formatProblem), allowed: notes.length };
    } finally {
      await invoker.close();
    }
  };
  const own = { function: 'enrich' };
  const byRole = { function: 'tier', roleArn, externalId: 'tenant-7', roleSessionName: 'gateway' };

  before(async () => {
    aws = await startLocalAws();
    const principal = `arn:aws:iam::${account}:user/gateway`;
    const { machine, roles } = reportOf(documentOf(own, byRole), { principal });
    assert.ok(machine?.policy !== undefined);
    const keys = await aws.createUser('gateway', machine.policy);
    const role = roles[roleArn];
    assert.ok(role?.policy !== undefined && role.trustPolicy !== undefined);
    assert.equal(await aws.createRole('invoke', role.trustPolicy, role.policy), roleArn);
    for (const name of ['enrich', 'tier', 'another']) await aws.createFunction(name, { code });
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: keys.accessKey,
      AWS_SECRET_ACCESS_KEY: keys.secretKey,
      AWS_ENDPOINT_URL_STS: aws.endpoint,
    });
  });
  after(async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL_STS']) {
      const value = environment[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await aws.stop();
  });

  test('each step may be called, by the machine and by the role', async () => {
    assert.deepEqual(await live(documentOf(own, byRole)), { refused: [], allowed: 2 });
  });

  test('another function may not, by either of them', async () => {
    for (const step of [own, byRole]) {
      const { refused } = await live(documentOf({ ...step, function: 'another' }));
      assert.equal(refused.length, 1);
      assert.match(refused[0] ?? '', /may not invoke another/);
    }
  });

  test('the role is not for another external id, nor for none', async () => {
    for (const externalId of ['tenant-8', undefined]) {
      const { refused } = await live(documentOf({ ...byRole, externalId }));
      assert.equal(refused.length, 1);
      assert.match(refused[0] ?? '', /the role cannot be assumed/);
    }
  });
});
