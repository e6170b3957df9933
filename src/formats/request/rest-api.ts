import { createHash } from 'node:crypto';
import { authorizerOf1 } from '../authorizer/grant.ts';
import type { RequestView, TransactionView } from '../format.ts';
import type { FormatOptions } from '../format-options.ts';
import { quote, TextField } from '../json-text.ts';
import { percentDecode } from '../percent-decode.ts';
import { queryOf, queryValues } from '../query.ts';
import type { EventDialect } from './aws-request.ts';
import { clfTime } from './clf-time.ts';
import {
  clientCert,
  DomainMembers,
  NO_ACCOUNT,
  NO_API,
  protocol,
  requestId,
  StageVariables,
  sourceIp,
  userAgent,
} from './event-facts.ts';
import { allValues, bodyLength, eventHeaders, keyOf, lastValues } from './event-headers.ts';
import { pathParameters } from './path-parameters.ts';
import { allOfQuery, lastOfQuery } from './query-json.ts';
import { DEFAULT_ROUTE, pathOfRoute, RouteKey } from './route-key.ts';
import { Stage } from './stage.ts';

/** The differences between the two services with format 1.0. */
interface Service {
  /** Members at the event's start. */
  readonly start: string;
  readonly stage: string;
  readonly hasContentLength: boolean;
  /** `identity.userAgent` of a request without one. */
  readonly noUserAgent: string;
  route(request: RequestView, transaction: TransactionView): Route;
  /** `requestContext.path`. */
  contextPath(stage: string, path: string): string;
  /** A path parameter, of the value as it was sent. */
  parameter(value: string): string;
  /** `requestId` and `extendedRequestId`. */
  ids(request: RequestView): readonly [id: string, extended: string];
}

/** An object of an event without entries: events of authorizers have it empty, others null. */
type Empty = 'null' | '{}';

interface Route {
  readonly resource: string;
  readonly resourceId: string;
  readonly values: ReadonlyMap<string, string> | undefined;
}

/** Events of an API Gateway REST API. */
export function restApiEvent(options: FormatOptions, empty: Empty = 'null'): EventDialect {
  const { resource } = options;
  const constantId = resource?.constant === undefined ? undefined : resourceId(resource.constant);
  const service: Service = {
    start: '',
    stage: 'prod',
    hasContentLength: false,
    noUserAgent: 'null',
    route(request) {
      const text = request.resource?.text;
      if (text === undefined) return wholePath(request.path);
      return { resource: text, resourceId: constantId ?? resourceId(text), values: request.pathValues };
    },
    contextPath: (stage, path) => `/${stage}${path}`,
    parameter: (value) => value,
    ids: ({ uuid }) => [uuid, extendedId(uuid)],
  };
  return version1(options, service, empty);
}

/** Events of an API Gateway HTTP API with payload format 1.0. */
export function httpApiV1Event(options: FormatOptions, empty: Empty = 'null'): EventDialect {
  const routeKey = new RouteKey(options);
  const service: Service = {
    start: '"version":"1.0",',
    stage: DEFAULT_ROUTE,
    hasContentLength: true,
    noUserAgent: '""',
    route(request, transaction) {
      const key = routeKey.of(request, transaction);
      return { resource: request.resource?.text ?? pathOfRoute(key), resourceId: key, values: request.pathValues };
    },
    contextPath: (_, path) => percentDecode(path),
    parameter: percentDecode,
    ids(request) {
      const id = requestId(request);
      return [id, id];
    },
  };
  return version1(options, service, empty);
}

function version1(options: FormatOptions, service: Service, empty: Empty): EventDialect {
  const stage = new Stage(options, service.stage);
  const accountId = new TextField('accountId', options.accountId, NO_ACCOUNT);
  const apiId = new TextField('apiId', options.apiId, NO_API);
  const domain = new DomainMembers(options);
  const variables = new StageVariables(options);
  const key = keyOf[options.headerNames];

  function context(request: RequestView, transaction: TransactionView, { resource, resourceId: id }: Route): string {
    const { timestamp } = request;
    const stageText = stage.of(transaction);
    const [requestIdText, extended] = service.ids(request);
    return (
      `{"accountId":${accountId.json(transaction)},"apiId":${apiId.json(transaction)},"resourceId":${quote(id)},` +
      `"resourcePath":${quote(resource)},"httpMethod":${quote(request.method)},` +
      `"path":${quote(service.contextPath(stageText, request.path))},"protocol":${quote(protocol(request))},` +
      `"stage":${quote(stageText)},${domain.of(request, transaction)},"requestId":${quote(requestIdText)},` +
      `"extendedRequestId":${quote(extended)},"requestTime":"${clfTime(timestamp)}","requestTimeEpoch":${timestamp},` +
      `"identity":${identity(request)}${request.grant === undefined ? '' : `,"authorizer":${authorizerOf1(request.grant)}`}}`
    );
  }

  function identity(request: RequestView): string {
    const agent = userAgent(request);
    const certificate = clientCert(request);
    return (
      `{"accessKey":null,"accountId":null,"apiKey":null,"apiKeyId":null,"caller":null,` +
      `"cognitoAuthenticationProvider":null,"cognitoAuthenticationType":null,"cognitoIdentityId":null,` +
      `"cognitoIdentityPoolId":null,"principalOrgId":null,"sourceIp":${quote(sourceIp(request, options))},` +
      `"user":null,"userAgent":${agent === undefined ? service.noUserAgent : quote(agent)},"userArn":null` +
      `${certificate === undefined ? '' : `,"clientCert":${certificate}`}}`
    );
  }

  return {
    noBody: ',"body":null',
    isLenient: true,
    members(request, transaction) {
      const route = service.route(request, transaction);
      const contentLength = service.hasContentLength ? bodyLength(request) : undefined;
      const headers = eventHeaders(request, { contentLength, hasTraceId: false });
      const query = queryValues(queryOf(request.uri), true);
      const hasQuery = query.size > 0;
      return (
        `${service.start}"resource":${quote(route.resource)},"path":${quote(request.path)},` +
        `"httpMethod":${quote(request.method)},"headers":${lastValues(headers, key)},` +
        `"multiValueHeaders":${allValues(headers, key)},` +
        `"queryStringParameters":${hasQuery ? lastOfQuery(query) : empty},` +
        `"multiValueQueryStringParameters":${hasQuery ? allOfQuery(query) : empty},` +
        `"pathParameters":${pathParameters(route.values, service.parameter) ?? empty},` +
        `"stageVariables":${variables.of(transaction) ?? empty},` +
        `"requestContext":${context(request, transaction, route)}`
      );
    },
  };
}

/** The resources of a REST API that forwards everything: one for the root, and one for all paths below it. */
function wholePath(path: string): Route {
  if (!path.startsWith('/') || path === '/') return { resource: '/', resourceId: rootId, values: undefined };
  return { resource: PROXY, resourceId: proxyId, values: new Map([['proxy', path.slice(1)]]) };
}

const PROXY = '/{proxy+}';

/** AWS's ids are opaque: six letters and digits, always the same for one resource. */
function resourceId(resource: string): string {
  return createHash('sha256').update(resource).digest('hex').slice(0, 6);
}

const rootId = resourceId('/');
const proxyId = resourceId(PROXY);

/** An id other than the UUID, in AWS's form (`JKJaXmPLvHcESHA=`), always the same for one request. */
function extendedId(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64', 0, 11);
}
