import { z } from 'zod';
import { policyDefaults } from '../../policy/index.ts';
import { body, field, flag, httpStatus, template, text } from './field.ts';

/** Header names are checked when the document is compiled, with a better text than a pattern would give. */
const headers = field(
  z.strictObject({
    set: field(z.record(z.string(), template.nullable()), {
      title: 'Set',
      description:
        'Header name to template. Null, or a template that gives null, removes the header. Of `mutations` it is removed too wherever they do not apply.',
      default: {},
      examples: [{ 'x-tier': "{#context.attributes['tier']}" }],
    }),
    append: field(
      z.record(z.string(), z.union([template, z.array(template)], { error: 'expected text or a list of texts' })),
      {
        title: 'Append',
        description: 'Header name to a template or a list of templates, added beside the values that are there.',
        default: {},
        examples: [{ 'set-cookie': ['a=1', 'b=2'] }],
      },
    ),
    remove: field(z.array(text), {
      title: 'Remove',
      description: 'Header names.',
      default: [],
      examples: [['x-internal']],
    }),
  }),
  {
    title: 'Headers',
    description: 'Changes of headers.',
    default: {},
    examples: [{ set: { 'x-tier': "{#context.attributes['tier']}", 'x-internal': null } }],
  },
);

const status = z.union([httpStatus, template], { error: 'expected a status from 200 to 599, or text' });

/** What becomes of a function's answer where sendToConsumer takes effect. */
export const answer = z.strictObject({
  status: field(status, {
    title: 'Status',
    description:
      "Status to the caller: a number from 200 to 599 or a template that gives one. Absent: the function's own.",
    examples: [403],
  }),
  headers,
  body: field(body, {
    title: 'Body',
    description:
      "Body to the caller; content-length, content-type and content-encoding are made right. An object or a list is encoded as JSON, with templates at its leaves. Absent: the function's own.",
    examples: [{ error: 'refused' }],
  }),
});

export type AnswerDocument = z.infer<typeof answer>;

export const mutations = z.strictObject({
  headers,
  body: field(body, {
    title: 'Body',
    description:
      'Replaces the body; content-length and content-encoding are made right. An object or a list is encoded as JSON, with templates at its leaves, and sets `content-type: application/json` unless `headers` names it.',
    examples: ['{#lambdaResponse.content}', { tier: "{#context.attributes['tier']}" }],
  }),
  path: field(template, {
    title: 'Path',
    description: 'Replaces path and query of the request. Request phase only.',
    examples: ["/tenants/{#context.attributes['tenant']}"],
  }),
  status: field(status, {
    title: 'Status',
    description:
      'Replaces the status of the response: a number from 200 to 599 or a template that gives one. Response phase only.',
    examples: [201],
  }),
  clearRouteCache: field(flag, {
    title: 'Clear the route cache',
    description: 'Has Envoy choose the route again by the changed headers or path. Request phase only.',
    default: policyDefaults.clearRouteCache,
    examples: [true],
  }),
});
