import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, type TestContext, test } from 'node:test';
import {
  createLambdaInvoker,
  type Invocation,
  type InvocationError,
  type ProcessInvoker,
} from '../../src/lambda/index.ts';
import { isThrottling, listErrorClasses } from '../../src/lambda/result/error-classes.ts';
import { FaultStub, type FaultStubOptions } from '../support/fault-stub.ts';
import { failureOf, invocation, secrets } from '../support/invocation.ts';
import { serviceErrorSchemas } from '../support/service-errors.ts';

const ok = { kind: 'answer', answer: { status: 200, body: '{}' } } as const;

suite('what is tried again', () => {
  let stub: FaultStub;
  // Retries wait for no time at all, so that what is tried is all that takes time.
  const invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
  const call = (overrides: Partial<Invocation> = {}): Invocation =>
    invocation({ endpoint: stub.endpoint, retry: { maxAttempts: 3, idempotent: false }, ...overrides });

  before(async () => {
    stub = await FaultStub.start({ secrets });
  });
  beforeEach(() => stub.forget());
  after(async () => {
    await invoker.close();
    await stub.stop();
  });

  for (const { name, status } of serviceErrorSchemas()) {
    const retry = listErrorClasses().get(name)?.retry;
    test(`${name} (${status}): ${retry}`, async () => {
      const functionName = `of-${name}`;
      const attempts = async (overrides: Partial<Invocation>): Promise<number> => {
        stub.forget();
        stub.script(functionName, { kind: 'error', type: name });
        const failure = await failureOf(invoker, call({ functionName, ...overrides }));
        assert.equal(failure.errorType, name);
        assert.equal(failure.statusCode, status);
        assert.equal(failure.attempts, stub.attempts(functionName));
        assert.equal(failure.details, `Service: Lambda, Status Code: ${status}`);
        return failure.attempts;
      };
      const idempotent = { maxAttempts: 3, idempotent: true };
      assert.equal(await attempts({}), retry === 'yes' ? 3 : 1);
      assert.equal(await attempts({ retry: idempotent }), retry === 'no' ? 1 : 3);
      assert.equal(await attempts({ invocationType: 'DryRun' }), retry === 'no' ? 1 : 3);
      const throttles = isThrottling(name, status);
      assert.equal(await attempts({ invocationType: 'Event' }), throttles ? 3 : 1, 'a throttled one is not queued');
      assert.equal(await attempts({ invocationType: 'Event', retry: idempotent }), throttles ? 3 : 1);
    });
  }

  test('a throttled call succeeds in its second attempt with one run', async () => {
    stub.script('f', { kind: 'error', type: 'TooManyRequestsException' }, ok);
    const result = await invoker.invoke(call());
    assert.equal(result.attempts, 2);
    assert.equal(stub.mostRuns, 1);
    const attempts = stub.requests.map((request) => request.headers.get('amz-sdk-request'));
    assert.deepEqual(attempts, ['attempt=1; max=3', 'attempt=2; max=3']);
  });

  test('Retry After is waited for', async () => {
    stub.script('f', { kind: 'error', type: 'TooManyRequestsException', headers: { 'retry-after': '0.3' } }, ok);
    await invoker.invoke(call());
    const [first, second] = stub.requests;
    assert.ok(first !== undefined && second !== undefined);
    assert.ok(second.at - first.at >= 290, `${second.at - first.at} ms`);
  });

  test('a Retry After that apiCallTimeoutMs does not allow ends the call at once and is reported', async () => {
    stub.script('f', { kind: 'error', type: 'TooManyRequestsException', headers: { 'retry-after': '3' } });
    const transport = { connectionTimeoutMs: 2000, readTimeoutMs: 5000, apiCallTimeoutMs: 1000 };
    const started = performance.now();
    const failure = await failureOf(invoker, call({ transport }));
    assert.equal(failure.attempts, 1);
    assert.equal(failure.retryAfterSeconds, 3);
    assert.equal(failure.mayHaveRun, false);
    assert.ok(performance.now() - started < 900);
  });

  test('an answer of another program is repeated only where it refuses for load', async () => {
    for (const [status, expected] of [
      [429, 3],
      [500, 1],
      [502, 1],
      [503, 1],
      [504, 1],
      [404, 1],
      [302, 1],
    ] as const) {
      stub.forget();
      stub.script(`s${status}`, { kind: 'answer', answer: { status, body: 'no' } });
      const failure = await failureOf(invoker, call({ functionName: `s${status}` }));
      assert.equal(failure.kind, 'status');
      assert.equal(failure.attempts, expected, String(status));
    }
  });

  test('an event that was throttled is queued by a later attempt and once', async () => {
    const shared = ['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'SlowDown'];
    for (const [i, answer] of [
      { status: 429, body: 'slow down' },
      ...shared.map((type) => ({ status: 400, headers: { 'x-amzn-errortype': type }, body: '{}' })),
    ].entries()) {
      stub.forget();
      const queued = { kind: 'answer', answer: { status: 202 } } as const;
      stub.script(`e${i}`, { kind: 'answer', answer }, { kind: 'answer', answer }, queued);
      const result = await invoker.invoke(call({ functionName: `e${i}`, invocationType: 'Event' }));
      assert.deepEqual([result.status, result.attempts, stub.mostRuns], [202, 3, 1]);
    }
    for (const status of [500, 503, 404]) {
      stub.forget();
      stub.script('e', { kind: 'answer', answer: { status, body: 'no' } });
      const event = {
        functionName: 'e',
        invocationType: 'Event',
        retry: { maxAttempts: 3, idempotent: true },
      } as const;
      assert.equal((await failureOf(invoker, call(event))).attempts, 1, String(status));
    }
  });

  test('an event is never sent twice but a connection that was refused is tried again', async () => {
    const event = { invocationType: 'Event', retry: { maxAttempts: 3, idempotent: true } } as const;
    for (const end of ['reset', 'close'] as const) {
      stub.forget();
      stub.script('f', { kind: 'raw', bytes: Buffer.alloc(0), end });
      const failure = await failureOf(invoker, call(event));
      assert.equal(failure.attempts, 1);
      assert.equal(stub.requests.length, 1);
    }
    const refused = await failureOf(invoker, call({ ...event, endpoint: 'http://127.0.0.1:1' }));
    assert.equal(refused.attempts, 3);
  });

  test('an attempt that may have run is remembered when a later one is refused', async () => {
    stub.script(
      'f',
      { kind: 'raw', bytes: Buffer.alloc(0), end: 'reset' },
      { kind: 'error', type: 'ResourceNotFoundException' },
    );
    const failure = await failureOf(invoker, call({ retry: { maxAttempts: 3, idempotent: true } }));
    assert.equal(failure.errorType, 'ResourceNotFoundException');
    assert.equal(failure.mayHaveRun, true);
  });

  test('an outage empties the budget and only first attempts are left', async () => {
    stub.script('o', { kind: 'error', type: 'TooManyRequestsException' });
    for (let i = 0; i < 60; i++) await failureOf(invoker, call({ functionName: 'o' }));
    // 500 tokens, 5 for each retry.
    assert.equal(stub.requests.length, 60 + 100);
    stub.script('o', ok);
    for (let i = 0; i < 5; i++) await invoker.invoke(call({ functionName: 'o' }));
    stub.script('o', { kind: 'error', type: 'TooManyRequestsException' }, ok);
    assert.equal((await invoker.invoke(call({ functionName: 'o' }))).attempts, 2);
  });

  test('a clock that is wrong is corrected with the date of the refusal', async (context) => {
    const ahead = await FaultStub.start({ secrets, clockAheadMs: 3_600_000 });
    context.after(() => ahead.stop());
    const results = await Promise.all(
      Array.from({ length: 8 }, () => invoker.invoke(call({ endpoint: ahead.endpoint }))),
    );
    assert.deepEqual(new Set(results.map(({ attempts }) => attempts)), new Set([2]));
    assert.equal(ahead.mostRuns, 1);
    assert.equal((await invoker.invoke(call({ endpoint: ahead.endpoint }))).attempts, 1);
  });

  test('a wrong key is no matter of the clock', async () => {
    const failure = await failureOf(
      invoker,
      call({ credentials: { accessKey: 'AKIDEXAMPLE', secretKey: 'not the key' } }),
    );
    assert.equal(failure.errorType, 'InvalidSignatureException');
    assert.equal(failure.attempts, 1);
    assert.equal(failure.mayHaveRun, false);
  });
});

suite('connections that are reused', () => {
  test('a connection that the other side closed is not used again', async (context) => {
    const { stub, invoker } = await fresh(context, { secrets });
    const call = invocation({ endpoint: stub.endpoint });
    for (const how of ['close', 'reset'] as const) {
      await invoker.invoke(call);
      stub.closeConnections(how);
      await new Promise((resolve) => setTimeout(resolve, 20));
      for (let i = 0; i < 20; i++) assert.equal((await invoker.invoke(call)).attempts, 1);
    }
  });

  test('a request that meets a connection in closing fails rather than runs twice', async (context) => {
    const { stub, invoker } = await fresh(context, { secrets, resetReused: true });
    const call = invocation({ endpoint: stub.endpoint, retry: { maxAttempts: 3, idempotent: false } });
    const failed: InvocationError[] = [];
    for (let i = 0; i < 10; i++) await invoker.invoke(call).catch((error: InvocationError) => failed.push(error));
    assert.ok(failed.length > 0);
    for (const { kind, mayHaveRun, attempts } of failed) {
      assert.deepEqual({ kind, mayHaveRun, attempts }, { kind: 'connection', mayHaveRun: true, attempts: 1 });
    }
    const idempotent = { ...call, retry: { maxAttempts: 3, idempotent: true } };
    const attempts: number[] = [];
    for (let i = 0; i < 10; i++) attempts.push((await invoker.invoke(idempotent)).attempts);
    assert.ok(attempts.includes(2), String(attempts));
  });

  test('a request whose bytes the kernel no longer takes is sent on another connection', async (context) => {
    const { stub, invoker } = await fresh(context, { secrets });
    const call = invocation({ endpoint: stub.endpoint, retry: { maxAttempts: 3, idempotent: false } });
    let repeated = 0;
    for (let i = 0; i < 20; i++) {
      await invoker.invoke(call);
      // In this very turn of the event loop: the reset is there, and nobody has read it yet.
      stub.closeConnections('reset');
      repeated += (await invoker.invoke(call)).attempts - 1;
    }
    context.diagnostic(`${repeated} of 20 were repeated`);
    assert.equal(stub.mostRuns, 1);
  });

  test('calls one after the other share a connection and many at once get their own', async (context) => {
    const { stub, invoker } = await fresh(context, { secrets });
    const call = invocation({ endpoint: stub.endpoint });
    for (let i = 0; i < 10; i++) await invoker.invoke(call);
    // A connection is free again one turn of the event loop after its answer: the next call may need a second one.
    assert.ok(stub.connections <= 2, String(stub.connections));
    stub.script('f', { kind: 'late', answer: { status: 200, body: '{}' }, afterMs: 50 });
    await Promise.all(Array.from({ length: 30 }, () => invoker.invoke(call)));
    assert.ok(stub.connections >= 30 && stub.connections <= 32, String(stub.connections));
    await invoker.close();
    await invoker.close();
    assert.ok(await stub.closedTo(0));
    await stub.stop();
  });
});

/** A stub and an invoker of the test's own, gone with it. */
async function fresh(
  context: TestContext,
  options: FaultStubOptions,
): Promise<{ stub: FaultStub; invoker: ProcessInvoker }> {
  const stub = await FaultStub.start(options);
  const invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
  context.after(async () => {
    await invoker.close();
    await stub.stop();
  });
  return { stub, invoker };
}
