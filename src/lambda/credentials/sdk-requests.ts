import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { escapeUri } from '../request/uri.ts';
import { createDispatcher } from '../transport/dispatcher.ts';
import { ProxyVariables } from '../transport/proxy-variables.ts';
import { boundedLine, secretHeaders } from './bounded-line.ts';
import { addExchange, clockOf, type SourceExchange } from './source-exchanges.ts';

/** The part of a request of the SDK that is sent. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body: Readable;
  };
}

const CONNECT_TIMEOUT_MS = 2_000;
/** For the whole of one request. Two requests and the wait between them end before the wait for credentials does. */
const REQUEST_TIMEOUT_MS = 4_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_FOREIGN_BYTES = 2_048;
/** These are failures without an answer; the SDK retries errors with this name. */
const TRANSIENT = /^(?:UND_ERR_(?:CONNECT_TIMEOUT|SOCKET|ABORTED)|ECONNRESET|EPIPE|ETIMEDOUT|ABORT_ERR)$/;

/**
 * How the SDK's own clients (STS, IAM Identity Center) send: with the same proxies, connections and trust as an invocation,
 * and with a limit for every wait. recordExchanges records what is sent.
 */
export function sdkRequests(environment = process.env) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: (request: SdkRequest) => send(request, new ProxyVariables(environment)),
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

async function send(request: SdkRequest, proxies: ProxyVariables): Promise<SdkResponse> {
  const { protocol, hostname, port, method, headers, body } = request;
  const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
  const exchange: SourceExchange = { kind: 'service', place: `${method} ${origin}` };
  addExchange(exchange);
  let dispatcher: Dispatcher | undefined;
  try {
    dispatcher = createDispatcher({
      origin,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      trust: undefined,
      proxy: proxies.proxyFor(origin),
    });
    const answer = await dispatcher.request({
      origin,
      method: method as Dispatcher.HttpMethod,
      path: pathOf(request),
      headers,
      body: typeof body === 'string' || body instanceof Uint8Array ? body : null,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const bytes = await readAll(answer.body);
    exchange.status = answer.statusCode;
    exchange.clock = clockOf(answer.headers, Date.now());
    exchange.said = foreignWords(answer.statusCode, bytes, headers);
    return {
      response: { statusCode: answer.statusCode, headers: flat(answer.headers), body: Readable.from([bytes]) },
    };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    exchange.said = boundedLine(failure.message, []);
    throw tagged(failure);
  } finally {
    dispatcher?.destroy().catch(() => {});
  }
}

/** The text of an answer that does not come from AWS; the SDK reports errors of AWS itself. */
function foreignWords(status: number, body: Buffer, headers: SdkRequest['headers']): string | undefined {
  if (status < 300) return undefined;
  const text = body.subarray(0, MAX_FOREIGN_BYTES).toString('latin1');
  return /<Code>|"(?:__type|code|error|message)"/i.test(text) ? undefined : boundedLine(text, secretHeaders(headers));
}

async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function pathOf({ path, query = {} }: SdkRequest): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => (one === null ? escapeUri(name) : `${escapeUri(name)}=${escapeUri(String(one))}`)),
  );
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const fields = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(', ')] as const],
  );
  return Object.fromEntries(fields);
}

function tagged(error: Error): Error {
  if (error.name === 'TimeoutError') return named(`no answer within ${REQUEST_TIMEOUT_MS} ms`, error);
  const { code } = error as NodeJS.ErrnoException;
  return TRANSIENT.test(code ?? '') ? named(error.message, error) : error;
}

function named(message: string, cause: Error): Error {
  return Object.assign(new Error(message, { cause }), { name: 'TimeoutError' });
}
