import { z } from 'zod';
import { field, integer } from '../../config/index.ts';
import { invocationTypes } from '../../lambda/index.ts';
import { json } from './json.ts';

const expectedHeaders = field(
  z.record(
    z.string(),
    z.union([z.string(), z.array(z.string()), z.null()], 'expected text in quotes, a list of texts, or null'),
  ),
  {
    title: 'Headers',
    description: 'Name to value, to all its values, or to null: there is no such header. Other headers are ignored.',
    examples: [{ 'x-tier': 'gold', 'x-secret': null }],
  },
);

const expectedTrailers = expectedHeaders.meta({
  title: 'Trailers',
  description: 'As headers.',
  examples: [{ 'content-digest': null }],
});

const expectedBody = {
  body: json.optional().meta({
    title: 'Body',
    description: 'The same text, or equal JSON in any order of keys; null: there is no body.',
    examples: [{ tier: 'gold' }],
  }),
  bodyBase64: field(z.base64(), { title: 'Body in base64', description: 'The same bytes.', examples: ['AAEC'] }),
};

const judgement = z.strictObject({
  allows: field(z.boolean(), { title: 'Allows', description: 'The request is allowed.', examples: [true] }),
  statement: integer(1)
    .nullable()
    .optional()
    .meta({
      title: 'Statement',
      description: 'The statement of the policy that decides, counted from 1; null: none does.',
      examples: [1, null],
    }),
  principalId: field(z.string(), { title: 'Principal', description: 'Of a policy.', examples: ['ada'] }),
  context: json.optional().meta({
    title: 'Context',
    description: 'It has these fields; other fields are ignored.',
    examples: [{ tier: 'gold' }],
  }),
});

const call = z
  .strictObject({
    function: z.string().meta({
      title: 'Function',
      description: 'As it is called: name, `name:qualifier` or ARN.',
      examples: ['customer-tier'],
    }),
    step: field(z.string(), { title: 'Step', description: 'The policy that calls it.', examples: ['tier'] }),
    region: field(z.string(), { title: 'Region', description: 'Region.', examples: ['us-east-1'] }),
    qualifier: field(z.string(), { title: 'Qualifier', description: 'Version or alias.', examples: ['live'] }),
    invocationType: field(z.enum(invocationTypes), {
      title: 'Invocation type',
      description: 'How it is called.',
      examples: ['Event'],
    }),
    payload: json.optional().meta({
      title: 'Payload',
      description: 'The same text, or equal JSON in any order of keys; null: there is none.',
      examples: [{ customer: 'ada' }],
    }),
    payloadIncludes: json.optional().meta({
      title: 'Payload includes',
      description:
        'The payload is JSON and has these fields; other fields are ignored. For events that `requestFormat` makes.',
      examples: [{ requestContext: { http: { method: 'POST' } } }],
    }),
    authorizer: field(judgement, {
      title: 'Authorizer',
      description: "What the authorizer's answer means for the request. Fields that are not named are ignored.",
      examples: [{ allows: false, statement: 2 }],
    }),
    payloadBase64: field(z.base64(), {
      title: 'Payload in base64',
      description: 'The same bytes.',
      examples: ['AAEC'],
    }),
  })
  .meta({ id: 'call', title: 'Call', description: 'One call of a function.' });

export type CallDocument = z.infer<typeof call>;

/** The expected result of a test. Fields that are not named are ignored. */
export const expect = z
  .strictObject({
    calls: field(z.array(z.union([z.string(), call], 'expected the name of a function, or {function: …}')), {
      title: 'Calls',
      description: 'Every call of a function, in order: a name, or the parts to compare. [] for none.',
      examples: [['customer-tier'], [{ function: 'customer-tier', payload: { customer: 'ada' } }]],
    }),
    forwarded: z
      .strictObject({
        method: field(z.string(), { title: 'Method', description: 'Method.', examples: ['POST'] }),
        path: field(z.string(), { title: 'Path', description: 'With its query.', examples: ['/orders'] }),
        headers: expectedHeaders,
        ...expectedBody,
        trailers: expectedTrailers,
      })
      .nullable()
      .optional()
      .meta({
        title: 'Forwarded',
        description: 'The request that reaches the backend; null: none does.',
        examples: [{ headers: { 'x-tier': 'gold' } }, null],
      }),
    response: field(
      z.strictObject({
        status: field(integer(100, 599), { title: 'Status', description: 'Status.', examples: [200] }),
        headers: expectedHeaders,
        ...expectedBody,
        trailers: expectedTrailers,
        streamed: field(z.boolean(), {
          title: 'Streamed',
          description: 'Whether it is sent to the caller while it arrives (`streaming`), or once it is complete.',
          examples: [true],
        }),
      }),
      { title: 'Response', description: 'What the caller gets.', examples: [{ status: 403 }] },
    ),
    attributes: field(z.record(z.string(), z.union([z.string(), z.null()], 'expected text in quotes, or null')), {
      title: 'Attributes',
      description: "Variables that policies set, as `{#context.attributes['name']}` reads them; null: no value.",
      examples: [{ tier: 'gold' }],
    }),
    error: z
      .string()
      .nullable()
      .optional()
      .meta({
        title: 'Error',
        description: 'Key of the error that the caller is answered with, or that cuts a streamed answer; null: none.',
        examples: ['AWS_LAMBDA_INVALID_RESPONSE', null],
      }),
  })
  .meta({
    title: 'Expect',
    description: 'The expected result. Fields that are not named are ignored.',
    examples: [{ forwarded: null, error: 'AWS_LAMBDA_INVALID_RESPONSE' }],
  });

export type ExpectDocument = z.infer<typeof expect>;
