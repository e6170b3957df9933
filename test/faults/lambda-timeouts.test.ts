import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, beforeEach, suite, test } from 'node:test';
import { createLambdaInvoker, type Invocation, type TransportOptions } from '../../src/lambda/index.ts';
import { type Behaviour, FaultStub } from '../support/fault-stub.ts';
import { failureOf, invocation, secrets } from '../support/invocation.ts';

const answer = { status: 200, body: '{"answer":42}' };

suite('a timeout cuts the call', () => {
  let stub: FaultStub;
  const invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
  const call = (transport: Partial<TransportOptions>, overrides: Partial<Invocation> = {}): Invocation =>
    invocation({
      endpoint: stub.endpoint,
      transport: { connectionTimeoutMs: 2000, readTimeoutMs: 20_000, ...transport },
      ...overrides,
    });

  before(async () => {
    stub = await FaultStub.start({ secrets });
  });
  beforeEach(() => stub.forget());
  after(async () => {
    await invoker.close();
    await stub.stop();
  });

  const silences: readonly (readonly [string, Behaviour])[] = [
    ['silence before the head', { kind: 'hang', after: 'nothing' }],
    ['silence after the head', { kind: 'hang', after: 'head' }],
    ['an answer that drips', { kind: 'drip', answer, everyMs: 20 }],
  ];
  const limits: readonly (readonly [string, Partial<TransportOptions>])[] = [
    ['readTimeoutMs', { readTimeoutMs: 150 }],
    ['apiCallAttemptTimeoutMs', { apiCallAttemptTimeoutMs: 150 }],
    ['apiCallTimeoutMs', { apiCallTimeoutMs: 150 }],
  ];
  for (const [silence, behaviour] of silences) {
    for (const [name, transport] of limits) {
      test(`${name} ends ${silence}, closes the connection and runs nothing twice`, async () => {
        stub.script('f', behaviour);
        const started = performance.now();
        const failure = await failureOf(invoker, call(transport, { retry: { maxAttempts: 3, idempotent: false } }));
        const took = performance.now() - started;
        assert.equal(failure.kind, 'timeout', failure.message);
        assert.match(failure.message, new RegExp(name));
        assert.equal(failure.mayHaveRun, true);
        assert.equal(failure.attempts, 1);
        assert.ok(took >= 140 && took < 3000, `${took} ms`);
        assert.equal(stub.mostRuns, 1);
        assert.ok(await stub.closedTo(0), 'a connection stayed open');
      });
    }
  }

  test('an idempotent call may use further attempts but never more than apiCallTimeoutMs', async () => {
    stub.script('f', { kind: 'hang', after: 'nothing' });
    const started = performance.now();
    const failure = await failureOf(
      invoker,
      call({ apiCallAttemptTimeoutMs: 100, apiCallTimeoutMs: 350 }, { retry: { maxAttempts: 50, idempotent: true } }),
    );
    const took = performance.now() - started;
    assert.equal(failure.kind, 'timeout');
    assert.ok(took >= 250 && took < 3000, `${took} ms`);
    assert.ok(stub.attempts('f') >= 2 && stub.attempts('f') <= 4, `${stub.attempts('f')} attempts`);
  });

  test('an answer within the limits is not cut by the stages before it', async () => {
    stub.script('f', { kind: 'late', answer, afterMs: 250 });
    const result = await invoker.invoke(call({ readTimeoutMs: 3000, connectionTimeoutMs: 100 }));
    assert.equal(result.status, 200);
  });

  test('zero is off', async () => {
    stub.script('f', { kind: 'late', answer, afterMs: 100 });
    const transport = { connectionTimeoutMs: 0, readTimeoutMs: 0, apiCallAttemptTimeoutMs: 0, apiCallTimeoutMs: 0 };
    assert.equal((await invoker.invoke(call(transport))).status, 200);
  });

  test('a handshake that never ends is cut by connectionTimeoutMs and has run nothing', async () => {
    const silent = createServer((socket) => void socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const started = performance.now();
    const failure = await failureOf(
      invoker,
      call(
        { connectionTimeoutMs: 200 },
        { endpoint: `https://127.0.0.1:${port}`, retry: { maxAttempts: 2, idempotent: false } },
      ),
    );
    const took = performance.now() - started;
    silent.close();
    assert.equal(failure.kind, 'timeout', failure.message);
    assert.equal(failure.details, 'Service: Lambda, Connection timeout');
    assert.equal(failure.mayHaveRun, false);
    assert.equal(failure.attempts, 2);
    assert.ok(took >= 390 && took < 4000, `${took} ms`);
  });
});

suite('a caller that leaves', () => {
  let stub: FaultStub;
  const invoker = createLambdaInvoker({ environment: {} });

  before(async () => {
    stub = await FaultStub.start({ secrets });
  });
  after(async () => {
    await invoker.close();
    await stub.stop();
  });

  for (const after of ['nothing', 'head'] as const) {
    test(`ends the call at once and closes its connection, with ${after} of the answer there`, async () => {
      stub.forget();
      stub.script('f', { kind: 'hang', after });
      const caller = new AbortController();
      const failing = failureOf(invoker, invocation({ endpoint: stub.endpoint }), caller.signal);
      while (stub.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 20));
      caller.abort();
      const failure = await failing;
      assert.equal(failure.kind, 'aborted');
      assert.equal(failure.mayHaveRun, true);
      assert.ok(await stub.closedTo(0), 'a connection stayed open');
    });
  }

  test('before the call sends nothing', async () => {
    stub.forget();
    const failure = await failureOf(invoker, invocation({ endpoint: stub.endpoint }), AbortSignal.abort());
    assert.equal(failure.kind, 'aborted');
    assert.equal(failure.mayHaveRun, false);
    assert.equal(stub.requests.length, 0);
  });

  test('while the call waits to try again ends it', async () => {
    stub.forget();
    stub.script('f', { kind: 'error', type: 'TooManyRequestsException', headers: { 'retry-after': '4' } });
    const caller = new AbortController();
    const retry = { maxAttempts: 3, idempotent: false };
    const failing = failureOf(invoker, invocation({ endpoint: stub.endpoint, retry }), caller.signal);
    while (stub.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    caller.abort();
    assert.equal((await failing).kind, 'aborted');
    assert.equal(stub.attempts('f'), 1);
  });

  test('while a connection is made sends nothing later', async () => {
    stub.forget();
    const fresh = createLambdaInvoker({ environment: {} });
    const caller = new AbortController();
    const failing = failureOf(fresh, invocation({ endpoint: stub.endpoint }), caller.signal);
    caller.abort();
    assert.equal((await failing).mayHaveRun, false);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(stub.requests.length, 0);
    const { connections } = stub;
    await fresh.invoke(invocation({ endpoint: stub.endpoint }));
    assert.equal(stub.connections, connections, 'the connection that was made serves the next call');
    await fresh.close();
  });

  test('leaves no listener on its signal', async () => {
    stub.forget();
    const caller = new AbortController();
    let listeners = 0;
    const { signal } = caller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = ((...parameters: Parameters<typeof add>) => {
      listeners++;
      add(...parameters);
    }) as typeof add;
    signal.removeEventListener = ((...parameters: Parameters<typeof remove>) => {
      listeners--;
      remove(...parameters);
    }) as typeof remove;
    await invoker.invoke(invocation({ endpoint: stub.endpoint }), signal);
    assert.equal(listeners, 0);
  });
});
