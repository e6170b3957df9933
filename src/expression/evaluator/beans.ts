import type {
  ApiScope,
  ErrorScope,
  EvaluationContext,
  LambdaResponseScope,
  MessageScope,
  NodeScope,
  ParameterScope,
  RequestScope,
  ResponseScope,
  SslScope,
} from '../context.ts';
import { LookupEntries } from '../functions/index.ts';
import { JavaArray, JavaList, JavaMap, type Run, type Value } from '../value.ts';
import { type BeanType, bean, beanType } from './bean.ts';
import { contentMap } from './content-maps.ts';
import { toValue } from './from-data.ts';
import { HeadersValue } from './headers-value.ts';
import { metadataMap } from './metadata-map.ts';
import { principal } from './principal.ts';
import type { Scope } from './scope.ts';

function array(text: string | null, run: Run): Value {
  if (text === null) return null;
  run.step(text.length >> 3);
  return new JavaArray('java.lang.String', text === '' ? [''] : split(text));
}

/** Java's split: empty strings at the end are dropped. */
function split(text: string): readonly string[] {
  const parts = text.split('/');
  while (parts.length > 0 && parts.at(-1) === '') parts.pop();
  return parts;
}

/** The gateway's MultiValueMap: a map of lists with methods of its own. */
export class ParametersMap extends JavaMap {}

function parameters(scope: ParameterScope, run: Run): ParametersMap {
  run.step(scope.size);
  const entries = new Map<Value, Value>();
  for (const [name, values] of scope) entries.set(name, new JavaList(values, 'linked'));
  return new ParametersMap(entries, 'map', true);
}

function paidPrincipal(name: string | null, run: Run): Value {
  run.step((name?.length ?? 0) >> 2);
  return principal(name);
}

const noSsl: SslScope = { clientHost: null, clientPort: null, client: null, server: null };

const sslType = beanType<SslScope>('request.ssl', {
  clientHost: (ssl) => ssl.clientHost,
  clientPort: (ssl) => ssl.clientPort,
  client: (ssl, run) => paidPrincipal(ssl.client, run),
  server: (ssl, run) => paidPrincipal(ssl.server, run),
});

const messageProperties = {
  headers: (message: MessageScope) => new HeadersValue(message.headers),
  content: (message: MessageScope) => message.content,
  jsonContent: (message: MessageScope, run: Run) => contentMap(message.content, 'json', run),
  xmlContent: (message: MessageScope, run: Run) => contentMap(message.content, 'xml', run),
};

const requestType = beanType<RequestScope>('request', {
  ...messageProperties,
  id: (request) => request.id,
  transactionId: (request) => request.transactionId,
  uri: (request) => request.uri,
  path: (request) => request.path,
  paths: (request, run) => array(request.path, run),
  pathInfo: (request) => request.pathInfo,
  pathInfos: (request, run) => array(request.pathInfo, run),
  contextPath: (request) => request.contextPath,
  method: (request) => request.method,
  scheme: (request) => request.scheme,
  host: (request) => request.host,
  version: (request) => request.version,
  timestamp: (request) => BigInt(request.timestamp),
  remoteAddress: (request) => request.remoteAddress,
  localAddress: (request) => request.localAddress,
  params: (request, run) => parameters(request.params, run),
  pathParams: (request, run) => parameters(request.pathParams, run),
  ssl: (request) => bean(sslType, request.ssl ?? noSsl),
  metadata: (request, run) => metadataMap(request.metadata, run),
});

const responseType = beanType<ResponseScope>('response', {
  ...messageProperties,
  status: (response) => response.status,
});

const lambdaResponseType = beanType<LambdaResponseScope>('lambdaResponse', {
  status: (response) => response.status,
  headers: (response) => new HeadersValue(response.headers),
  content: (response) => response.content,
});

const errorType = beanType<ErrorScope>('error', {
  statusCode: (error) => error.statusCode,
  key: (error) => error.key,
  message: (error) => error.message,
  parameters: (error) => toValue(error.parameters),
});

const apiType = beanType<ApiScope>('api', {
  id: (api) => api.id,
  name: (api) => api.name,
  version: (api) => api.version,
  properties: (api) => toValue(api.properties, true),
});

const nodeType = beanType<NodeScope>('node', {
  id: (node) => node.id,
  version: (node) => node.version,
  tenant: (node) => node.tenant,
  zone: (node) => node.zone,
  shardingTags: (node) => toValue(node.shardingTags),
});

const contextType = beanType<EvaluationContext>('context', {
  attributes: (context) => new AttributesValue(context.attributes),
});

/** `#context.attributes`: a key as it is, otherwise with the gateway's prefix. */
export class AttributesValue extends JavaMap {
  readonly attributes: ReadonlyMap<string, unknown>;

  constructor(attributes: ReadonlyMap<string, unknown>) {
    const names = () => [...attributes.keys()];
    super(new LookupEntries({ names, has: (name) => this.has(name), get: (name) => this.get(name) }), 'map', true);
    this.attributes = attributes;
  }

  get(key: string): Value {
    return toValue(this.attributes.get(key) ?? this.attributes.get(`gravitee.attribute.${key}`) ?? null);
  }

  has(key: string): boolean {
    return this.attributes.has(key) || this.attributes.has(`gravitee.attribute.${key}`);
  }
}

/** Variables of the language; every other name is looked up in `variables`. */
const ROOTS: ReadonlyMap<string, (context: EvaluationContext) => Value> = new Map([
  ['request', (context) => (context.request ? bean(requestType, context.request) : null)],
  ['response', (context) => (context.response ? bean(responseType, context.response) : null)],
  ['lambdaResponse', (context) => (context.lambdaResponse ? bean(lambdaResponseType, context.lambdaResponse) : null)],
  ['error', (context) => (context.error ? bean(errorType, context.error) : null)],
  ['api', (context) => (context.api ? bean(apiType, context.api) : null)],
  ['node', (context) => (context.node ? bean(nodeType, context.node) : null)],
  ['context', (context) => bean(contextType, context)],
]);

/** Properties of a language variable that is not null. */
export const ROOT_TYPES: ReadonlyMap<string, BeanType<never>> = new Map<string, BeanType<never>>([
  ['request', requestType],
  ['response', responseType],
  ['lambdaResponse', lambdaResponseType],
  ['error', errorType],
  ['api', apiType],
  ['node', nodeType],
  ['context', contextType],
]);

export const rootNames: readonly string[] = [...ROOTS.keys()];

export function rootVariable(name: string): (scope: Scope) => Value {
  const root = ROOTS.get(name);
  if (root === undefined) return ({ context }) => toValue(context.variables.get(name) ?? null);
  const index = rootNames.indexOf(name);
  return ({ context, run }) =>
    // The context may have plain data under such a name, without a bean for it.
    run.root(index, () => root(context) ?? toValue(context.variables.get(name) ?? null));
}
