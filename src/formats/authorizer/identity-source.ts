import type { RequestView } from '../format.ts';
import { queryOf, queryValues } from '../query.ts';

/** Where a request contains a value that identifies the caller. */
export interface IdentitySource {
  readonly kind: 'header' | 'querystring' | 'stageVariables' | 'context';
  /** Of a header in lower case. */
  readonly name: string;
}

const FORM =
  /^(?:(?:method\.request\.|\$request\.)(?<kind>header|querystring)|\$?(?<other>stageVariables|context))\.(?<name>\S+)$/;

/** Values of `$context` that are known before the backend is called, as in the documentation of access logs. */
const CONTEXT_NAMES: readonly string[] = [
  'accountId',
  'apiId',
  'domainName',
  'domainPrefix',
  'httpMethod',
  'identity.sourceIp',
  'identity.userAgent',
  'path',
  'protocol',
  'resourcePath',
  'routeKey',
  'stage',
];

/** As API Gateway writes it, for REST (`method.request.header.X`) or HTTP APIs (`$request.header.X`); or why it is not valid. */
export function parseIdentitySource(text: string): IdentitySource | string {
  const { kind, other, name = '' } = FORM.exec(text)?.groups ?? {};
  if (kind === 'header') return { kind, name: name.toLowerCase() };
  if (kind === 'querystring') return { kind, name };
  if (other === 'stageVariables') return { kind: other, name };
  if (other !== 'context') {
    return 'is not an identity source: expected one such as $request.header.Authorization, $request.querystring.token, $stageVariables.name or $context.routeKey';
  }
  return CONTEXT_NAMES.includes(name)
    ? { kind: other, name }
    : `$context.${name} is not one of ${CONTEXT_NAMES.join(', ')}`;
}

/** What an identity source reads besides the request. */
export interface IdentityScope {
  stageVariable(name: string): string | undefined;
  context(name: string): string | undefined;
}

/**
 * The values of all sources in order; undefined: one is missing, empty or repeated, so that the function and
 * the backend might read different values.
 */
export function identityValues(
  sources: readonly IdentitySource[],
  request: RequestView,
  scope: IdentityScope,
): readonly string[] | undefined {
  const values: string[] = [];
  for (const source of sources) {
    const value = sourceValue(source, request, scope);
    if (value === undefined || value.trim() === '') return undefined;
    values.push(value);
  }
  return values;
}

function sourceValue({ kind, name }: IdentitySource, request: RequestView, scope: IdentityScope): string | undefined {
  switch (kind) {
    case 'header':
      return headerValue(name, request);
    case 'querystring':
      return onlyOne(queryValues(queryOf(request.uri), true).get(name));
    case 'stageVariables':
      return scope.stageVariable(name);
    case 'context':
      return scope.context(name);
  }
}

/** Cookies may come in several lines, which are one header (RFC 9113, 8.2.3). */
function headerValue(name: string, { headers, host }: RequestView): string | undefined {
  const values = headers.values(name);
  if (name === 'cookie') return values?.join('; ');
  if (name === 'host' && values === undefined) return onlyOne(headers.values(':authority')) ?? host ?? undefined;
  return onlyOne(values);
}

function onlyOne(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}
