// STS goes away while a refresh is due, and the old session serves on. `npm run test:soak` takes 30 s for the outage.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callSteadily } from '../support/steady-callers.ts';
import type { StsFault } from '../support/sts-stub.ts';
import { prepareRoleLoad } from './role-load.ts';

const outageSeconds = Number(process.env.OUTAGE_SECONDS ?? 8);
// The refresh is due after 0.6 to 0.67 of a session, and 0.9 of it are used: the outage lasts from 0.4 to 0.8.
const sessionSeconds = Math.ceil(outageSeconds / 0.4);

const faults = ['reset', 'unavailable', 'throttled'] satisfies StsFault[];

test(`an outage of ${outageSeconds} s while a refresh is due: no request fails`, async (context) => {
  const { invoker, sts, invocation } = await prepareRoleLoad(context, sessionSeconds);
  await invoker.invoke(invocation);
  const before = invoker.credentials()[0];
  const during: (string | undefined)[] = [];
  const later = (share: number, task: () => void): void => {
    const timer = setTimeout(task, share * sessionSeconds * 1000);
    context.after(() => clearTimeout(timer));
  };
  let asked = 0;
  later(0.4, () => {
    asked = sts.connections;
  });
  // Each way of failing has a part of the outage, and the refresh is due in the first of them at the latest.
  for (const [i, fault] of faults.entries()) {
    later(i === 0 ? 0.4 : 0.66 + 0.07 * (i - 1), () => {
      sts.fault = fault;
    });
  }
  later(0.79, () => during.push(invoker.credentials()[0]?.reason));
  later(0.8, () => {
    asked = sts.connections - asked;
    sts.fault = 'none';
  });
  const load = { callers: 4, pauseMs: 20, seconds: sessionSeconds * 1.2 };
  const { calls, failures, slowest } = await callSteadily(invoker, invocation, load);
  context.diagnostic(
    `${calls} calls, ${failures.length} failed, slowest ${Math.round(slowest)} ms, ${asked} calls of STS refused`,
  );
  assert.deepEqual(failures, []);
  assert.ok(asked >= 2, 'the refresh was due in the outage');
  assert.match(during[0] ?? '', /^no credentials from role /, 'and the status told so');
  const after = invoker.credentials()[0];
  assert.ok((after?.expiresAt ?? 0) > (before?.expiresAt ?? 0), 'another session serves');
  assert.equal(after?.reason, undefined);
});
