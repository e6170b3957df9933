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
 * One policy: condition, invocation, variables, sendToConsumer, then `answer` if that took effect, otherwise `mutations`.
 * Undefined: it has ended without waiting for anything. Throws or rejects with PolicyFailure. If the mutations do not apply,
 * the headers that they would have set are removed.
 */
export function executeStep(transaction: Transaction, step: PolicyStep, phase: Phase): Promise<void> | undefined {
  const { trace } = transaction.runtime;
  trace?.({ kind: 'step', step, phase });
  if (step.authorizer?.isByPath) refuseAmbiguous(transaction, step.authorizer);
  if (!isWanted(transaction, step)) {
    transaction.steps?.skipped.push(step.name);
    transaction.stepSpan?.set('lambda_ext_proc.skipped', true);
    clearMutations(transaction, step.configuration.mutations, phase);
    return undefined;
  }
  transaction.steps?.ran.push(step.name);
  let asked: FunctionAnswer | undefined | Promise<FunctionAnswer | undefined>;
  try {
    asked = ask(transaction, step);
  } catch (error) {
    goOnOrFail(transaction, step, phase, error, false);
    return undefined;
  }
  if (asked instanceof Promise) return executeAsked(transaction, step, phase, asked);
  useAnswer(transaction, step, phase, asked);
  return undefined;
}

/** An authorizer has no answer for the request. */
function ask(transaction: Transaction, step: PolicyStep) {
  if (step.authorizer === undefined) return invokeFunction(transaction, step);
  return authorize(transaction, step, step.authorizer);
}

async function executeAsked(
  transaction: Transaction,
  step: PolicyStep,
  phase: Phase,
  asked: Promise<FunctionAnswer | undefined>,
): Promise<void> {
  let answer: FunctionAnswer | undefined;
  try {
    answer = await asked;
  } catch (error) {
    goOnOrFail(transaction, step, phase, error, false);
    return;
  }
  useAnswer(transaction, step, phase, answer);
}

function useAnswer(transaction: Transaction, step: PolicyStep, phase: Phase, answer: FunctionAnswer | undefined): void {
  const { configuration } = step;
  const { trace } = transaction.runtime;
  let sends = false;
  try {
    if (answer !== undefined) {
      trace?.({ kind: 'answer', answer });
      transaction.receiveAnswer(answer);
    }
    setVariables(transaction, configuration);
    sends = sendsToConsumer(transaction, configuration);
    trace?.({ kind: 'send-to-consumer', value: sends });
    if (answer !== undefined && sends) {
      clearMutations(transaction, configuration.mutations, phase);
      sendToConsumer(transaction, answer, configuration.answer, phase);
    } else {
      if (answer !== undefined) stopBody(answer);
      applyMutations(transaction, configuration.mutations, phase);
    }
  } catch (error) {
    if (answer !== undefined) stopBody(answer);
    goOnOrFail(transaction, step, phase, error, sends);
  }
}

/** `sends`: the caller is to get an answer. If its `answer` fails, an unchanged one would leave, or the request would go on. */
function goOnOrFail(transaction: Transaction, step: PolicyStep, phase: Phase, thrown: unknown, sends: boolean): void {
  const error = withEvaluationLimit(transaction, thrown);
  if (transaction.aborted) throw error;
  const goesOn = !sends && step.authorizer === undefined && step.onError === 'continue';
  const failure = PolicyFailure.from(error);
  transaction.runtime.trace?.({ kind: 'failure', failure, goesOn });
  if (!goesOn) throw failure;
  transaction.stepSpan?.set('error.type', failure.key);
  reportSkipped(transaction, failure, 'policy failed, continuing as onError says');
  clearMutations(transaction, step.configuration.mutations, phase);
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
