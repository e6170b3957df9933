import type { Answer } from './answer.ts';
import type { ResponseTemplates } from './api-policies.ts';
import { errorAnswer } from './error-answer.ts';
import type { ErrorKey } from './error-catalogue.ts';
import { PolicyFailure } from './policy-failure.ts';
import { loggable } from './private-variables.ts';
import type { Transaction } from './transaction.ts';

/** What callers do is no error of ours: it must not page anybody. */
const callersOwn: ReadonlySet<ErrorKey> = new Set<ErrorKey>([
  'LAMBDA_EXT_PROC_UNSUPPORTED_ENCODING',
  'LAMBDA_EXT_PROC_MALFORMED_ENCODING',
]);

/** The caller's answer to whatever was thrown, logged once; its key becomes the transaction's. Does not throw. */
export function answerFailure(transaction: Transaction, error: unknown): Answer {
  const failure = PolicyFailure.from(error);
  transaction.errorKey = failure.key;
  const { policies, runtime } = transaction;
  const fields = { api: policies.name, key: failure.key };
  const level = callersOwn.has(failure.key) ? 'info' : 'error';
  runtime.logger[level]({ ...fields, err: loggable(transaction, failure.cause ?? failure) }, 'request failed');
  const onTemplateError = (err: unknown): void => {
    runtime.logger.error({ ...fields, err: loggable(transaction, err) }, 'response template failed, default body sent');
  };
  const answer = errorAnswer(failure, policies.responseTemplates, transaction, onTemplateError);
  if (answer.status >= 300 || !transaction.request?.opensTunnel) return answer;
  onTemplateError(new Error(`a status of ${answer.status} would tell the caller that its tunnel is open`));
  return errorAnswer(failure, noTemplates, transaction, onTemplateError);
}

const noTemplates: ResponseTemplates = new Map();

/** The failure of a step that would answer after Envoy's deadline. */
export function timeoutFailure({ step }: Transaction): PolicyFailure {
  const cause = new Error(`policy ${step?.name ?? ''} would answer after Envoy's message timeout`);
  const status = step?.configuration.errorStatus.timeout;
  return new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', { details: 'Timeout', status, cause });
}
