import { z } from 'zod';
import { field } from '../../config/index.ts';
import { functions } from './answers.ts';
import { expect } from './expect.ts';
import { backend, request } from './messages.ts';

const bodyModes = ['NONE', 'BUFFERED', 'STREAMED', 'FULL_DUPLEX_STREAMED'] as const;

/** The fields of a test, which `defaults` may set for all tests. */
const given = {
  api: field(z.string(), {
    title: 'API',
    description:
      'The API whose policies run. Absent: the one that the document selects by `authority`, the attributes of `request` and `route`, else the API called `default`.',
    examples: ['orders'],
  }),
  route: field(z.string(), {
    title: 'Route',
    description: "Name of Envoy's route, which chooses an API by its `routes`.",
    examples: ['orders-v2'],
  }),
  authority: field(z.string(), {
    title: 'Authority',
    description: "The gRPC call's `:authority`, which chooses an API by its `authorities`.",
    default: 'lambda-ext-proc',
    examples: ['orders.default'],
  }),
  request: field(request, { title: 'Request', description: 'What the caller sends.', examples: [{ path: '/orders' }] }),
  functions,
  backend: field(backend, {
    title: 'Backend',
    description: 'What the backend answers, if the request reaches it; absent: 200 without a body.',
    examples: [{ status: 200, body: { ok: true } }],
  }),
};

const testCase = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .meta({
        title: 'Name',
        description: 'What the test shows. Unique in the file.',
        examples: ['a known customer gets its tier'],
      }),
    ...given,
    expect,
  })
  .meta({ id: 'test', title: 'Test', description: 'One request and its expected result.' });

/** A file of tests as a whole. */
export const testFileSchema = z
  .strictObject({
    $schema: field(z.string(), {
      title: 'Schema',
      description: 'Address of the JSON Schema, for editors.',
      examples: ['./node_modules/lambda-ext-proc/schema/policy-tests.schema.json'],
    }),
    policies: z
      .string()
      .min(1)
      .meta({
        title: 'Policies',
        description: 'The document that is tested; relative to this file.',
        examples: ['./policies.yaml'],
      }),
    secrets: field(z.record(z.string().regex(/^(?:env:.|file:\/)/, 'expected env:NAME or file:/path'), z.string()), {
      title: 'Secrets',
      description:
        "Values for `{#secrets.get('…')}` in the document: tests read no environment variables and no other files.",
      default: {},
      examples: [{ 'env:LAMBDA_EXT_PROC_SECRET_KEY': 'stand-in' }],
    }),
    envoy: field(
      z.strictObject({
        requestBodyMode: field(z.enum(bodyModes), {
          title: 'Request body mode',
          description: "The filter's `request_body_mode`.",
          default: 'NONE',
          examples: ['BUFFERED'],
        }),
        responseHeaderMode: field(z.enum(['SEND', 'SKIP']), {
          title: 'Response header mode',
          description: "The filter's `response_header_mode`; absent: as `envoy.responseHeaders` of the document says.",
          default: 'SKIP',
          examples: ['SEND'],
        }),
        responseBodyMode: field(z.enum(bodyModes), {
          title: 'Response body mode',
          description: "The filter's `response_body_mode`.",
          default: 'NONE',
          examples: ['BUFFERED'],
        }),
      }),
      {
        title: 'Envoy',
        description: "The filter's `processing_mode`, if it differs from the recommended one in envoy/envoy.yaml.",
        examples: [{ requestBodyMode: 'FULL_DUPLEX_STREAMED' }],
      },
    ),
    defaults: field(z.strictObject(given), {
      title: 'Defaults',
      description:
        'Defaults for each test: fields of `request` and `backend`, their headers one by one, and `functions` by name.',
      examples: [{ api: 'orders' }],
    }),
    tests: z
      .array(testCase)
      .min(1)
      .meta({
        title: 'Tests',
        description: 'Each is one request.',
        examples: [[{ name: 'passes', expect: { calls: [] } }]],
      }),
  })
  .meta({
    title: 'lambda-ext-proc policy tests',
    description: 'Unit tests for policies of lambda-ext-proc: `lambda-ext-proc test FILE`.',
  });

export type TestFileDocument = z.infer<typeof testFileSchema>;
export type TestDocument = TestFileDocument['tests'][number];
