import { type AuthorizerGrant, authorizerOf2 } from '../authorizer/grant.ts';
import type { RequestView, TransactionView } from '../format.ts';
import type { FormatOptions } from '../format-options.ts';
import { quote, quoteAll, TextField } from '../json-text.ts';
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
import { bodyLength, cookiesOf, eventHeaders, joinedValues } from './event-headers.ts';
import { pathParameters } from './path-parameters.ts';
import { joinedQuery } from './query-json.ts';
import { DEFAULT_ROUTE, RouteKey } from './route-key.ts';
import { Stage } from './stage.ts';

/** The differences between the two services with format 2.0. */
interface Service {
  readonly accountId: string;
  /** Whether `headers` has the cookies too, beside `cookies`. */
  readonly hasCookieHeader: boolean;
  rawPath(stage: string, path: string): string;
  requestId(request: RequestView): string;
  /** `requestContext.authorizer` as a member, or nothing. */
  authorizer(grant: AuthorizerGrant): string;
  /** `requestContext.authentication` as a member, or nothing. */
  authentication(certificate: string | undefined): string;
}

/** Events of an API Gateway HTTP API with payload format 2.0. */
export function httpApiEvent(options: FormatOptions): EventDialect {
  return version2(options, {
    accountId: NO_ACCOUNT,
    hasCookieHeader: false,
    rawPath: (stage, path) => `${stage === DEFAULT_ROUTE ? '' : `/${stage}`}${percentDecode(path)}`,
    requestId,
    authorizer: (grant) => `,"authorizer":${authorizerOf2(grant)}`,
    authentication: (certificate) => {
      return certificate === undefined ? '' : `"authentication":{"clientCert":${certificate}},`;
    },
  });
}

/** Events of a Lambda function URL. */
export function functionUrlEvent(options: FormatOptions): EventDialect {
  return version2(options, {
    accountId: 'anonymous',
    hasCookieHeader: true,
    rawPath: (_, path) => path,
    requestId: ({ uuid }) => uuid,
    // A function URL has no authorizer except IAM.
    authorizer: () => '',
    authentication: (certificate) => {
      return `"authentication":${certificate === undefined ? 'null' : `{"clientCert":${certificate}}`},`;
    },
  });
}

function version2(options: FormatOptions, service: Service): EventDialect {
  const stages = new Stage(options, DEFAULT_ROUTE);
  const routeKey = new RouteKey(options);
  const accountId = new TextField('accountId', options.accountId, service.accountId);
  const apiId = new TextField('apiId', options.apiId, NO_API);
  const domain = new DomainMembers(options);
  const variables = new StageVariables(options);

  function context(
    request: RequestView,
    transaction: TransactionView,
    { path, route, stage }: { readonly path: string; readonly route: string; readonly stage: string },
  ): string {
    const { timestamp } = request;
    return (
      `{"accountId":${accountId.json(transaction)},"apiId":${apiId.json(transaction)},` +
      `${service.authentication(clientCert(request))}${domain.of(request, transaction)},` +
      `"http":{"method":${quote(request.method)},"path":${path},"protocol":${quote(protocol(request))},` +
      `"sourceIp":${quote(sourceIp(request, options))},"userAgent":${quote(userAgent(request) ?? '')}},` +
      `"requestId":${quote(service.requestId(request))},"routeKey":${route},"stage":${quote(stage)},` +
      `"time":"${clfTime(timestamp)}","timeEpoch":${timestamp}` +
      `${request.grant === undefined ? '' : service.authorizer(request.grant)}}`
    );
  }

  return {
    noBody: '',
    isLenient: false,
    members(request, transaction) {
      const headers = eventHeaders(request, { contentLength: bodyLength(request), hasTraceId: false });
      const rawQuery = queryOf(request.uri);
      const query = queryValues(rawQuery, true);
      const cookies = cookiesOf(headers);
      const stage = stages.of(transaction);
      const path = quote(service.rawPath(stage, request.path));
      const route = quote(routeKey.of(request, transaction));
      const parameters = pathParameters(request.pathValues, percentDecode);
      const stageVariables = variables.of(transaction);
      return (
        `"version":"2.0","routeKey":${route},"rawPath":${path},"rawQueryString":${quote(rawQuery)}` +
        `${cookies.length === 0 ? '' : `,"cookies":${quoteAll(cookies)}`},` +
        `"headers":${joinedValues(headers, service.hasCookieHeader)}` +
        `${query.size === 0 ? '' : `,"queryStringParameters":${joinedQuery(query)}`},` +
        `"requestContext":${context(request, transaction, { path, route, stage })}` +
        `${parameters === undefined ? '' : `,"pathParameters":${parameters}`}` +
        `${stageVariables === undefined ? '' : `,"stageVariables":${stageVariables}`}`
      );
    },
  };
}
