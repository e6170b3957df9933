// Limits are of a function and not of the way its name is written (docs/reference/lambda-errors.md).
import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { type CredentialSource, createLambdaInvoker, type Invocation } from '../../src/lambda/index.ts';
import type { CredentialProvider } from '../../src/lambda/resolved-credentials.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { accessKey, failureOf, invocation, secretKey } from '../support/invocation.ts';

const account = '123456789012';
const spellings = ['f', 'f:live', `${account}:function:f`, `arn:aws:lambda:us-east-1:${account}:function:f`];

suite('limits of a function', () => {
  let stub: FaultStub;
  before(async () => {
    stub = await FaultStub.start();
  });
  beforeEach(() => stub.forget());
  after(() => stub.stop());

  /** Sessions of roles without an STS. */
  const roleOf = ({ role }: CredentialSource): CredentialProvider => ({
    identity: role?.roleArn ?? 'chain',
    account: role?.roleArn.split(':')[4],
    get: () => ({ accessKeyId: accessKey, secretAccessKey: secretKey }),
  });
  const asRole = (of: string): CredentialSource => ({
    role: { roleArn: `arn:aws:iam::${of}:role/r`, roleSessionName: 'gravitee' },
  });
  const call = (overrides: Partial<Invocation>): Invocation => invocation({ endpoint: stub.endpoint, ...overrides });

  test('twelve calls of one function under four names run two at a time', async (context) => {
    const told = { ...roleOf({}), account };
    const invoker = createLambdaInvoker({ environment: {}, credentialsFor: () => told });
    context.after(() => invoker.close());
    const late = { kind: 'late', afterMs: 50, answer: { status: 200, body: '{}' } } as const;
    for (const name of spellings) stub.script(name, late);
    const transport = { connectionTimeoutMs: 2_000, readTimeoutMs: 5_000, maxConcurrency: 2 };
    const calls = Array.from({ length: 12 }, (_, i) =>
      invoker.invoke(call({ functionName: spellings[i % 4] ?? 'f', transport })).then(
        () => 'served',
        ({ details }) => details,
      ),
    );
    const ended = await Promise.all(calls);
    assert.equal(ended.filter((one) => one === 'served').length, 2);
    assert.equal(ended.filter((one) => one === 'Service: Lambda, Too many invocations').length, 10);
    assert.equal(stub.requests.length, 2);
  });

  test('the circuit of one account is not that of another, and every name of the function meets it', async (context) => {
    const invoker = createLambdaInvoker({ environment: {}, credentialsFor: roleOf });
    context.after(() => invoker.close());
    const transport = {
      connectionTimeoutMs: 2_000,
      readTimeoutMs: 5_000,
      circuitBreaker: { failures: 3, openMs: 30_000 },
    };
    const [one, other] = [asRole('111111111111'), asRole('222222222222')];
    stub.script('handler', { kind: 'error', type: 'InvalidRuntimeException' });
    for (let i = 0; i < 3; i++) {
      await failureOf(invoker, call({ functionName: 'handler', credentials: one, transport }));
    }
    stub.script('handler', { kind: 'answer', answer: { status: 200, body: '{}' } });
    for (const functionName of ['handler', 'handler:live', '111111111111:function:handler']) {
      const failure = await failureOf(invoker, call({ functionName, credentials: one, transport }));
      assert.equal(failure.details, 'Service: Lambda, Circuit open', functionName);
    }
    const named = call({ functionName: '111111111111:function:handler', credentials: other, transport });
    assert.equal((await failureOf(invoker, named)).details, 'Service: Lambda, Circuit open', 'whoever calls it');
    const healthy = await invoker.invoke(call({ functionName: 'handler', credentials: other, transport }));
    assert.equal(healthy.status, 200);
  });

  test('tenants of a role that a request names are kept apart', async (context) => {
    const invoker = createLambdaInvoker({ environment: {}, credentialsFor: roleOf });
    context.after(() => invoker.close());
    stub.script('slow', { kind: 'late', afterMs: 50, answer: { status: 200, body: '{}' } });
    const transport = { connectionTimeoutMs: 2_000, readTimeoutMs: 5_000, maxConcurrency: 1 };
    const tenants = Array.from({ length: 10 }, (_, i) => asRole(`${100_000_000_000 + i}`));
    const results = await Promise.all(
      tenants.map((credentials) => invoker.invoke(call({ functionName: 'slow', credentials, transport }))),
    );
    assert.ok(results.every(({ status }) => status === 200));
  });
});
