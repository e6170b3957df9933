import type { PolicyStep } from './api-policies.ts';
import type { Phase } from './phase.ts';
import { PolicyFailure } from './policy-failure.ts';
import { executeStep } from './step.ts';
import type { Transaction } from './transaction.ts';

/** `executeStep`, and where traces are on a span of it. */
export function runStep(transaction: Transaction, step: PolicyStep, phase: Phase): Promise<void> | undefined {
  const { span } = transaction;
  // Even if nothing is recorded, the called service gets the trace.
  if (span?.isRecorded !== true) return executeStep(transaction, step, phase);
  return runRecorded(transaction, step, phase);
}

async function runRecorded(transaction: Transaction, step: PolicyStep, phase: Phase): Promise<void> {
  const span = transaction.span?.child(`policy ${step.name}`, 'internal', {
    'lambda_ext_proc.api': transaction.policies.name,
    'lambda_ext_proc.policy': step.name,
    'lambda_ext_proc.phase': phase,
  });
  transaction.stepSpan = span;
  try {
    await executeStep(transaction, step, phase);
  } catch (error) {
    span?.fail(transaction.aborted ? 'aborted' : PolicyFailure.from(error).key);
    throw error;
  } finally {
    span?.end();
    transaction.stepSpan = undefined;
  }
}
