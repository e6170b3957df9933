import type { RequestFormat, ResponseFormat, StreamedResponseFormat } from './format.ts';
import type { FormatField, FormatOptions } from './format-options.ts';
import { rawResponse } from './raw.ts';
import { albEvent } from './request/alb.ts';
import { AwsRequest } from './request/aws-request.ts';
import { functionUrlEvent, httpApiEvent } from './request/http-api.ts';
import { httpApiV1Event, restApiEvent } from './request/rest-api.ts';
import { albResponse } from './result/alb.ts';
import { apiGatewayV1Response } from './result/api-gateway-v1.ts';
import { apiGatewayV2Response, functionUrlResponse } from './result/api-gateway-v2.ts';
import { httpApiV1Response } from './result/http-api-v1.ts';
import { multiFirst, preludeStream, rawStream, singleFirst } from './result/streamed-answer.ts';

/** One of the names that `requestFormat` and `responseFormat` take. */
export interface Format {
  /** The service whose format it is, for readers. */
  readonly title: string;
  /** The fields of `format` that its events are made with. */
  readonly requestFields: readonly FormatField[];
  /** The fields of `format` that its results are read with. */
  readonly responseFields: readonly FormatField[];
  /** Undefined: the payload is the text of `payload`. */
  readonly request: ((options: FormatOptions) => RequestFormat) | undefined;
  readonly response: (options: FormatOptions) => ResponseFormat;
  /** Undefined: AWS does not stream it. */
  readonly streamed: StreamedResponseFormat | undefined;
}

const api = [
  'stage',
  'stageVariables',
  'accountId',
  'apiId',
  'domainName',
  'binaryMediaTypes',
  'trustedProxies',
] as const;

/** Every format by its name: the schema, the compiler and the reference page read this table. */
export const FORMATS = {
  raw: {
    title: 'the text of `payload`; the result as it is',
    requestFields: ['resource'],
    responseFields: [],
    request: undefined,
    response: () => rawResponse,
    streamed: rawStream,
  },
  'api-gateway-v1': {
    title: 'API Gateway, REST API (1.0)',
    requestFields: [...api, 'resource', 'headerNames'],
    responseFields: [],
    request: (options) => new AwsRequest(restApiEvent(options), options),
    response: () => apiGatewayV1Response,
    streamed: preludeStream(apiGatewayV1Response, multiFirst),
  },
  'http-api-v1': {
    title: 'API Gateway, HTTP API with payload format 1.0',
    requestFields: [...api, 'resource', 'routeKey', 'headerNames'],
    responseFields: [],
    request: (options) => new AwsRequest(httpApiV1Event(options), options),
    response: () => httpApiV1Response,
    streamed: preludeStream(httpApiV1Response, singleFirst),
  },
  'api-gateway-v2': {
    title: 'API Gateway, HTTP API with payload format 2.0',
    requestFields: [...api, 'resource', 'routeKey'],
    responseFields: [],
    request: (options) => new AwsRequest(httpApiEvent(options), options),
    response: () => apiGatewayV2Response,
    streamed: preludeStream(apiGatewayV2Response, singleFirst),
  },
  'function-url': {
    title: 'Lambda function URL (2.0)',
    requestFields: ['accountId', 'apiId', 'domainName', 'binaryMediaTypes', 'trustedProxies'],
    responseFields: [],
    request: (options) => new AwsRequest(functionUrlEvent(options), options),
    response: () => functionUrlResponse,
    streamed: preludeStream(functionUrlResponse, singleFirst),
  },
  alb: {
    title: 'Application Load Balancer',
    requestFields: ['multiValueHeaders', 'targetGroupArn', 'binaryMediaTypes'],
    responseFields: ['multiValueHeaders'],
    request: (options) => new AwsRequest(albEvent(options), options),
    response: ({ multiValueHeaders }) => albResponse(multiValueHeaders),
    streamed: undefined,
  },
} as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof FORMATS;
