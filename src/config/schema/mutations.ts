import { z } from 'zod';
import { policyDefaults } from '../../policy/index.ts';
import { body, field, flag, httpStatus, template, text } from './field.ts';

/** Header names are checked when the document is compiled, with a better text than a pattern would give. */
const headers = field(
  z.strictObject({
    set: field(z.record(z.string(), template.nullable()), {
      title: 'Set',
      description:
        'Header name to template. Null, or a template that evaluates to null, removes the header. Headers of `mutations` are also removed wherever the mutations do not apply.',
      default: {},
      examples: [{ 'x-tier': "{#context.attributes['tier']}" }],
    }),
    append: field(
      z.record(z.string(), z.union([template, z.array(template)], { error: 'expected text or a list of texts' })),
      {
        title: 'Append',
        description: 'Header name to a template or a list of templates, which are added to the existing values.',
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
    description: 'Changes to headers.',
    default: {},
    examples: [{ set: { 'x-tier': "{#context.attributes['tier']}", 'x-internal': null } }],
  },
);

const status = z.union([httpStatus, template], { error: 'expected a status from 200 to 599, or text' });

/** Changes of a function's answer if sendToConsumer takes effect. */
export const answer = z.strictObject({
  status: field(status, {
    title: 'Status',
    description:
      "Status to the caller: a number from 200 to 599 or a template that results in one. Absent: the function's status.",
    examples: [403],
  }),
  headers,
  body: field(body, {
    title: 'Body',
    description:
      "Body to the caller; content-length, content-type and content-encoding are adjusted. An object or a list is encoded as JSON, with templates as its values. Absent: the function's body.",
    examples: [{ error: 'refused' }],
  }),
});

export type AnswerDocument = z.infer<typeof answer>;

export const mutations = z.strictObject({
  headers,
  body: field(body, {
    title: 'Body',
    description:
      'Replaces the body; content-length and content-encoding are adjusted. An object or a list is encoded as JSON, with templates as its values, and sets `content-type: application/json` unless `headers` sets it.',
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
      'Replaces the status of the response: a number from 200 to 599 or a template that results in one. Response phase only.',
    examples: [201],
  }),
  clearRouteCache: field(flag, {
    title: 'Clear the route cache',
    description: 'Makes Envoy choose the route again, with the changed headers or path. Request phase only.',
    default: policyDefaults.clearRouteCache,
    examples: [true],
  }),
});
