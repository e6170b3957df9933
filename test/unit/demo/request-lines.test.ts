// The line of `npm start` for a request, of what Envoy and the sidecar log of it.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { RequestLines } from '../../../demo/request-lines.ts';
import type { LogLine } from '../../../demo/sidecar.ts';

function lineOf(t: TestContext, request: LogLine, logs: readonly LogLine[]): string {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: string[] = [];
  const lines = new RequestLines((line) => told.push(line));
  for (const log of logs) lines.addLog({ requestId: 'id-1', api: 'orders', ...log });
  const facts = { id: 'id-1', start: Date.now(), method: 'GET', path: '/orders', route: 'orders', milliseconds: 3 };
  lines.add({ ...facts, ...request });
  t.mock.timers.tick(1_000);
  assert.equal(told.length, 1);
  return told[0] ?? '';
}

test('a policy whose expression fails before its call does not count as one with a cached result', (t) => {
  const reason = 'in customer: jsonPath(): expected an object';
  const place = 'demo/policies.yaml:34:33';
  const line = lineOf(t, { status: 500, errorKey: 'AWS_LAMBDA_INVALID_RESPONSE' }, [
    { msg: 'request failed', policy: 'tier', kind: 'expression', place, reason },
    { msg: 'decision', decision: 'refused', ran: ['tier'] },
  ]);
  assert.equal(
    line,
    `GET /orders → 500 in 3 ms: API orders; tier failed without a call; answered with the error AWS_LAMBDA_INVALID_RESPONSE\n    ${place}: ${reason}`,
  );
});

test('a policy that ran without a call and without a failure had a cached result', (t) => {
  const line = lineOf(t, { status: 200, changed: 'x-tier' }, [
    { msg: 'decision', decision: 'forwarded', ran: ['tier'] },
  ]);
  assert.equal(line, 'GET /orders → 200 in 3 ms: API orders; tier had a cached result; changed x-tier');
});

test('a function that does not exist is reported with the file that it would have', (t) => {
  const reason =
    'ResourceNotFoundException (404): Function not found: arn:aws:lambda:us-east-1:000000000000:function:teir';
  const line = lineOf(t, { status: 500 }, [{ msg: 'request failed', policy: 'tier', kind: 'error', reason }]);
  assert.match(line, /function:teir\n {4}Correct the name, or write the function: demo\/functions\/teir\.mjs$/);
});

test('a request without an API is reported as one', (t) => {
  const reason = 'x-lambda-api is "order", but no API has that name';
  const line = lineOf(t, { status: 500, errorKey: 'LAMBDA_EXT_PROC_UNKNOWN_API' }, [{ api: '', reason }]);
  assert.match(line, /3 ms: no API; answered with the error LAMBDA_EXT_PROC_UNKNOWN_API\n/);
});
