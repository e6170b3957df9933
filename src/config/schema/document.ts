import { z } from 'zod';
import { defaultLimits, policyDefaults } from '../../policy/index.ts';
import { apiSchema, responseTemplatesSchema } from './api.ts';
import { configurationSchema } from './configuration.ts';
import { envoySchema } from './envoy.ts';
import { field, integer } from './field.ts';
import { resultStore } from './result-store.ts';
import { rightsSchema } from './rights.ts';

const GIBIBYTE = 2 ** 30;

const limits = z.strictObject({
  bodyBytes: field(integer(0, GIBIBYTE), {
    title: 'Body limit',
    description: 'Bytes of one body that a policy reads; a larger one is a 413.',
    default: defaultLimits.bodyBytes,
    examples: [1_048_576],
  }),
  streams: field(integer(1, 1_000_000), {
    title: 'Stream limit',
    description: 'Requests that one worker processes at the same time; more are a 503.',
    default: defaultLimits.streams,
    examples: [2_000],
  }),
  bufferedBytes: field(integer(1, 64 * GIBIBYTE), {
    title: 'Buffer limit',
    description:
      'Bytes that one worker holds: bodies that policies read, waiting messages, answers that are not yet sent. Requests above it are a 503.',
    default: defaultLimits.bufferedBytes,
    examples: [268_435_456],
  }),
  evaluationMs: field(integer(1, 60_000), {
    title: 'Evaluation limit',
    description:
      'Milliseconds of CPU time that all expressions of one request and its response may use; a request that needs more fails.',
    default: defaultLimits.evaluationMs,
    examples: [500],
  }),
  shares: field(z.record(z.string(), z.number().gt(0).max(1)), {
    title: 'Shares',
    description:
      'Maps the name of an API to the fraction of `streams`, `bufferedBytes` and `responseStreams` that it may hold, above 0 and at most 1; above it only the requests of that API are a 503. `default` applies to every API that is not named: 1 if there is a single API, otherwise 0.8.',
    default: defaultLimits.shares,
    examples: [{ default: 0.5, orders: 0.8 }],
  }),
  bodyWaitMs: field(integer(1), {
    title: 'Body wait',
    description: 'How long policies wait for a body that they read; then the request is a 500.',
    default: defaultLimits.bodyWaitMs,
    examples: [60_000],
  }),
  responseStreams: field(integer(1, 1_000_000), {
    title: 'Response stream limit',
    description:
      'Streamed answers (`streaming`) that one worker sends at the same time; a step above it calls no function, and its request is a 503.',
    default: defaultLimits.responseStreams,
    examples: [100],
  }),
});

/** policies.yaml as a whole. */
export const documentSchema = z
  .strictObject({
    $schema: field(z.string(), {
      title: 'Schema',
      description: 'URL of the JSON Schema, for editors.',
      examples: ['./node_modules/lambda-ext-proc/schema/policies.schema.json'],
    }),
    version: z.literal(1).meta({ title: 'Version', description: 'Version of this format: 1.', examples: [1] }),
    unmatched: field(z.enum(['reject', 'pass']), {
      title: 'Unmatched',
      description: 'What happens to a stream that matches no API: reject (500 with its key) or pass.',
      default: policyDefaults.unmatched,
      examples: ['pass'],
    }),
    inline: field(
      z.union(
        [z.literal(false), rightsSchema],
        'expected false, or lists such as {functions: ["order-*"], regions: [us-east-1]}',
      ),
      {
        title: 'Inline',
        description:
          'What inline policies (the ones that routes send in `x-lambda-policies`) may call; false refuses inline policies. An absent list allows nothing beyond `defaults`.',
        default: policyDefaults.inline,
        examples: [{ functions: ['order-*'], regions: ['us-east-1'] }],
      },
    ),
    allow: field(rightsSchema, {
      title: 'Allow',
      description: 'What expressions in the APIs of this document may result in. An absent list means no limit.',
      examples: [{ functions: ['order-*'], regions: ['us-east-1'], endpoints: [], roles: [] }],
    }),
    envoy: field(envoySchema, {
      title: 'Envoy',
      description: 'Settings of Envoy that it does not expose, for all APIs; absent fields are unknown.',
      examples: [{ allowModeOverride: true, messageTimeoutMs: 35_000 }],
    }),
    limits: field(limits, {
      title: 'Limits',
      description: 'Limits on memory and work, for each worker.',
      examples: [{ bodyBytes: 1_048_576 }],
    }),
    resultStore: field(resultStore, {
      title: 'Result store',
      description: 'Shares the results of steps with a `cache` among all sidecars that use the same store.',
      examples: [
        {
          redis: { url: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_REDIS')}" },
          secret: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_STORE')}",
        },
      ],
    }),
    defaults: field(configurationSchema, {
      title: 'Defaults',
      description:
        'Defaults for every configuration, inline policies included: objects are merged, except bodies; everything else is replaced.',
      examples: [{ region: 'eu-west-1' }],
    }),
    responseTemplates: field(responseTemplatesSchema, {
      title: 'Response templates',
      description: 'For all APIs; templates of an API take precedence, key by key.',
      default: {},
      examples: [{ DEFAULT: { '*/*': { status: 502, body: '{#error.key}' } } }],
    }),
    dictionaries: apiSchema.shape.dictionaries.meta({
      title: 'Dictionaries',
      description: "`{#dictionaries['name']['key']}` of all APIs.",
      default: {},
      examples: [{ regions: { de: 'eu-central-1' } }],
    }),
    apis: field(z.record(z.string(), apiSchema), {
      title: 'APIs',
      description: 'Name to API. The API named `default` serves all requests that match no other.',
      default: {},
      examples: [
        {
          orders: { routes: ['orders-*'], request: [{ name: 'enrich', configuration: { function: 'order-enrich' } }] },
        },
      ],
    }),
  })
  .meta({
    title: 'lambda-ext-proc policies',
    description: 'Which AWS Lambda functions are called for which routes: policies.yaml of lambda-ext-proc.',
  });

export type PolicyDocument = z.infer<typeof documentSchema>;
