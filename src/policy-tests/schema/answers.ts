import { z } from 'zod';
import { field, integer } from '../../config/index.ts';
import { givenFailures } from '../../lambda/index.ts';
import { json } from './json.ts';

/** Which calls an answer is for. */
const when = z.strictObject({
  region: field(z.string(), { title: 'Region', description: 'Of the call.', examples: ['eu-central-1'] }),
  qualifier: field(z.string(), { title: 'Qualifier', description: 'Version or alias.', examples: ['live'] }),
  payload: json.optional().meta({
    title: 'Payload',
    description: 'Of the call: equal JSON, or the same text.',
    examples: [{ customer: 'ada' }],
  }),
});

/** One answer of a function: exactly one of `result…`, `error`, `status`, `failure`. */
export const answer = z
  .strictObject({
    result: json.optional().meta({
      title: 'Result',
      description: 'What the function returns; sent as JSON.',
      examples: [{ tier: 'gold' }],
    }),
    resultText: field(z.string(), {
      title: 'Result as text',
      description: 'The bytes of the result, if they are text but not necessarily JSON.',
      examples: ['not JSON'],
    }),
    resultBase64: field(z.base64(), {
      title: 'Result in base64',
      description: 'The bytes of the result.',
      examples: ['AAEC'],
    }),
    chunks: field(z.array(z.string()).min(1), {
      title: 'Chunks',
      description: 'The texts that a streaming function writes one after the other.',
      examples: [['data: one\n\n', 'data: two\n\n']],
    }),
    prelude: field(z.record(z.string(), json), {
      title: 'Prelude',
      description:
        'What a streaming function sends before its body: `statusCode`, `headers`, `cookies`. With a result or `chunks`.',
      examples: [{ statusCode: 200, headers: { 'content-type': 'text/event-stream' } }],
    }),
    functionError: field(z.enum(['Unhandled', 'Handled']), {
      title: 'Function error',
      description:
        'The function itself failed; `result` is the error that it reports. With `chunks`: after it has written them.',
      examples: ['Unhandled'],
    }),
    error: field(z.string(), {
      title: 'Error of AWS',
      description: "The name of the error that Lambda's API answers with.",
      examples: ['TooManyRequestsException'],
    }),
    status: field(integer(300, 599), {
      title: 'Status',
      description:
        "With `error`: a status other than AWS's own for this error. Alone: the status of an intermediary's answer, which does not come from AWS.",
      examples: [503],
    }),
    reason: field(z.string(), {
      title: 'Reason',
      description: 'With `error`: which limit throttled the call.',
      examples: ['CallerRateLimitExceeded'],
    }),
    retryAfterSeconds: field(integer(0), {
      title: 'Retry-After',
      description: 'With `error` or `status`: seconds.',
      examples: [2],
    }),
    failure: field(z.enum(givenFailures), {
      title: 'Failure',
      description: 'Lambda is not reached, or its answer is lost.',
      examples: ['connection-failed'],
    }),
    delayMs: field(integer(0), {
      title: 'Delay',
      description: "Milliseconds until the answer comes. They take no time; the policies' time limits count them.",
      default: 0,
      examples: [31_000],
    }),
    when: field(when, {
      title: 'When',
      description: 'Only for calls that are like this.',
      examples: [{ region: 'eu-central-1' }],
    }),
  })
  .meta({ id: 'answer', title: 'Answer', description: 'What a function answers.' });

export type AnswerDocument = z.infer<typeof answer>;

export const functions = field(
  z.record(z.string(), z.union([answer, z.array(answer)], 'expected an answer as {result: {…}}, or a list of answers')),
  {
    title: 'Functions',
    description:
      'Maps the name of a function (`name`, `name:qualifier` or as in the policy) to its answer for every call, or to a list: each call takes the first answer left that matches it.',
    default: {},
    examples: [{ 'customer-tier': { result: { tier: 'gold' } } }],
  },
);
