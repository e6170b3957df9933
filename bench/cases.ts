import type { FunctionAnswer } from './parts/mock.ts';

/** What a server without policies is started to do: the bare servers and the Go server. */
export type Behaviour = 'answer' | 'pass-through' | 'body';

/**
 * One case and everything that it needs: what callers send and must receive, the API of policies.yaml, and the equivalent behaviour of
 * the other subjects. To add a case, add an entry to `benchCases`.
 */
export interface BenchCase {
  /** The name in `--cases`; the case's function has the same name. */
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
  /** What the bare servers and the Go server do for it; absent: only this project can do the case. */
  readonly peers?: Behaviour;
  /** Envoy's own filter can do it: it answers with the function's result. */
  readonly native?: boolean;
  /** Numbers of connections of the load generator; comparisons use the first. */
  readonly connections: readonly number[];
  /** Included in `--compare` without `--cases`. */
  readonly compared?: boolean;
}

export const functionAnswer: FunctionAnswer = {
  contentType: 'application/json',
  body: '{"statusCode":200,"tier":"gold","items":[1,2,3],"note":"hello from the function"}',
};

/** JSON of exactly this number of bytes. */
function json(bytes: number, start = '{"id":"4711","filler":"'): string {
  return `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
}

export const backendAnswer = json(1024, '{"backend":"plain","filler":"');
/** The backend's answer to a request with `x-tier`. */
export const tieredAnswer = '{"backend":"tiered"}';

const lambdaBytes = functionAnswer.body.length;

/** The same answer in the form of a function behind API Gateway. */
const apiGatewayAnswer: FunctionAnswer = {
  contentType: 'application/json',
  body: JSON.stringify({
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: functionAnswer.body,
  }),
};

/** The typical answer of an authorizer: an IAM policy. */
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

/** A token of typical length. The case without the authorizer also sends it, because Envoy sends it to the server in both cases. */
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
