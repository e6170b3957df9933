// Load across sessions of three seconds, against a local AWS that refuses expired ones. `npm run test:soak` runs it for
// ten minutes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callSteadily } from '../support/steady-callers.ts';
import { prepareRoleLoad } from './role-load.ts';

const seconds = Number(process.env.EXPIRY_SECONDS ?? 10);
const sessionSeconds = 3;

test(`${seconds} s of load across sessions of ${sessionSeconds} s: no request fails`, async (context) => {
  const { invoker, sts, invocation } = await prepareRoleLoad(context, sessionSeconds);
  const { calls, failures, slowest } = await callSteadily(invoker, invocation, { callers: 4, pauseMs: 20, seconds });
  context.diagnostic(
    `${calls} calls, ${failures.length} failed, slowest ${Math.round(slowest)} ms, ${sts.connections} calls of STS`,
  );
  assert.deepEqual(failures, []);
  assert.ok(sts.connections > seconds / sessionSeconds, 'a session for each three seconds at least');
  assert.ok(sts.connections < 2 * seconds, 'STS is not asked by requests');
});
