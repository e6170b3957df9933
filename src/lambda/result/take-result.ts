import { MAX_ANSWER_BYTES } from '../../lambda-quotas.ts';
import type { Attempt } from '../attempt.ts';
import { CollectedAnswer } from '../transport/collected-answer.ts';
import { exchange } from '../transport/exchange.ts';
import type { InvocationResult } from '../types.ts';
import { readAnswer } from './read-answer.ts';

/** One attempt of Invoke: its whole answer. Rejects with an InvocationError. */
export async function takeResult(attempt: Attempt): Promise<InvocationResult> {
  const { dispatcher, request, limits, signal, memory, logTail, now } = attempt;
  const sink = new CollectedAnswer(MAX_ANSWER_BYTES, memory);
  try {
    const answer = await exchange(dispatcher, request, limits, signal, sink);
    attempt.onHead(answer.headers, answer.status);
    return readAnswer(answer, limits.attempt, logTail, now());
  } catch (error) {
    sink.giveBack();
    throw error;
  }
}
