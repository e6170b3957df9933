// The trace that logs and exemplars name: Envoy's by the metadata of its call, else the caller's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyRun } from '../../support/policy-run.ts';

const document = { apis: { default: {} } };
const OF_ENVOY = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const OF_CALLER = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-00`;

function metadata(traceparent: readonly string[]) {
  return { values: (name: string) => (name === 'traceparent' ? traceparent : []) };
}

test("the span of Envoy's call goes before what the request's headers say", () => {
  const { transaction } = policyRun(document, { headers: { traceparent: OF_CALLER } });
  transaction.callMetadata = metadata([OF_ENVOY]);
  assert.equal(transaction.traceId, 'a'.repeat(32));
  assert.deepEqual(transaction.traceParent, {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    sampled: true,
    random: false,
    traceState: undefined,
  });
});

test("where Envoy has no trace it is the caller's", () => {
  const { transaction } = policyRun(document, { headers: { traceparent: OF_CALLER } });
  transaction.callMetadata = metadata([]);
  assert.equal(transaction.traceId, 'c'.repeat(32));
});

test('it stays the same when a policy changes the header', () => {
  const { transaction } = policyRun(document, { headers: { traceparent: OF_CALLER } });
  assert.equal(transaction.traceId, 'c'.repeat(32));
  transaction.request?.headers.set('traceparent', OF_ENVOY);
  assert.equal(transaction.traceId, 'c'.repeat(32));
});

test('nobody names a trace', () => {
  assert.equal(policyRun(document).transaction.traceId, undefined);
  assert.equal(policyRun(document, { headers: { traceparent: 'hostile' } }).transaction.traceId, undefined);
});
