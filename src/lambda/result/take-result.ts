import { MAX_ANSWER_BYTES } from '../../lambda-quotas.ts';
import type { Attempt } from '../attempt.ts';
import type { Answer } from '../transport/answer.ts';
import { CollectedAnswer } from '../transport/collected-answer.ts';
import { exchange } from '../transport/exchange.ts';
import type { InvocationResult } from '../types.ts';
import { readAnswer } from './read-answer.ts';

/** One attempt of Invoke: its whole answer. Rejects with an InvocationError. */
export function takeResult(attempt: Attempt): Promise<InvocationResult> {
  const { dispatcher, request, limits, signal, memory, logTail, now } = attempt;
  const read = (answer: Answer): InvocationResult => {
    attempt.head = answer;
    return readAnswer(answer, limits.attempt, logTail, now());
  };
  return exchange(dispatcher, request, limits, signal, new CollectedAnswer(MAX_ANSWER_BYTES, read, memory));
}
