import type { Answer } from './answer.ts';
import type { ResponseTemplate, ResponseTemplates } from './api-policies.ts';
import { errorAnswer, type TemplateErrorListener } from './error-answer.ts';
import { PolicyFailure } from './policy-failure.ts';
import { loggable } from './private-variables.ts';
import { reportFailure } from './report-failure.ts';
import type { Transaction } from './transaction.ts';

/** The caller's answer to any thrown error, logged once; its key becomes the transaction's. Does not throw. */
export function answerFailure(transaction: Transaction, error: unknown): Answer {
  const failure = PolicyFailure.from(error);
  const { policies, runtime } = transaction;
  const templateErrors: unknown[] = [];
  const answer = answerOf(transaction, failure, (err) => templateErrors.push(err));
  // Only now is the answer's status known.
  reportFailure(transaction, failure, 'request failed', { status: answer.status });
  for (const err of templateErrors) {
    const fields = { api: policies.name, key: failure.key, err: loggable(transaction, err) };
    runtime.logger.error(fields, 'response template failed, default body sent');
  }
  return answer;
}

function answerOf(transaction: Transaction, failure: PolicyFailure, onTemplateError: TemplateErrorListener): Answer {
  const { policies, runtime } = transaction;
  let template: ResponseTemplate | undefined;
  const onTemplate = (used: ResponseTemplate): void => {
    template = used;
  };
  const { responseTemplates } = policies;
  const answer = errorAnswer(failure, responseTemplates, transaction, onTemplateError, transaction.memory, onTemplate);
  runtime.trace?.({ kind: 'error-answer', failure, template });
  if (answer.status >= 300 || !transaction.request?.opensTunnel) return answer;
  onTemplateError(new Error(`a status of ${answer.status} would tell the caller that its tunnel is open`));
  return errorAnswer(failure, noTemplates, transaction, onTemplateError);
}

const noTemplates: ResponseTemplates = new Map();

/** The failure of a step whose answer would come after Envoy's deadline. */
export function timeoutFailure({ step }: Transaction): PolicyFailure {
  const cause = new Error(`policy ${step?.name ?? ''} would answer after Envoy's message timeout`);
  const status = step?.configuration.errorStatus.timeout;
  return new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', {
    details: 'Timeout',
    status,
    cause,
    kind: 'message_timeout',
  });
}
