import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { type ClientRequest, IncomingMessage } from 'node:http';
import { startTimer } from '../timer.ts';
import { boundedLine, secretHeaders } from './bounded-line.ts';

/** One request to a source of credentials, as far as its errors and its clock need it. */
export interface SourceExchange {
  /** `metadata`: a service of the machine (IMDS, ECS, Pod Identity); `service`: STS or IAM Identity Center. */
  readonly kind: 'metadata' | 'service';
  /** `GET http://169.254.170.23`: no query, and no path that may hold an id of the credentials. */
  readonly place: string;
  status?: number | undefined;
  /** What an error answer says in its first line, or why there was none. */
  said?: string | undefined;
  /** The Date of the answer and our time when it came, in milliseconds. */
  clock?: { readonly theirs: number; readonly ours: number } | undefined;
}

const store = new AsyncLocalStorage<SourceExchange[]>();
const MAX_RECORDED = 64;
const MAX_BODY = 2_048;
/** The SDK waits for a container's agent without a limit; this is longer than its four tries take within one load. */
const MAX_ANSWER_MS = 5_000;
let subscribed = false;

/** Runs the work and notes all requests that it makes, in order. */
export function recordInto<T>(exchanges: SourceExchange[], work: () => Promise<T>): Promise<T> {
  observeNode();
  return store.run(exchanges, work);
}

/** Adds an exchange to what is recorded now, if anything is. */
export function addExchange(exchange: SourceExchange): void {
  const exchanges = store.getStore();
  if (exchanges !== undefined && exchanges.length < MAX_RECORDED) exchanges.push(exchange);
}

/** E.g. `GET http://169.254.170.23: 400 [1a2b]: (AccessDeniedException): …`. */
export function describeExchange({ place, status, said }: SourceExchange): string {
  const answer = [status, said].filter((part) => part !== undefined).join(' ');
  return `${place}: ${answer === '' ? 'no answer' : answer}`;
}

/** The difference between the answer's Date and our time; undefined if there is no Date, or a cache answered. */
export function clockOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number,
): SourceExchange['clock'] {
  const { date, age } = headers;
  const theirs = typeof date === 'string' && age === undefined ? Date.parse(date) : Number.NaN;
  return Number.isNaN(theirs) ? undefined : { theirs, ours: now };
}

/**
 * The metadata providers of the SDK use node:http without a way to pass a handler, and of an error answer they keep the status
 * at most. Node reports its requests through diagnostics channels.
 */
function observeNode(): void {
  if (subscribed) return;
  subscribed = true;
  const known = new WeakMap<ClientRequest, SourceExchange>();
  subscribe('http.client.request.start', (message) => {
    const { request } = message as { readonly request: ClientRequest };
    if (store.getStore() === undefined) return;
    const exchange: SourceExchange = { kind: 'metadata', place: placeOf(request) };
    known.set(request, exchange);
    addExchange(exchange);
    const hangs = (): void => void request.destroy(new Error(`no whole answer within ${MAX_ANSWER_MS} ms`));
    request.once('close', startTimer(MAX_ANSWER_MS, hangs));
  });
  subscribe('http.client.request.error', (message) => {
    const { request, error } = message as { readonly request: ClientRequest; readonly error: Error };
    const exchange = known.get(request);
    if (exchange === undefined || exchange.status !== undefined) return;
    // Node's message when the SDK itself has closed a connection that was silent for a second.
    exchange.said = error.message === 'socket hang up' ? undefined : boundedLine(error.message, []);
  });
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { readonly request: ClientRequest; readonly response: IncomingMessage };
    const exchange = known.get(request);
    if (exchange === undefined) return;
    exchange.status = response.statusCode;
    exchange.clock = clockOf(response.headers, Date.now());
    // A good answer holds keys: it is not looked at.
    if ((response.statusCode ?? 0) >= 300) watchBody(response, exchange, secretHeaders(request.getHeaders()));
  });
}

/** Observes what other code reads. */
function watchBody(response: IncomingMessage, exchange: SourceExchange, secrets: readonly string[]): void {
  let body = '';
  response.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk) && body.length < MAX_BODY) {
      body += chunk.toString('latin1');
      exchange.said = boundedLine(body, secrets);
    }
    return IncomingMessage.prototype.push.call(response, chunk, encoding);
  };
}

/** The path only where it is IMDS's own; that of a container may be all that protects its credentials. */
function placeOf(request: ClientRequest): string {
  const { method, protocol, host, path } = request;
  const port = request.getHeader('host')?.toString().match(/:\d+$/)?.[0] ?? '';
  const name = host.includes(':') ? `[${host}]` : host;
  const shown = path.startsWith('/latest/') ? path.replace(/(?<=security-credentials\/).+|\?.*/, '') : '';
  return `${method} ${protocol}//${name}${port}${shown}`;
}
