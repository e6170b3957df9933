import type { FailureRecord } from '../../src/observability/index.ts';

/** A failure as policies record it, now, of which a test says what matters to it. */
export function failureRecord(facts: Partial<FailureRecord> = {}): FailureRecord {
  return {
    time: Date.now(),
    requestId: undefined,
    traceId: undefined,
    route: undefined,
    api: 'orders',
    policy: undefined,
    field: undefined,
    place: undefined,
    key: 'LAMBDA_EXT_PROC_INTERNAL',
    kind: 'internal',
    reason: 'it failed',
    status: 500,
    byCaller: false,
    goesOn: false,
    function: undefined,
    awsRequestId: undefined,
    errorType: undefined,
    statusCode: undefined,
    attempts: undefined,
    ...facts,
  };
}
