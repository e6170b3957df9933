// Load across sessions of a role that live three seconds, against a local AWS that refuses expired ones. Minutes by
// SOAK_MINUTES, 10 by default.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Ministack, startMinistack } from '../../scripts/support/ministack.ts';
import { createLambdaInvoker, type Invocation, type ProcessInvoker } from '../../src/lambda/index.ts';

const minutes = Number(process.env.SOAK_MINUTES ?? 10);
const callers = 4;
const pauseMs = 20;

let aws: Ministack;
let invoker: ProcessInvoker;
let invocation: Invocation;

before(async () => {
  aws = await startMinistack();
  await aws.createFunction('soak', { code: `export const handler = async () => { console.log('.'); return 'ok'; };` });
  const { accessKey, secretKey } = await aws.createUser('soaker', {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: '*' }],
  });
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:user/soaker' }, Action: 'sts:AssumeRole' },
    ],
  };
  const roleArn = await aws.createRole('soaked', trust);
  process.env.AWS_ENDPOINT_URL_STS = aws.endpoint;
  invoker = createLambdaInvoker();
  invocation = {
    functionName: 'soak',
    region: 'us-east-1',
    endpoint: aws.endpoint,
    payload: Buffer.from('{}'),
    invocationType: 'RequestResponse',
    logType: 'None',
    credentials: { accessKey, secretKey, role: { roleArn, roleSessionName: 'soak', durationSeconds: 3 } },
    transport: { connectionTimeoutMs: 2000, readTimeoutMs: 30_000 },
    // No retry may hide what went wrong.
    retry: { maxAttempts: 1, idempotent: false },
  };
});
after(async () => {
  await invoker?.close();
  await aws?.stop();
});

test(`${minutes} minutes across sessions of 3 s: no request fails`, async (t) => {
  const end = Date.now() + minutes * 60_000;
  let calls = 0;
  const sessions = new Set<number | undefined>();
  const failures: string[] = [];
  const caller = async () => {
    while (Date.now() < end && failures.length < 100) {
      calls += 1;
      await invoker
        .invoke(invocation)
        .catch((error: Error) => failures.push(`${new Date().toISOString()} ${error.message}`));
      sessions.add(invoker.credentials()[0]?.expiresAt);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  t.diagnostic(`${calls} calls over ${sessions.size} sessions`);
  assert.deepEqual(failures, []);
  assert.ok(sessions.size > minutes * 15, 'sessions did not change');
});
