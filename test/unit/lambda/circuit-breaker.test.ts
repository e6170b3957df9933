import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FunctionGuard } from '../../../src/lambda/guard/function-guard.ts';
import { InvocationError, type InvocationFailure } from '../../../src/lambda/index.ts';

const circuitBreaker = { failures: 3, openMs: 1000 };
const transport = { connectionTimeoutMs: 0, readTimeoutMs: 0, circuitBreaker };

function error(failure: InvocationFailure, statusCode?: number): InvocationError {
  return new InvocationError(failure, { statusCode, message: 'm' });
}

/** Enters and leaves at once; false: refused. */
function pass(guard: FunctionGuard, now: number, outcome?: InvocationError): boolean {
  let admission: ReturnType<FunctionGuard['enter']>;
  try {
    admission = guard.enter(transport, now);
  } catch (refusal) {
    assert.ok(refusal instanceof InvocationError && refusal.kind === 'refused');
    assert.equal(refusal.attempts, 0);
    return false;
  }
  guard.leave(transport, admission, outcome, now);
  return true;
}

test('failures in a row open the circuit and a success between them does not', () => {
  const guard = new FunctionGuard();
  for (const outcome of [
    error('timeout'),
    error('connection-failed'),
    undefined,
    error('timeout'),
    error('service-error', 503),
  ]) {
    assert.ok(pass(guard, 0, outcome));
  }
  assert.ok(pass(guard, 0, error('foreign-status', 429)));
  assert.ok(!pass(guard, 0));
  assert.ok(!pass(guard, 999));
});

test('after openMs one call tries and its outcome decides', () => {
  const guard = new FunctionGuard();
  for (let i = 0; i < 3; i++) pass(guard, 0, error('timeout'));
  const trial = guard.enter(transport, 1000);
  assert.ok(!pass(guard, 1001), 'one at a time');
  guard.leave(transport, trial, error('timeout'), 1500);
  assert.ok(!pass(guard, 2400), 'open again, from its failure on');
  assert.ok(pass(guard, 2500), 'the next trial succeeds');
  for (let i = 0; i < 2; i++) assert.ok(pass(guard, 2501, error('timeout')));
  assert.ok(pass(guard, 2502), 'closed, with its count from zero');
});

test('a caller that leaves during the trial leaves the trial to the next', () => {
  const guard = new FunctionGuard();
  for (let i = 0; i < 3; i++) pass(guard, 0, error('timeout'));
  assert.ok(pass(guard, 1000, error('aborted')));
  assert.ok(pass(guard, 1001));
});

test('what began before the circuit opened neither closes it nor lets a second trial in', () => {
  const guard = new FunctionGuard();
  const early = [1, 2, 3].map(() => guard.enter(transport, 0));
  for (let i = 0; i < 3; i++) pass(guard, 0, error('timeout'));
  guard.leave(transport, early[0] ?? 'closed', undefined, 10);
  assert.ok(!pass(guard, 20), 'still open');
  const trial = guard.enter(transport, 1000);
  assert.equal(trial, 'trial');
  guard.leave(transport, early[1] ?? 'closed', error('aborted'), 1001);
  guard.leave(transport, early[2] ?? 'closed', error('timeout'), 1002);
  assert.ok(!pass(guard, 1003), 'the trial is still under way');
  guard.leave(transport, trial, undefined, 1004);
  assert.ok(pass(guard, 1005));
});

test('what says nothing of the functions health does not open the circuit', () => {
  const guard = new FunctionGuard();
  const outcomes = [
    error('service-error', 400),
    error('service-error', 403),
    error('service-error', 404),
    error('foreign-status', 302),
    error('aborted'),
    error('no-credentials'),
    error('payload-too-large'),
    error('answer-too-large'),
    error('invalid-field'),
  ];
  for (let i = 0; i < 5; i++) for (const outcome of outcomes) assert.ok(pass(guard, 0, outcome), outcome.kind);
});

const refusals = [
  error('service-error', 403),
  error('foreign-status', 401),
  error('foreign-status', 403),
  error('foreign-status', 407),
  error('role-refused', 403),
  error('role-refused', 503),
  error('no-credentials'),
  error('credentials-timeout'),
  typed('AccessDeniedException', 503),
  typed('ExpiredTokenException', 500),
  typed('InvalidSignatureException', 429),
  typed('UnrecognizedClientException', 403),
  new InvocationError('service-error', {
    message: 'm',
    statusCode: 429,
    errorType: 'TooManyRequestsException',
    throttling: { limit: 'caller', reason: 'CallerRateLimitExceeded' },
  }),
];

function typed(errorType: string, statusCode: number): InvocationError {
  return new InvocationError('service-error', { message: 'm', statusCode, errorType });
}

test('a refused identity neither opens a circuit nor closes one nor makes failures be forgotten', () => {
  for (const refusal of refusals) {
    const guard = new FunctionGuard();
    for (let i = 0; i < 5; i++) assert.ok(pass(guard, 0, refusal), 'never opens');
    pass(guard, 0, error('timeout'));
    pass(guard, 0, error('timeout'));
    pass(guard, 0, refusal);
    pass(guard, 0, error('timeout'));
    assert.ok(!pass(guard, 1), `${refusal.failure} ${refusal.errorType} between failures`);
    assert.ok(pass(guard, 1000, refusal), 'a trial');
    const next = guard.enter(transport, 1001);
    assert.equal(next, 'trial', 'and leaves it to the next');
    assert.ok(!pass(guard, 1002));
  }
});

test('a function that refuses by its own set-up is not treated as a refused identity', () => {
  const guard = new FunctionGuard();
  for (let i = 0; i < 3; i++) pass(guard, 0, typed('KMSAccessDeniedException', 502));
  assert.ok(!pass(guard, 1));
});

test('an open circuit tells when to come again', () => {
  const guard = new FunctionGuard();
  for (let i = 0; i < 3; i++) pass(guard, 0, error('timeout'));
  assert.throws(
    () => guard.enter({ ...transport, circuitBreaker: { failures: 3, openMs: 1000 } }, 400),
    (refusal: InvocationError) => refusal.retryAfterSeconds === 1 && !refusal.mayHaveRun,
  );
});

test('the limit counts calls under way and no others', () => {
  const guard = new FunctionGuard();
  const limited = { connectionTimeoutMs: 0, readTimeoutMs: 0, maxConcurrency: 2 };
  guard.enter(limited, 0);
  guard.enter(limited, 0);
  assert.throws(() => guard.enter(limited, 0), { kind: 'refused' });
  guard.leave(limited, 'closed', error('timeout'), 0);
  guard.enter(limited, 0);
  assert.throws(() => guard.enter(limited, 0), { kind: 'refused' });
  assert.equal(guard.memory(0), Number.POSITIVE_INFINITY);
  guard.leave(limited, 'closed', undefined, 0);
  guard.leave(limited, 'closed', undefined, 0);
  assert.equal(guard.memory(0), 0);
});
