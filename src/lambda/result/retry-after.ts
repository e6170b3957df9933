import { type AnswerHeaders, header } from '../transport/answer.ts';

/** Seconds from now that the answer asks to wait: Retry-After in seconds or as a date. */
export function retryAfterSeconds(headers: AnswerHeaders, now: number): number | undefined {
  const text = header(headers, 'retry-after')?.trim();
  if (text === undefined) return undefined;
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
