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
    description: 'Requests that one worker processes at a time; further ones are a 503.',
    default: defaultLimits.streams,
    examples: [2_000],
  }),
  bufferedBytes: field(integer(1, 64 * GIBIBYTE), {
    title: 'Buffer limit',
    description:
      'Bytes that one worker holds at a time: bodies that policies read, messages that wait, answers that have not left. Beyond it requests are a 503.',
    default: defaultLimits.bufferedBytes,
    examples: [268_435_456],
  }),
  evaluationMs: field(integer(1, 60_000), {
    title: 'Evaluation limit',
    description:
      'Milliseconds of CPU time that all expressions of one request and its response may take; beyond it the request fails.',
    default: defaultLimits.evaluationMs,
    examples: [500],
  }),
  shares: field(z.record(z.string(), z.number().gt(0).max(1)), {
    title: 'Shares',
    description:
      'Name of an API to the fraction of `streams`, `bufferedBytes` and `responseStreams` that it may hold, above 0 and at most 1; beyond it its requests are a 503, and those of other APIs are not. `default` is for every API that is not named: 1 where there is a single one, else 0.8.',
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
      'Answers that one worker sends at a time while they arrive (`streaming`); a step beyond it calls no function, and its request is a 503.',
    default: defaultLimits.responseStreams,
    examples: [100],
  }),
});

/** policies.yaml as a whole. */
export const documentSchema = z
  .strictObject({
    $schema: field(z.string(), {
      title: 'Schema',
      description: 'Address of the JSON Schema, for editors.',
      examples: ['./node_modules/lambda-ext-proc/schema/policies.schema.json'],
    }),
    version: z.literal(1).meta({ title: 'Version', description: 'Version of this format: 1.', examples: [1] }),
    unmatched: field(z.enum(['reject', 'pass']), {
      title: 'Unmatched',
      description: 'What becomes of a stream that names no API: reject (500 with its key) or pass.',
      default: policyDefaults.unmatched,
      examples: ['pass'],
    }),
    inline: field(
      z.union(
        [z.literal(false), rightsSchema],
        'expected false, or lists as {functions: ["order-*"], regions: [us-east-1]}',
      ),
      {
        title: 'Inline',
        description:
          'What policies that routes bring in `x-lambda-policies` may call; false refuses them. An absent list allows nothing beyond `defaults`.',
        default: policyDefaults.inline,
        examples: [{ functions: ['order-*'], regions: ['us-east-1'] }],
      },
    ),
    allow: field(rightsSchema, {
      title: 'Allow',
      description: 'What expressions in the APIs of this document may give. An absent list bounds nothing.',
      examples: [{ functions: ['order-*'], regions: ['us-east-1'], endpoints: [], roles: [] }],
    }),
    envoy: field(envoySchema, {
      title: 'Envoy',
      description: 'What Envoy does not expose of its configuration, for all APIs; absent fields are not told.',
      examples: [{ allowModeOverride: true, messageTimeoutMs: 35_000 }],
    }),
    limits: field(limits, {
      title: 'Limits',
      description: 'Bounds of memory and work, for each worker.',
      examples: [{ bodyBytes: 1_048_576 }],
    }),
    resultStore: field(resultStore, {
      title: 'Result store',
      description: 'Results of steps with a `cache` are shared by all sidecars that have the same store.',
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
        'Laid under every configuration, inline ones too: objects are merged, but for bodies; everything else is replaced.',
      examples: [{ region: 'eu-west-1' }],
    }),
    responseTemplates: field(responseTemplatesSchema, {
      title: 'Response templates',
      description: "For all APIs; an API's own win, key by key.",
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
      description: 'Name to API. The one called `default` serves what names no other.',
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
