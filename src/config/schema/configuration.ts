import { z } from 'zod';
import { invocationDefaults, invocationTypes, logTypes } from '../../lambda/index.ts';
import { CLIENT_CONTEXT_BYTES, ROLE_SESSION_SECONDS } from '../../lambda-quotas.ts';
import { policyDefaults } from '../../policy/index.ts';
import { cache } from './cache.ts';
import { errorStatus } from './error-status.ts';
import { body, field, flag, integer, template, text } from './field.ts';
import { format, formatName } from './format.ts';
import { answer, mutations } from './mutations.ts';
import { role } from './role.ts';
import { ssl } from './ssl.ts';
import { streaming } from './streaming.ts';

const milliseconds = integer(0);

const variable = z.strictObject({
  name: text
    .min(1)
    .meta({ title: 'Name', description: "Read as `{#context.attributes['name']}`.", examples: ['tier'] }),
  value: field(template, {
    title: 'Value',
    description: 'Template, evaluated after the invocation. Absent or null: the variable is null.',
    examples: ["{#jsonPath(#lambdaResponse.content, '$.tier')}"],
  }),
  private: field(flag, {
    title: 'Private',
    description: "Keeps every variable of this name of the API out of Envoy's dynamic metadata and the log.",
    default: false,
    examples: [true],
  }),
});

/** Fields of the policy's object that the reference has too, then what this project adds. */
export const configurationSchema = z
  .strictObject({
    scope: field(z.enum(['REQUEST', 'RESPONSE', 'REQUEST_CONTENT', 'RESPONSE_CONTENT']), {
      title: 'Scope',
      description:
        'Only under `pre` and `post`: whether the step runs before or after the body is read. Ignored elsewhere.',
      default: 'REQUEST',
      examples: ['REQUEST_CONTENT'],
    }),
    region: field(template, {
      title: 'Region',
      description: 'AWS region.',
      default: invocationDefaults.region,
      examples: ['eu-west-1'],
    }),
    accessKey: field(template, {
      title: 'Access key',
      description:
        "AWS access key. Set both keys, or neither to use the machine's identity. Takes `{#secrets.get(…)}`.",
      examples: ["{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_ACCESS_KEY')}"],
    }),
    secretKey: field(template, {
      title: 'Secret key',
      description: 'AWS secret key. Takes `{#secrets.get(…)}`.',
      examples: ["{#secrets.get('file:/run/secrets/lambda-ext-proc/secret-key')}"],
    }),
    function: field(template, {
      title: 'Function',
      description: 'Name, `name:qualifier`, partial or full ARN of the function. Required, here or in `defaults`.',
      examples: ['order-enrich'],
    }),
    payload: field(body, {
      title: 'Payload',
      description:
        'An object or a list is sent as JSON, with templates as its values; a text is sent unchanged. Absent or an empty text: no payload.',
      examples: [{ id: "{#request.headers['x-id'][0]}", source: 'gateway' }, '{#request.content}'],
    }),
    invocationType: field(z.enum(invocationTypes), {
      title: 'Invocation type',
      description:
        'RequestResponse waits for the result; Event queues (202, no result); DryRun checks permissions (204).',
      default: invocationDefaults.invocationType,
      examples: ['RequestResponse'],
    }),
    qualifier: field(template, { title: 'Qualifier', description: 'Version or alias.', examples: ['live'] }),
    logType: field(z.enum(logTypes), {
      title: 'Log type',
      description: "Tail writes the last 4 KB of the function's log to the server's log.",
      default: invocationDefaults.logType,
      examples: ['Tail'],
    }),
    roleArn: field(template, {
      title: 'Role ARN',
      description: 'Role to assume (by STS) with the base credentials.',
      examples: ['arn:aws:iam::222222222222:role/invoke-orders'],
    }),
    roleSessionName: field(template, {
      title: 'Role session name',
      description: 'Name of the assumed session.',
      default: invocationDefaults.roleSessionName,
      examples: ['orders-gateway'],
    }),
    variables: field(z.array(variable), {
      title: 'Variables',
      description: 'Evaluated in order after the invocation.',
      default: [],
      examples: [[{ name: 'tier', value: "{#jsonPath(#lambdaResponse.content, '$.tier')}" }]],
    }),
    sendToConsumer: field(z.union([flag, template], { error: 'expected true, false or an expression' }), {
      title: 'Send to consumer',
      description:
        "Answers the caller with the function's result instead of the backend's response. An expression is evaluated after the invocation.",
      default: policyDefaults.sendToConsumer,
      examples: [true, '{#lambdaResponse.status == 200}'],
    }),
    connectionTimeoutMs: field(milliseconds, {
      title: 'Connection timeout',
      description: 'Milliseconds to connect; 0 means no limit.',
      default: invocationDefaults.connectionTimeoutMs,
      examples: [1000],
    }),
    readTimeoutMs: field(milliseconds, {
      title: 'Read timeout',
      description: 'Milliseconds without a byte of the answer; 0 means no limit.',
      default: invocationDefaults.readTimeoutMs,
      examples: [10_000],
    }),
    apiCallAttemptTimeoutMs: field(milliseconds, {
      title: 'Attempt timeout',
      description: 'Milliseconds for one attempt; 0 or absent means no limit.',
      default: 0,
      examples: [5_000],
    }),
    apiCallTimeoutMs: field(milliseconds, {
      title: 'Call timeout',
      description: 'Milliseconds for all attempts; 0 or absent means no limit.',
      default: 0,
      examples: [15_000],
    }),
    ssl: field(ssl, {
      title: 'TLS',
      description: 'How the certificate of the endpoint is verified. Absent: with the authorities that Node trusts.',
      examples: [{ trustStoreType: 'PEM', trustStorePath: '/etc/ssl/lambda-ca.pem' }],
    }),
    endpoint: field(template, {
      title: 'Endpoint',
      description: 'URL of a private or local endpoint; https unless the URL says http.',
      examples: ['https://vpce-0123-abcd.lambda.eu-west-1.vpce.amazonaws.com'],
    }),

    requestFormat: field(formatName, {
      title: 'Request format',
      description:
        'How the request becomes the payload: `raw` sends `payload`; all others are events of AWS and for the request phase only.',
      default: 'raw',
      examples: ['api-gateway-v2'],
    }),
    responseFormat: field(formatName, {
      title: 'Response format',
      description: "How the function's result becomes an HTTP answer. Absent: as `requestFormat`.",
      examples: ['raw'],
    }),
    format: field(format, {
      title: 'Format',
      description: "Values of AWS's events that are not known from Envoy or the request.",
      examples: [{ stage: 'prod', resource: '/users/{id}' }],
    }),
    mutations: field(mutations, {
      title: 'Mutations',
      description:
        'Changes to the request or response that is forwarded. They do not apply where sendToConsumer takes effect, nor in later request steps.',
      default: {},
      examples: [{ headers: { set: { 'x-tier': "{#context.attributes['tier']}" } } }],
    }),
    answer: field(answer, {
      title: 'Answer',
      description:
        "What the caller gets where sendToConsumer takes effect: changes to the function's answer. It has no effect elsewhere.",
      default: {},
      examples: [{ status: 403, body: { error: 'refused' } }],
    }),
    cache: field(cache, {
      title: 'Cache',
      description: 'Keeps results, for RequestResponse only. Absent: every request calls the function.',
      examples: [{ ttlSeconds: 30 }],
    }),
    streaming: field(streaming, {
      title: 'Streaming',
      description:
        'Sends the answer while it arrives, in request steps with `sendToConsumer: true`. Absent or false: when it is complete.',
      default: false,
      examples: [true, { maxBytes: 1_048_576 }],
    }),
    externalId: field(template, {
      title: 'External id',
      description: 'ExternalId for `roleArn`.',
      examples: ['acme-7f3c'],
    }),
    durationSeconds: field(integer(1, ROLE_SESSION_SECONDS), {
      title: 'Session duration',
      description: 'Duration of the session of `roleArn`, in seconds. Absent: the default of STS, 3600.',
      examples: [900],
    }),
    roleChain: field(z.array(role), {
      title: 'Role chain',
      description: 'Roles that are assumed one after the other, before `roleArn`.',
      default: [],
      examples: [[{ roleArn: 'arn:aws:iam::111111111111:role/hub' }]],
    }),
    clientContext: field(template, {
      title: 'Client context',
      description: `JSON text that the function sees as its client context. At most ${CLIENT_CONTEXT_BYTES} bytes.`,
      examples: ['{"custom":{"tenant":"acme"}}'],
    }),
    tenantId: field(template, {
      title: 'Tenant id',
      description: 'Tenant of a function with tenant isolation.',
      examples: ["{#request.headers['x-tenant'][0]}"],
    }),
    sessionToken: field(template, {
      title: 'Session token',
      description: 'Token of temporary keys. Takes `{#secrets.get(…)}`.',
      examples: ["{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_SESSION_TOKEN')}"],
    }),
    retry: field(
      z.strictObject({
        maxAttempts: field(integer(1, 10), {
          title: 'Attempts',
          description: 'Total number of attempts, including the first.',
          default: invocationDefaults.maxAttempts,
          examples: [2],
        }),
        idempotent: field(flag, {
          title: 'Idempotent',
          description:
            'The function may safely run twice: also retry after the request was sent. Never applies to Event.',
          default: invocationDefaults.idempotent,
          examples: [true],
        }),
      }),
      {
        title: 'Retry',
        description:
          'Repeats an invocation after throttling, and after failures in which the function cannot have run.',
        examples: [{ maxAttempts: 2, idempotent: true }],
      },
    ),
    maxConcurrency: field(integer(1), {
      title: 'Concurrency limit',
      description: 'Concurrent invocations of the function; more are refused at once. Absent: no limit.',
      examples: [50],
    }),
    circuitBreaker: field(
      z.strictObject({
        failures: integer(1).meta({
          title: 'Failures',
          description: 'Consecutive failures that open the circuit.',
          examples: [5],
        }),
        openMs: integer(1).meta({
          title: 'Open time',
          description: 'Milliseconds that the circuit stays open.',
          examples: [10_000],
        }),
      }),
      {
        title: 'Circuit breaker',
        description: 'Refuses invocations of a function that keeps failing. Absent: off.',
        examples: [{ failures: 5, openMs: 10_000 }],
      },
    ),
    errorStatus: field(
      z.union([z.literal('honest'), errorStatus], 'expected honest, or statuses such as {throttled: 429}'),
      {
        title: 'Error status',
        description:
          "Statuses to the caller instead of Gravitee's 500. `honest`: 429 with Retry-After, 504, 413, and 502 if AWS was not reached or refused the call.",
        examples: ['honest', { throttled: 429, timeout: 504, tooLarge: 413 }],
      },
    ),
  })
  .meta({
    id: 'configuration',
    title: 'Configuration',
    description:
      "The configuration of the Lambda policy: first the fields that Gravitee's policy has too, then those of this project.",
  });

export type ConfigurationDocument = z.infer<typeof configurationSchema>;
