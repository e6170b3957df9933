import type { TestContext } from 'node:test';
import { createLambdaInvoker, type Invocation, type ProcessInvoker } from '../../src/lambda/index.ts';
import { invocation } from '../support/invocation.ts';
import { allow, startLocalAws } from '../support/ministack.ts';
import { type StsStub, startStsStub } from '../support/sts-stub.ts';

export interface RoleLoad {
  readonly invoker: ProcessInvoker;
  readonly sts: StsStub;
  readonly invocation: Invocation;
}

/** A function that only a role may invoke whose sessions last so long, and nothing that hides a failure: one attempt. */
export async function prepareRoleLoad(context: TestContext, sessionSeconds: number): Promise<RoleLoad> {
  const aws = await startLocalAws();
  context.after(() => aws.stop());
  const sts = await startStsStub(aws.endpoint);
  context.after(() => sts.stop());
  process.env.AWS_ENDPOINT_URL_STS = sts.endpoint;
  const keys = await aws.createUser('caller', allow('sts:AssumeRole'));
  const roleArn = await aws.createRole('invoke', aws.trust(['user/caller']));
  // MiniStack answers some 50 ms later when a function has written nothing.
  await aws.createFunction('f', { code: `export const handler = async () => { console.log('.'); return {}; };` });
  const invoker = createLambdaInvoker({ environment: {} });
  context.after(() => invoker.close());
  return {
    invoker,
    sts,
    invocation: invocation({
      endpoint: aws.endpoint,
      credentials: Object.freeze({
        ...keys,
        role: { roleArn, roleSessionName: 'gravitee', durationSeconds: sessionSeconds },
      }),
      transport: Object.freeze({ connectionTimeoutMs: 2000, readTimeoutMs: 30_000 }),
    }),
  };
}
