// Who the machine's default chain is, asked of a local AWS: the same for all machines of one role.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLambdaInvoker } from '../../src/lambda/index.ts';
import { invocation } from '../support/invocation.ts';
import { type StaticSession, startLocalAws } from '../support/ministack.ts';
import { until } from '../support/stores.ts';

test('a user is identified by its ARN, sessions of a role by the role, and each role that is assumed stays a part', async (t) => {
  const aws = await startLocalAws();
  t.after(() => aws.stop());
  const variables = [
    'AWS_ENDPOINT_URL_STS',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
  ] as const;
  const former = variables.map((name) => process.env[name]);
  t.after(() => {
    for (const [i, name] of variables.entries()) {
      if (former[i] === undefined) delete process.env[name];
      else process.env[name] = former[i];
    }
  });
  const user = await aws.createUser('machine', {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: '*' }],
  });
  const role = await aws.createRole('app', aws.trust(['user/machine']));
  process.env.AWS_ENDPOINT_URL_STS = aws.endpoint;
  const placeOf = async (keys: StaticSession, roleArn?: string) => {
    const { accessKey = '', secretKey = '', sessionToken = '' } = keys;
    process.env.AWS_ACCESS_KEY_ID = accessKey;
    process.env.AWS_SECRET_ACCESS_KEY = secretKey;
    process.env.AWS_SESSION_TOKEN = sessionToken;
    const invoker = createLambdaInvoker();
    const credentials = roleArn === undefined ? {} : { role: { roleArn, roleSessionName: 's' } };
    const call = invocation({ credentials, endpoint: 'https://lambda.test' });
    let place: readonly (string | undefined)[] | undefined;
    await until(async () => {
      place = await invoker.sharedPlace(call);
      return place !== undefined;
    });
    await invoker.close();
    return place;
  };
  const where = ['https://lambda.test', '/2015-03-31/functions/f/invocations', 'us-east-1'];
  const machine = '000000000000 arn:aws:iam::000000000000:user/machine';
  assert.deepEqual(await placeOf(user), [...where, 'chain', machine, '0']);
  assert.deepEqual(await placeOf(user, role), [...where, 'chain', machine, '1', role, 's', undefined]);
  const [first, second] = [await aws.createSession(user, role, 900), await aws.createSession(user, role, 900)];
  const app = '000000000000 arn:aws:sts::000000000000:assumed-role/app';
  assert.deepEqual(await placeOf(first), [...where, 'chain', app, '0']);
  assert.deepEqual(await placeOf(second), [...where, 'chain', app, '0']);
});
