import type { FunctionAnswer } from './parts/mock.ts';

/** What a server that is no product has to be told to do. */
export type Behaviour = 'answer' | 'pass-through' | 'body';

/**
 * One case, and all that it needs: what callers send and must get, the API of policies.yaml that does it, and what the
 * other subjects do for it. A further case is a further entry of `benchCases`.
 */
export interface BenchCase {
  /** For `--cases`; the function of the case has the same name. */
  readonly name: string;
  readonly title: string;
  readonly request: {
    readonly method: 'GET' | 'POST';
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  /** An API of policies.yaml. */
  readonly api: object;
  /** What the function answers; `functionAnswer` by default. */
  readonly answer?: FunctionAnswer;
  /** Length of the body that callers must get. Lambda, backend and enriched backend answer with different lengths. */
  readonly expectBytes: number;
  /** What the bare servers and the Go server do; without it only this project can do the case. */
  readonly peers?: Behaviour;
  /** Envoy's own filter can do it: it answers with the function's result. */
  readonly native?: boolean;
  /** How many connections make the load; the first is the one that comparisons are made with. */
  readonly connections: readonly number[];
  /** In `--compare` without `--cases`. */
  readonly compared?: boolean;
}

export const functionAnswer: FunctionAnswer = {
  contentType: 'application/json',
  body: '{"statusCode":200,"tier":"gold","items":[1,2,3],"note":"hello from the function"}',
};

/** JSON of exactly so many bytes. */
function json(bytes: number, start = '{"id":"4711","filler":"'): string {
  return `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
}

export const backendAnswer = json(1024, '{"backend":"plain","filler":"');
/** To a request that carries `x-tier`. */
export const tieredAnswer = '{"backend":"tiered"}';

const lambdaBytes = functionAnswer.body.length;

/** The same, as a function behind API Gateway answers. */
const apiGatewayAnswer: FunctionAnswer = {
  contentType: 'application/json',
  body: JSON.stringify({
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: functionAnswer.body,
  }),
};

/** A policy as authorizers write them. */
const authorizerAnswer: FunctionAnswer = {
  contentType: 'application/json',
  body: JSON.stringify({
    principalId: 'user|a1b2c3d4',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: 'arn:aws:execute-api:*:*:*/prod/GET/*' },
        { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: 'arn:aws:execute-api:*:*:*/prod/*/admin/*' },
      ],
    },
    context: { tier: 'gold', tenant: 'acme' },
  }),
};

/** A token of usual length. The case without the authorizer sends it as well: Envoy tells of it all the same. */
const withToken = { method: 'GET', headers: { authorization: `Bearer ${'x'.repeat(400)}` } } as const;

const passThrough = { condition: "{#request.method == 'DELETE'}", configuration: { function: 'none', payload: '{}' } };

export const benchCases: readonly BenchCase[] = [
  {
    name: 'send',
    title: 'sendToConsumer, constant payload',
    request: { method: 'GET' },
    api: { request: [{ configuration: { function: 'send', payload: '{"a":1}', sendToConsumer: true } }] },
    expectBytes: lambdaBytes,
    peers: 'answer',
    native: true,
    connections: [32, 1, 256],
    compared: true,
  },
  {
    name: 'enrich',
    title: 'enrich: a body of 1 KB, a payload of two expressions, a header from the result',
    request: { method: 'POST', headers: { 'content-type': 'application/json' }, body: json(1024) },
    api: {
      request: [
        {
          configuration: {
            function: 'enrich',
            payload: `{"id": "{#jsonPath(#request.content, '$.id')}", "agent": "{#request.headers['user-agent'][0]}"}`,
            mutations: { headers: { set: { 'x-tier': "{#jsonPath(#lambdaResponse.content, '$.tier')}" } } },
          },
        },
      ],
    },
    expectBytes: tieredAnswer.length,
    connections: [32],
    compared: true,
  },
  {
    name: 'pass-through',
    title: 'pass-through: a condition that does not hold',
    request: withToken,
    api: { request: [passThrough] },
    expectBytes: backendAnswer.length,
    peers: 'pass-through',
    connections: [32],
    compared: true,
  },
  {
    name: 'authorizer',
    title:
      'a kept policy of an authorizer before a pass-through; to hold beside pass-through (at most 1.15 times its cost)',
    request: withToken,
    api: {
      request: [
        { authorizer: { type: 'TOKEN', resultTtlInSeconds: 3_600 }, configuration: { function: 'authorizer' } },
        passThrough,
      ],
    },
    answer: authorizerAnswer,
    expectBytes: backendAnswer.length,
    connections: [32],
  },
  {
    name: 'response',
    title: 'response transform: the result replaces a body of 1 KB',
    request: { method: 'GET' },
    api: {
      response: [
        {
          configuration: {
            function: 'response',
            payload: '{#response.content}',
            mutations: { body: '{#lambdaResponse.content}' },
          },
        },
      ],
    },
    expectBytes: lambdaBytes,
    connections: [32],
  },
  ...[1, 64, 1024].map((kilobytes): BenchCase => {
    const size = kilobytes < 1024 ? `${kilobytes}k` : '1m';
    return {
      name: `body-${size}`,
      title: `a request body of ${kilobytes < 1024 ? `${kilobytes} KB` : '1 MB'} as payload, sendToConsumer`,
      request: { method: 'POST', headers: { 'content-type': 'application/json' }, body: json(kilobytes * 1024) },
      api: {
        request: [{ configuration: { function: `body-${size}`, payload: '{#request.content}', sendToConsumer: true } }],
      },
      expectBytes: lambdaBytes,
      peers: 'body',
      native: true,
      connections: [kilobytes < 1024 ? 32 : 8],
    };
  }),
  {
    name: 'api-gateway-v2',
    title: 'API Gateway 2.0 both ways, a request body of 1 KB; to hold beside body-1k (at most 1.25 times its cost)',
    request: { method: 'POST', headers: { 'content-type': 'application/json' }, body: json(1024) },
    api: {
      request: [
        { configuration: { function: 'api-gateway-v2', requestFormat: 'api-gateway-v2', sendToConsumer: true } },
      ],
    },
    answer: apiGatewayAnswer,
    expectBytes: lambdaBytes,
    connections: [32],
  },
];
