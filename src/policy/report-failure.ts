import { ExpressionError } from '../expression/index.ts';
import { describeError, type FailureRecord } from '../observability/index.ts';
import { firstOf, kindOf } from './failure-kind.ts';
import type { PolicyFailure } from './policy-failure.ts';
import { loggable, redactionOf } from './private-variables.ts';
import type { Transaction } from './transaction.ts';

const MAX_REASON = 2_048;

/** A failure's record for log, metrics and admin page, made only here. `err`: why, as it may be logged. `goesOn`: the request continues. */
function failureRecord(
  transaction: Transaction,
  failure: PolicyFailure,
  err: unknown,
  { status, goesOn }: Pick<FailureRecord, 'status' | 'goesOn'>,
): FailureRecord {
  const { policies, step, identity, executions } = transaction;
  const { requestId, traceId, route } = identity;
  const { call } = failure;
  const redact = redactionOf(transaction);
  const expression = firstOf(failure, ExpressionError);
  const reason = describeError(err);
  return {
    time: Date.now(),
    requestId,
    traceId,
    route,
    api: policies.name,
    policy: step?.name,
    field: expression?.field ?? failure.field,
    place: expression?.place,
    key: failure.key,
    kind: kindOf(failure),
    reason: reason.length > MAX_REASON ? `${reason.slice(0, MAX_REASON)}…` : reason,
    status,
    byCaller: failure.byCaller,
    goesOn,
    function: call && (redact?.(call.function) ?? call.function),
    // An answer that cannot be used fails after its call.
    awsRequestId: call === undefined ? executions.get(step?.name ?? '')?.requestId : call.awsRequestId,
    errorType: call?.errorType,
    statusCode: call?.statusCode,
    attempts: call?.attempts,
  };
}

/** Further facts about a failure, for the log line. */
interface AnswerFacts extends Readonly<Record<string, unknown>> {
  /** Of what the caller gets, by a response template too. */
  readonly status: number;
}

/** Of a failure that ends the transaction; its key becomes the transaction's. */
export function reportFailure(
  transaction: Transaction,
  failure: PolicyFailure,
  message: string,
  facts: AnswerFacts,
): void {
  transaction.errorKey = failure.key;
  report(transaction, failure, levelOf(failure), message, facts);
}

/** Of a failure after which the request continues. */
export function reportSkipped(transaction: Transaction, failure: PolicyFailure, message: string): void {
  report(transaction, failure, 'warn', message, undefined, true);
}

function report(
  transaction: Transaction,
  failure: PolicyFailure,
  level: 'info' | 'warn' | 'error',
  message: string,
  facts?: AnswerFacts,
  goesOn = false,
): void {
  const { logger, observer } = transaction.runtime;
  const err = loggable(transaction, failure.cause ?? failure);
  const record = failureRecord(transaction, failure, err, { status: facts?.status ?? failure.status, goesOn });
  observer.failed(record, transaction.identity.recordedTraceId);
  const { time: _time, byCaller: _byCaller, goesOn: _goesOn, ...fields } = record;
  logger[level]({ ...fields, ...facts, err }, message);
}

const WARNINGS: ReadonlySet<PolicyFailure['key']> = new Set([
  'LAMBDA_EXT_PROC_OVERLOADED',
  'LAMBDA_EXT_PROC_SHUTTING_DOWN',
]);

/** What callers do, even many at once, is not an error of the server. */
function levelOf({ key, byCaller }: PolicyFailure): 'info' | 'warn' | 'error' {
  if (byCaller) return 'info';
  return WARNINGS.has(key) ? 'warn' : 'error';
}
