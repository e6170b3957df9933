import assert from 'node:assert/strict';
import { AlbMultiValueHeadersSchema, AlbSchema } from '@aws-lambda-powertools/parser/schemas/alb';
import { APIGatewayProxyEventSchema } from '@aws-lambda-powertools/parser/schemas/api-gateway';
import { APIGatewayProxyEventV2Schema } from '@aws-lambda-powertools/parser/schemas/api-gatewayv2';
import { LambdaFunctionUrlSchema } from '@aws-lambda-powertools/parser/schemas/lambda';
import { type Event, eventApi, eventBytes, parseEvent } from './aws-events.ts';
import { type HostileRequest, hostileRequests } from './hostile-requests.ts';

interface Dialect {
  readonly format: string;
  readonly options: object;
  readonly schema: { parse(event: unknown): unknown };
  readonly version: 1 | 2 | 'alb';
}

/** A name for each way in which events are made. */
export const eventDialects: Readonly<Record<string, Dialect>> = {
  'api-gateway-v1': { format: 'api-gateway-v1', options: {}, schema: APIGatewayProxyEventSchema, version: 1 },
  'http-api-v1': { format: 'http-api-v1', options: {}, schema: APIGatewayProxyEventSchema, version: 1 },
  'api-gateway-v2': { format: 'api-gateway-v2', options: {}, schema: APIGatewayProxyEventV2Schema, version: 2 },
  'function-url': { format: 'function-url', options: {}, schema: LambdaFunctionUrlSchema, version: 2 },
  alb: { format: 'alb', options: {}, schema: AlbSchema, version: 'alb' },
  'alb, multi-value': {
    format: 'alb',
    options: { multiValueHeaders: true },
    schema: AlbMultiValueHeadersSchema,
    version: 'alb',
  },
};

/**
 * Makes `count` events of hostile requests: each must be one that Powertools reads, with the request's body, query, headers and
 * cookies in it. Gives how often each class of requests came up.
 */
export async function checkEvents(name: string, seed: number, count: number): Promise<ReadonlyMap<string, number>> {
  const dialect = eventDialects[name];
  assert.ok(dialect);
  const api = eventApi(dialect.format, { format: dialect.options });
  const requests = hostileRequests(seed);
  const classes = new Map<string, number>();
  for (let round = 0; round < count; round++) {
    const request = requests.next().value;
    for (const each of request.classes) classes.set(each, (classes.get(each) ?? 0) + 1);
    const { method, path, query, headers, body, remoteAddress } = request;
    const uri = query === undefined ? path : `${path}?${query}`;
    const event = parseEvent(await eventBytes(api, { method, path: uri, headers, body, head: { remoteAddress } }));
    try {
      dialect.schema.parse(event);
      checkEvent(event, request, dialect, name);
    } catch (error) {
      throw new Error(`${name}, request ${round} of seed ${seed}: ${uri}`, { cause: error });
    }
  }
  return classes;
}

function checkEvent(event: Event, request: HostileRequest, { version }: Dialect, name: string): void {
  const isMulti = name.endsWith('multi-value');
  assert.equal(version === 2 ? event.requestContext.http.method : event.httpMethod, request.method);
  checkBody(event, request);
  const { path } = request;
  if (name === 'api-gateway-v2') assert.equal(event.rawPath, decoded(path));
  else assert.equal(version === 2 ? event.rawPath : event.path, path);
  const pairs = (request.query ?? '')
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => /^([^=]*)=?(.*)$/s.exec(piece)?.slice(1) ?? [])
    .map((pair) => (version === 'alb' ? pair : pair.map((text) => decoded(text.replaceAll('+', ' ')))));
  const values = grouped(pairs);
  if (version === 2) {
    assert.equal(event.rawQueryString, request.query ?? '');
    assertValues(event.queryStringParameters ?? {}, values, (all) => all.join(','));
  } else {
    const nothing = version === 1 && values.size === 0;
    if (!isMulti) {
      if (nothing) assert.equal(event.queryStringParameters, null);
      else assertValues(event.queryStringParameters, values, (all) => all.at(-1));
    }
    if (nothing) assert.equal(event.multiValueQueryStringParameters, null);
    else if (version === 1 || isMulti) assertValues(event.multiValueQueryStringParameters, values, (all) => all);
  }
  checkHeaders(event, request, version, isMulti, name);
}

function checkBody(event: Event, { body = Buffer.alloc(0) }: HostileRequest): void {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  assert.deepEqual(bytes, Buffer.from(body));
}

const HIDDEN = ['te', 'connection', 'content-length', 'x-forwarded-port'];
const MADE = ['host', 'content-length', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-port', 'x-amzn-trace-id'];

function checkHeaders(
  event: Event,
  request: HostileRequest,
  version: Dialect['version'],
  isMulti: boolean,
  name: string,
): void {
  const sent = request.headers
    .filter(([key]) => !HIDDEN.includes(key) && !key.startsWith('x-envoy-'))
    .map(([key, value]) => [key, headerText(value)]);
  const values = grouped(sent);
  const cookies = values.get('cookie')?.flatMap((value) => value.split(';').map((pair) => pair.trim())) ?? [];
  const pairs = cookies.filter((pair) => pair !== '');
  if (version === 2) assert.deepEqual(event.cookies ?? [], pairs);
  if (name === 'api-gateway-v2') values.delete('cookie');
  const asText = (all: readonly string[], key: string): string | undefined => {
    if (key === 'cookie') return all.join('; ');
    return version === 2 ? all.join(',') : all.at(-1);
  };
  const made = (headers: Event) => {
    const rest = Object.entries(headers).filter(
      ([key]) => !MADE.includes(key.toLowerCase()) || values.has(key.toLowerCase()),
    );
    return Object.fromEntries(rest.map(([key, value]) => [key.toLowerCase(), value]));
  };
  if (!isMulti) assertValues(made(event.headers), values, asText);
  if (version === 1 || isMulti) assertValues(made(event.multiValueHeaders), values, (all) => all);
  const length = String(request.body?.length ?? 0);
  const headers = Object.fromEntries(
    Object.entries(event.headers ?? event.multiValueHeaders).map(([key, value]) => [key.toLowerCase(), String(value)]),
  );
  assert.equal(headers['content-length'], name === 'api-gateway-v1' ? undefined : length);
  assert.deepEqual([headers.host, headers['x-forwarded-port']], ['abc.example.com:8443', '8443']);
}

function grouped(pairs: readonly (readonly (string | undefined)[])[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name = '', value = ''] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

function assertValues(
  actual: Readonly<Record<string, unknown>>,
  values: ReadonlyMap<string, string[]>,
  shown: (all: string[], name: string) => unknown,
): void {
  assert.deepEqual(
    new Map(Object.entries(actual)),
    new Map([...values].map(([name, all]) => [name, shown(all, name)])),
  );
}

/** Percent decoding by trial: at each escape the shortest run of them that is a character. */
function decoded(text: string): string {
  let result = '';
  for (let at = 0; at < text.length; ) {
    const found = [1, 2, 3, 4].flatMap((count) => {
      const run = new RegExp(`^(?:%[0-9a-fA-F]{2}){${count}}`).exec(text.slice(at))?.[0];
      try {
        return run === undefined ? [] : [[run.length, decodeURIComponent(run)] as const];
      } catch {
        return [];
      }
    })[0];
    result += found?.[1] ?? text[at];
    at += found?.[0] ?? 1;
  }
  return result;
}

function headerText(value: Uint8Array): string {
  const text = Buffer.from(value).toString('utf8');
  return text.includes('\ufffd') ? Buffer.from(value).toString('latin1') : text;
}
