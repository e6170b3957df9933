import { ExpressionError } from '../expression/index.ts';
import type { FunctionAnswer } from '../formats/index.ts';
import { charge, textBytes } from '../memory-account.ts';
import type { LambdaConfiguration, PolicyStep } from './api-policies.ts';
import { authorize, refuseAmbiguous } from './authorize.ts';
import { withEvaluationLimit } from './evaluation-limit.ts';
import { invokeFunction } from './invoke-function.ts';
import { applyMutations, clearMutations } from './mutations.ts';
import type { Phase } from './phase.ts';
import { PolicyFailure, variableFailure } from './policy-failure.ts';
import { reportSkipped } from './report-failure.ts';
import { sendToConsumer, stopBody } from './send-to-consumer.ts';
import type { Transaction } from './transaction.ts';

/**
 * One policy: condition, invocation, variables, sendToConsumer, then `answer` where that took effect, else `mutations`.
 * Throws PolicyFailure. Where the mutations do not apply, the headers that they would have set are removed.
 */
export async function executeStep(transaction: Transaction, step: PolicyStep, phase: Phase): Promise<void> {
  const { configuration } = step;
  const { mutations } = configuration;
  const { trace } = transaction.runtime;
  trace?.({ kind: 'step', step, phase });
  if (step.authorizer?.isByPath) refuseAmbiguous(transaction, step.authorizer);
  if (!isWanted(transaction, step)) {
    transaction.steps?.skipped.push(step.name);
    transaction.stepSpan?.set('lambda_ext_proc.skipped', true);
    clearMutations(transaction, mutations, phase);
    return;
  }
  transaction.steps?.ran.push(step.name);
  let answer: FunctionAnswer | undefined;
  let sends = false;
  try {
    if (step.authorizer === undefined) {
      answer = await invokeFunction(transaction, step);
      trace?.({ kind: 'answer', answer });
      transaction.receiveAnswer(answer);
    } else await authorize(transaction, step, step.authorizer);
    setVariables(transaction, configuration);
    sends = sendsToConsumer(transaction, configuration);
    trace?.({ kind: 'send-to-consumer', value: sends });
    if (answer !== undefined && sends) {
      clearMutations(transaction, mutations, phase);
      sendToConsumer(transaction, answer, configuration.answer, phase);
    } else {
      if (answer !== undefined) stopBody(answer);
      applyMutations(transaction, mutations, phase);
    }
  } catch (thrown) {
    const error = withEvaluationLimit(transaction, thrown);
    if (answer !== undefined) stopBody(answer);
    // The caller is to get an answer: if its `answer` fails, fail the request even with `onError: continue`, or an
    // unchanged one would leave, or the request would go on.
    if (transaction.aborted) throw error;
    const goesOn = !sends && step.authorizer === undefined && step.onError === 'continue';
    const failure = PolicyFailure.from(error);
    trace?.({ kind: 'failure', failure, goesOn });
    if (!goesOn) throw failure;
    transaction.stepSpan?.set('error.type', failure.key);
    reportSkipped(transaction, failure, 'policy failed, going on as onError says');
    clearMutations(transaction, mutations, phase);
  }
}

function isWanted(transaction: Transaction, step: PolicyStep): boolean {
  if (step.condition === undefined) return true;
  const { trace } = transaction.runtime;
  try {
    const value = step.condition.evaluateBoolean(transaction);
    trace?.({ kind: 'condition', value });
    return value;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    trace?.({ kind: 'condition', value: false, error });
    // A caller could have a guard skipped by making its condition expensive.
    if (error.exhausted) throw withEvaluationLimit(transaction, error);
    const failure = new PolicyFailure('LAMBDA_EXT_PROC_INTERNAL', { cause: error, field: 'condition' });
    if (step.onConditionError === 'fail') throw failure;
    reportSkipped(transaction, failure, 'condition failed, policy skipped');
    return false;
  }
}

function setVariables(transaction: Transaction, configuration: LambdaConfiguration): void {
  for (const { name, value } of configuration.variables) {
    try {
      const text = value === undefined ? null : value.evaluate(transaction);
      setVariable(transaction, name, text);
      transaction.runtime.trace?.({ kind: 'variable', name, value: text });
    } catch (error) {
      throw variableFailure(`variable ${name}`, error);
    }
  }
}

function setVariable({ attributes, memory }: Transaction, name: string, value: string | null): void {
  if (value !== null) charge(memory, textBytes(value));
  const before = attributes.get(name);
  if (typeof before === 'string') memory.give(textBytes(before));
  attributes.set(name, value);
}

function sendsToConsumer(transaction: Transaction, configuration: LambdaConfiguration): boolean {
  const { sendToConsumer } = configuration;
  if (typeof sendToConsumer === 'boolean') return sendToConsumer;
  try {
    return sendToConsumer.evaluateBoolean(transaction);
  } catch (error) {
    throw variableFailure('sendToConsumer', error);
  }
}
