import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLambdaInvoker, type Invocation, InvocationError } from '../../src/lambda/index.ts';
import { type Behaviour, encodeAnswer, FaultStub } from '../support/fault-stub.ts';
import { invocation, secrets } from '../support/invocation.ts';

const CALLS = 3000;
const CONCURRENCY = 32;
const answer = { status: 200, headers: { 'x-amz-executed-version': '1' }, body: '{"answer":42}' };
const bytes = encodeAnswer(answer);

const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Behaviour>({ kind: 'answer', answer }) },
  { weight: 3, arbitrary: fc.nat(15).map((afterMs): Behaviour => ({ kind: 'late', answer, afterMs })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('TooManyRequestsException', 'ENINotReadyException', 'ResourceNotFoundException')
      .map((type): Behaviour => ({ kind: 'error', type })),
  },
  { weight: 1, arbitrary: fc.constant<Behaviour>({ kind: 'error', type: 'ServiceException', runs: true }) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(bytes.byteLength), fc.constantFrom('close', 'reset'))
      .map(([length, end]): Behaviour => ({ kind: 'raw', bytes: bytes.subarray(0, length), end })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Behaviour>(
      { kind: 'hang', after: 'nothing' },
      { kind: 'hang', after: 'head' },
      { kind: 'drip', answer, everyMs: 5 },
    ),
  },
);
const plan = fc.record({
  behaviours: fc.array(behaviour, { minLength: 3, maxLength: 3 }),
  invocationType: fc.constantFrom('RequestResponse', 'RequestResponse', 'Event'),
  idempotentEvent: fc.boolean(),
  leavesAfterMs: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(30) }),
});

test(`of ${CALLS} calls with all kinds of faults each ends, none runs its function twice, and no connection is left`, async (context) => {
  const stub = await FaultStub.start({ secrets });
  context.after(() => stub.stop());
  const invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
  const seed = Date.now() % 2 ** 31;
  context.diagnostic(`seed ${seed}`);
  const plans = fc.sample(plan, { numRuns: CALLS, seed });
  const outcomes = new Map<string, number>();
  const call = async (index: number): Promise<string> => {
    const chosen = plans[index];
    assert.ok(chosen);
    const functionName = `f${index}`;
    stub.script(functionName, ...chosen.behaviours);
    const event = chosen.invocationType === 'Event';
    const request: Invocation = invocation({
      functionName,
      endpoint: stub.endpoint,
      invocationType: chosen.invocationType,
      transport: { connectionTimeoutMs: 2000, readTimeoutMs: 60, apiCallTimeoutMs: 5000 },
      // No event goes out twice unless it was throttled, whatever the configuration says.
      retry: { maxAttempts: 3, idempotent: event && chosen.idempotentEvent },
    });
    const caller = new AbortController();
    if (chosen.leavesAfterMs !== undefined) setTimeout(() => caller.abort(), chosen.leavesAfterMs);
    try {
      const result = await invoker.invoke(request, caller.signal);
      assert.equal(Buffer.from(result.payload).toString(), answer.body);
      return 'result';
    } catch (error) {
      if (!(error instanceof InvocationError)) throw error;
      const runs = stub.requests
        .filter((r) => r.functionName === functionName)
        .map((r) => stub.runs.get(r.invocationId) ?? 0);
      if (!error.mayHaveRun)
        assert.deepEqual(
          runs.filter((n) => n > 0),
          [],
          `${error.message}: but it ran`,
        );
      return error.kind;
    }
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < CALLS) {
      const index = next;
      next++;
      const outcome = await call(index);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  context.diagnostic(JSON.stringify(Object.fromEntries(outcomes)));
  assert.equal(stub.mostRuns, 1);
  const events = Map.groupBy(
    stub.requests.filter((r) => r.headers.get('x-amz-invocation-type') === 'Event'),
    (r) => r.functionName,
  );
  for (const [functionName, sent] of events) {
    // Only what was throttled goes out again: it has not been queued.
    const behaviours = plans[Number(functionName.slice(1))]?.behaviours ?? [];
    const queued = behaviours.findIndex((one) => one.kind !== 'error' || one.type !== 'TooManyRequestsException');
    assert.ok(sent.length <= (queued < 0 ? 3 : queued + 1), `event ${functionName} went out ${sent.length} times`);
  }
  for (const outcome of ['result', 'connection', 'timeout', 'service', 'aborted'])
    assert.ok(outcomes.has(outcome), outcome);
  await invoker.close();
  assert.ok(await stub.closedTo(0), `${stub.open} connections are left`);
});
