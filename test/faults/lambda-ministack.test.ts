import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  CreateAliasCommand,
  LambdaClient,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { type Ministack, startMinistack } from '../../scripts/support/ministack.ts';
import { type CredentialSource, createLambdaInvoker, type Invocation } from '../../src/lambda/index.ts';
import { failureOf, invocation } from '../support/invocation.ts';

const account = '000000000000';
const handler = `
let runs = 0;
export const handler = async (event, context) => {
  runs++;
  console.log('run', runs, 'of', event?.id);
  if (event?.fail) throw new Error('boom');
  if (event?.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
  return { echo: event, version: context.functionVersion };
};`;

suite('against a local AWS that checks signatures', () => {
  let aws: Ministack;
  let caller: CredentialSource;
  let stranger: CredentialSource;
  const invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
  const call = (overrides: Partial<Invocation> = {}): Invocation =>
    invocation({
      functionName: 'echo',
      endpoint: aws.endpoint,
      credentials: caller,
      transport: { connectionTimeoutMs: 2000, readTimeoutMs: 15_000 },
      ...overrides,
    });
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

  before(async () => {
    aws = await startMinistack();
    caller = await aws.createUser('caller');
    stranger = await aws.createUser('stranger', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['sts:GetCallerIdentity'], Resource: '*' }],
    });
    await aws.createFunction('echo', { code: handler });
    await aws.createFunction('busy', { code: handler });
    const { accessKey: accessKeyId, secretKey: secretAccessKey } = aws.rootKeys;
    const client = new LambdaClient({
      region: 'us-east-1',
      endpoint: aws.endpoint,
      credentials: { accessKeyId, secretAccessKey },
    });
    const { Version } = await client.send(new PublishVersionCommand({ FunctionName: 'echo' }));
    await client.send(new CreateAliasCommand({ FunctionName: 'echo', Name: 'live', FunctionVersion: Version }));
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'busy', ReservedConcurrentExecutions: 1 }));
    client.destroy();
  });
  after(async () => {
    await invoker.close();
    await aws.stop();
  });

  test('a function answers with its payload version and request id', async () => {
    const result = await invoker.invoke(call({ payload: json({ id: 'ü/1' }) }));
    assert.equal(result.status, 200);
    assert.deepEqual(JSON.parse(Buffer.from(result.payload).toString()).echo, { id: 'ü/1' });
    assert.equal(result.executedVersion, '$LATEST');
    assert.match(result.requestId ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(result.functionError, undefined);
    assert.equal(result.logTail, undefined);
  });

  const names: readonly (readonly [string, Partial<Invocation>, string])[] = [
    ['an alias as qualifier', { qualifier: 'live' }, '1'],
    ['an alias in the name', { functionName: 'echo:live' }, '1'],
    ['a version', { qualifier: '1' }, '1'],
    ['$LATEST', { qualifier: '$LATEST' }, '$LATEST'],
    ['an ARN', { functionName: `arn:aws:lambda:us-east-1:${account}:function:echo` }, '$LATEST'],
    ['an ARN with a version', { functionName: `arn:aws:lambda:us-east-1:${account}:function:echo:1` }, '1'],
    // MiniStack does not know partial ARNs; that they are sent as the SDK sends them is tested elsewhere.
  ];
  for (const [name, overrides, version] of names) {
    test(`${name} names the function, and the signature holds`, async () => {
      assert.equal((await invoker.invoke(call(overrides))).executedVersion, version);
    });
  }

  test('an event is 202 a dry run 204 and both have no payload', async () => {
    for (const [invocationType, status] of [
      ['Event', 202],
      ['DryRun', 204],
    ] as const) {
      const result = await invoker.invoke(call({ invocationType }));
      assert.equal(result.status, status);
      assert.equal(result.payload.byteLength, 0);
    }
  });

  test('the tail of the log comes decoded', async () => {
    const { logTail } = await invoker.invoke(call({ logType: 'Tail', payload: json({ id: 'tail-4711' }) }));
    assert.match(logTail ?? '', /run \d+ of tail-4711/);
  });

  test('a function that throws or takes too long is a result with functionError', async () => {
    for (const event of [{ fail: true }, { sleep: 10_000 }]) {
      const result = await invoker.invoke(call({ payload: json(event), retry: { maxAttempts: 3, idempotent: true } }));
      assert.equal(result.status, 200);
      assert.equal(result.functionError, 'Unhandled');
      assert.equal(result.attempts, 1);
    }
  });

  const refusals: readonly (readonly [string, () => Partial<Invocation>, number])[] = [
    ['a wrong secret', () => ({ credentials: { ...caller, secretKey: 'wrong' } }), 403],
    ['an unknown key', () => ({ credentials: { accessKey: 'AKIANOBODY', secretKey: 'x' } }), 403],
    ['a wrong token', () => ({ credentials: { ...caller, sessionToken: 'wrong' } }), 403],
    ['a user without the permission', () => ({ credentials: stranger }), 403],
    ['a function that is not there', () => ({ functionName: 'nobody' }), 404],
    ['an alias that is not there', () => ({ qualifier: 'nothing' }), 404],
  ];
  for (const [name, overrides, status] of refusals) {
    test(`${name} is refused once, and the caller is told the status alone`, async () => {
      const failure = await failureOf(invoker, call({ retry: { maxAttempts: 3, idempotent: true }, ...overrides() }));
      assert.equal(failure.kind, 'service', failure.message);
      assert.equal(failure.statusCode, status);
      assert.equal(failure.attempts, 1);
      assert.equal(failure.mayHaveRun, false);
      assert.equal(failure.details, `Service: Lambda, Status Code: ${status}`);
      assert.ok(failure.errorType);
    });
  }

  test('reserved concurrency throttles and a throttled call that tries again gets through', async () => {
    const slow = call({ functionName: 'busy', payload: json({ sleep: 700 }) });
    const running = invoker.invoke(slow);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const failure = await failureOf(invoker, call({ functionName: 'busy' }));
    assert.equal(failure.errorType, 'TooManyRequestsException');
    assert.equal(failure.statusCode, 429);
    assert.equal(failure.mayHaveRun, false);
    assert.equal(typeof failure.retryAfterSeconds, 'number');
    const patient = await invoker.invoke(call({ functionName: 'busy', retry: { maxAttempts: 5, idempotent: false } }));
    assert.ok(patient.attempts > 1);
    assert.equal((await running).status, 200);
  });

  test('a caller that leaves ends a running invocation', async () => {
    const leaving = new AbortController();
    const started = performance.now();
    const failing = failureOf(invoker, call({ payload: json({ sleep: 2500 }) }), leaving.signal);
    setTimeout(() => leaving.abort(), 100);
    const failure = await failing;
    assert.equal(failure.kind, 'aborted');
    assert.equal(failure.mayHaveRun, true);
    assert.ok(performance.now() - started < 2000);
  });
});
