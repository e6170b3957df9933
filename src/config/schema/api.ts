import { z } from 'zod';
import { policyDefaults } from '../../policy/index.ts';
import { authorizerSchema } from './authorizer.ts';
import { configurationSchema } from './configuration.ts';
import { envoySchema } from './envoy.ts';
import { body, field, flag, httpStatus, template, text } from './field.ts';
import { selectionFields } from './selection.ts';

/** JSON data for expressions: kept as it is. */
const data = z.json().meta({ id: 'data', title: 'Data', description: 'Any JSON value, for expressions.' });

export const responseTemplatesSchema = z
  .record(
    z.string(),
    z.record(
      z.string(),
      z.strictObject({
        status: httpStatus.meta({ title: 'Status', description: 'Status to the caller.', examples: [502] }),
        headers: field(z.record(z.string(), template), {
          title: 'Headers',
          description: 'Header name to template.',
          default: {},
          examples: [{ 'cache-control': 'no-store' }],
        }),
        body: field(body, {
          title: 'Body',
          description:
            'Text, or an object or a list that is encoded as JSON; it can read `{#error.key}`, `.message`, `.statusCode`, `.parameters` and the request.',
          examples: [{ error: '{#error.key}' }, '{#error.message}'],
        }),
        propagateErrorKeyToLogs: field(flag, {
          title: 'Error key to logs',
          description: 'Accepted from exported APIs. The key is always in the log and the dynamic metadata.',
          default: false,
          examples: [true],
        }),
      }),
    ),
  )
  .meta({ id: 'responseTemplates', title: 'Response templates', description: 'Error key to media type to answer.' });

export const stepSchema = z
  .strictObject({
    name: field(text.min(1), {
      title: 'Name',
      description:
        'Unique in the API; names the step in logs, metrics and dynamic metadata. Absent: the function and the position.',
      examples: ['enrich'],
    }),
    policy: field(z.literal('aws-lambda'), {
      title: 'Policy',
      description: 'Accepted from exported steps.',
      default: 'aws-lambda',
      examples: ['aws-lambda'],
    }),
    enabled: field(flag, {
      title: 'Enabled',
      description: 'A step with false never runs.',
      default: true,
      examples: [false],
    }),
    description: field(text, {
      title: 'Description',
      description: 'A note for people; the server ignores it.',
      examples: ['Adds the customer tier.'],
    }),
    condition: field(template, {
      title: 'Condition',
      description: 'The step runs only if this template evaluates to true.',
      examples: ["{#request.method == 'POST'}"],
    }),
    onConditionError: field(z.enum(['skip', 'fail']), {
      title: 'On a condition error',
      description: 'What happens if the condition cannot be evaluated: skip the step, or fail the request.',
      default: policyDefaults.onConditionError,
      examples: ['fail'],
    }),
    onError: field(z.enum(['fail', 'continue']), {
      title: 'On an error',
      description:
        'What happens if the invocation fails: fail the request, or continue with the next step. Once sendToConsumer has taken effect, a failure in `answer` fails the request all the same.',
      default: policyDefaults.onError,
      examples: ['continue'],
    }),
    // Not null like other fields: a step whose authorizer has lost its lines would admit everybody.
    authorizer: authorizerSchema.optional().meta({
      title: 'Lambda authorizer',
      description:
        'The function decides whether the request is allowed, like a Lambda authorizer of API Gateway. Request phase only. Null is an error.',
      examples: [{ type: 'TOKEN' }],
    }),
    configuration: field(configurationSchema, {
      title: 'Configuration',
      description: 'The configuration of the policy; it overrides `defaults`.',
      examples: [{ function: 'order-enrich', sendToConsumer: true }],
    }),
  })
  .meta({ id: 'step', title: 'Step', description: 'One call of a function.' });

export type StepDocument = z.infer<typeof stepSchema>;

function steps(title: string, description: string, example: unknown) {
  return field(z.array(stepSchema), { title, description, default: [], examples: [[example]] });
}

export const apiSchema = z
  .strictObject({
    id: field(text, { title: 'Id', description: '`{#api.id}`.', examples: ['1f2e3d'] }),
    name: field(text, { title: 'Name', description: '`{#api.name}`.', examples: ['Orders'] }),
    version: field(text, { title: 'Version', description: '`{#api.version}`.', examples: ['1.0'] }),
    ...selectionFields,
    envoy: field(envoySchema, {
      title: 'Envoy',
      description:
        "Settings that the Envoy of this API's routes does not expose. They override those of the document, field by field.",
      examples: [{ responseHeaders: true }],
    }),
    contextPath: field(text.regex(/^\/[^?#\s]*$/, 'must begin with "/" and have no query'), {
      title: 'Context path',
      description:
        'The path under which callers reach the API: `{#request.contextPath}`, with a trailing `/`; `{#request.pathInfo}` is the rest of the path. Absent: null, and the whole path.',
      examples: ['/orders'],
    }),
    properties: field(z.record(z.string(), data), {
      title: 'Properties',
      description: "`{#properties['name']}`.",
      default: {},
      examples: [{ tier: 'gold' }],
    }),
    dictionaries: field(z.record(z.string(), z.record(z.string(), data)), {
      title: 'Dictionaries',
      description: "`{#dictionaries['name']['key']}`; added to the dictionaries of the document.",
      default: {},
      examples: [{ regions: { de: 'eu-central-1' } }],
    }),
    endpoints: field(z.record(z.string(), text), {
      title: 'Endpoints',
      description: "`{#endpoints['name']}`.",
      default: {},
      examples: [{ default: 'https://orders.internal/' }],
    }),
    responseTemplates: field(responseTemplatesSchema, {
      title: 'Response templates',
      description: 'Error key (or DEFAULT) to media type (or `*/*`) to answer.',
      default: {},
      examples: [{ DEFAULT: { 'application/json': { status: 502, body: { error: '{#error.key}' } } } }],
    }),
    request: steps('Request', 'Steps of the request phase, in order of execution.', {
      name: 'enrich',
      configuration: { function: 'order-enrich', payload: '{#request.content}' },
    }),
    response: steps('Response', 'Steps of the response phase, in order of execution.', {
      name: 'transform',
      configuration: { function: 'order-view', payload: '{#response.content}' },
    }),
    pre: steps(
      'Pre',
      'Request steps of a v2 API: `configuration.scope` decides when they run. Cannot be combined with `request`.',
      {
        policy: 'aws-lambda',
        configuration: { scope: 'REQUEST', function: 'order-enrich' },
      },
    ),
    post: steps(
      'Post',
      'Response steps of a v2 API: `configuration.scope` decides when they run. Cannot be combined with `response`.',
      { policy: 'aws-lambda', configuration: { scope: 'RESPONSE_CONTENT', function: 'order-view' } },
    ),
  })
  .meta({ id: 'api', title: 'API', description: 'The policies for the requests and responses of some routes.' });

export type ApiDocument = z.infer<typeof apiSchema>;
export type ResponseTemplatesDocument = z.infer<typeof responseTemplatesSchema>;
