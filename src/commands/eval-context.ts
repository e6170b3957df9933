import type {
  EvaluationContext,
  HeaderScope,
  ParameterScope,
  RequestScope,
  ResponseScope,
  SslScope,
} from '../expression/index.ts';
import { fromTagged } from '../expression/index.ts';
import { CONTEXT_ROOTS } from './context-check.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fields = { readonly [key: string]: Json | undefined };

/**
 * A context described as data (docs/reference/command-line.md, eval) as one to evaluate in. It was looked at by
 * `checkContext` before.
 */
export function readContext(data: unknown): EvaluationContext {
  const fields = record(data as Json);
  const variables = Object.entries(fields).filter(([name]) => !CONTEXT_ROOTS.has(name));
  const { request, response, lambdaResponse, error, context, api, node } = fields;
  const lambda = record(lambdaResponse);
  const failure = record(error);
  const apiFields = record(api);
  const nodeFields = record(node);
  return {
    request: request === undefined ? undefined : requestOf(record(request)),
    response: response === undefined ? undefined : responseOf(record(response)),
    lambdaResponse:
      lambdaResponse === undefined
        ? undefined
        : {
            status: Number(lambda.status),
            headers: new ContextHeaders(pairs(lambda.headers)),
            content: String(lambda.content ?? ''),
          },
    error:
      error === undefined
        ? undefined
        : {
            statusCode: Number(failure.statusCode),
            key: String(failure.key),
            message: String(failure.message),
            parameters: mapOf(failure.parameters),
          },
    attributes: mapOf(record(context).attributes),
    api:
      api === undefined
        ? undefined
        : {
            id: text(apiFields.id),
            name: text(apiFields.name),
            version: text(apiFields.version),
            properties: mapOf(apiFields.properties),
          },
    node:
      node === undefined
        ? undefined
        : {
            id: text(nodeFields.id),
            version: text(nodeFields.version),
            tenant: text(nodeFields.tenant),
            zone: text(nodeFields.zone),
            shardingTags: Array.isArray(nodeFields.shardingTags) ? nodeFields.shardingTags.map(String) : [],
          },
    variables: new Map(variables.map(([name, value]) => [name, fromTagged(value)])),
  };
}

function requestOf(fields: Fields): RequestScope {
  const ssl = fields.ssl === undefined ? undefined : record(fields.ssl);
  return {
    id: text(fields.id),
    transactionId: text(fields.transactionId),
    uri: text(fields.uri) ?? '',
    path: text(fields.path) ?? '',
    contextPath: text(fields.contextPath),
    pathInfo: text(fields.pathInfo),
    method: text(fields.method) ?? '',
    scheme: text(fields.scheme),
    host: text(fields.host),
    version: text(fields.version),
    timestamp: Number(fields.timestamp ?? 0),
    remoteAddress: text(fields.remoteAddress),
    localAddress: text(fields.localAddress),
    headers: new ContextHeaders(pairs(fields.headers)),
    params: parameters(pairs(fields.params)),
    pathParams: parameters(pairs(fields.pathParams)),
    ssl: ssl === undefined ? null : sslOf(ssl),
    metadata: mapOf(fields.metadata),
    content: text(fields.content),
  };
}

function responseOf(fields: Fields): ResponseScope {
  return {
    status: Number(fields.status ?? 200),
    headers: new ContextHeaders(pairs(fields.headers)),
    content: text(fields.content),
  };
}

function sslOf(fields: Fields): SslScope {
  return {
    clientHost: text(fields.clientHost),
    clientPort: typeof fields.clientPort === 'number' ? fields.clientPort : null,
    client: text(fields.client),
    server: text(fields.server),
  };
}

class ContextHeaders implements HeaderScope {
  readonly #values = new Map<string, string[]>();
  readonly #names: string[] = [];

  constructor(headers: readonly (readonly [name: string, value: string])[]) {
    for (const [name, value] of headers) {
      const key = name.toLowerCase();
      const values = this.#values.get(key);
      if (values === undefined) {
        this.#values.set(key, [value]);
        this.#names.push(name);
      } else values.push(value);
    }
  }

  values(name: string): readonly string[] | undefined {
    return this.#values.get(name);
  }

  names(): readonly string[] {
    return this.#names;
  }
}

function parameters(list: readonly (readonly [name: string, value: string])[]): ParameterScope {
  const scope = new Map<string, string[]>();
  for (const [name, value] of list) {
    const values = scope.get(name);
    if (values === undefined) scope.set(name, [value]);
    else values.push(value);
  }
  return scope;
}

function record(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function mapOf(value: Json | undefined): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(record(value)).map(([name, item]) => [name, fromTagged(item)]));
}

function text(value: Json | undefined): string | null {
  return value === undefined || value === null ? null : String(value);
}

/** Of a list of pairs, or an object whose values are texts or lists of them. */
function pairs(value: Json | undefined): readonly (readonly [string, string])[] {
  if (Array.isArray(value)) {
    return value.map((pair) => (Array.isArray(pair) ? [String(pair[0]), String(pair[1])] : ['', '']));
  }
  return Object.entries(record(value)).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((item) => [name, String(item)] as const),
  );
}
