import type { Answer, HeaderChange, Transaction } from '../policy/index.ts';
import { encodeChanges, encodeHeaders, setHeader } from './header-codec.ts';
import { type Json, toStruct } from './struct.ts';
import type { CommonResponse, HeaderMutation, HeaderValueOption, ProcessingResponse, Side, Struct } from './wire.ts';

/** "Go on", for each kind of message. */
export const neutral = {
  request: {
    headers: { request_headers: {} },
    body: { request_body: {} },
    trailers: { request_trailers: {} },
  },
  response: {
    headers: { response_headers: {} },
    body: { response_body: {} },
    trailers: { response_trailers: {} },
  },
} as const satisfies Record<Side, Record<string, ProcessingResponse>>;

/** What a transaction's policies did to one message, in Envoy's terms. */
export interface MessageMutation {
  readonly headers: HeaderMutation | undefined;
  /** Undefined: the body stays. */
  readonly body: Uint8Array | undefined;
  readonly clearRouteCache: boolean;
}

export function mutationOf(transaction: Transaction, side: Side): MessageMutation {
  const message = transaction[side];
  if (message === undefined) return { headers: undefined, body: undefined, clearRouteCache: false };
  const pseudo: HeaderValueOption[] = [];
  if (side === 'request' && transaction.request?.pathChanged) pseudo.push(setHeader(':path', transaction.request.uri));
  if (side === 'response' && transaction.response?.statusChanged) {
    pseudo.push(setHeader(':status', String(transaction.response.status)));
  }
  const changes = message.headers.changes().filter(({ name }) => !(message.replacement && name === 'content-length'));
  const clearRouteCache = side === 'request' && transaction.clearRouteCache;
  return { headers: headerMutation(changes, pseudo, clearRouteCache), body: message.replacement, clearRouteCache };
}

function headerMutation(
  changes: readonly HeaderChange[],
  pseudo: readonly HeaderValueOption[],
  clearRouteCache: boolean,
): HeaderMutation | undefined {
  const mutation = encodeChanges(changes);
  if (mutation !== undefined && pseudo.length === 0) return mutation;
  if (mutation !== undefined || pseudo.length > 0) {
    return {
      set_headers: [...pseudo, ...(mutation?.set_headers ?? [])],
      remove_headers: mutation?.remove_headers ?? [],
    };
  }
  // Envoy clears the route cache only beside a header mutation; removing a header that is not there is one.
  return clearRouteCache ? { remove_headers: ['x-lambda-ext-proc-none'] } : undefined;
}

/** The answer to a headers message. A new body goes along (Envoy then sends no body message and drops content-length). */
export function headersReply(side: Side, mutation: MessageMutation): ProcessingResponse {
  const response = common(mutation);
  if (mutation.body !== undefined) {
    response.status = 'CONTINUE_AND_REPLACE';
    response.body_mutation = { body: Buffer.from(mutation.body) };
  }
  return side === 'request' ? { request_headers: { response } } : { response_headers: { response } };
}

/** The answer to a BUFFERED body message: a changed body always carries its content-length, or Envoy answers 500. */
export function bodyReply(side: Side, mutation: MessageMutation): ProcessingResponse {
  const response = common(mutation);
  const { body } = mutation;
  if (body !== undefined) {
    const { set_headers: set = [], remove_headers: remove = [] } = mutation.headers ?? {};
    // A removed content-length is right too, and the only one for 204.
    const length = remove.includes('content-length') ? [] : [setHeader('content-length', String(body.length))];
    response.header_mutation = { set_headers: [...set, ...length], remove_headers: remove };
    response.body_mutation = body.length === 0 ? { clear_body: true } : { body: Buffer.from(body) };
  }
  return side === 'request' ? { request_body: { response } } : { response_body: { response } };
}

/** One piece of a body in FULL_DUPLEX_STREAMED mode. */
export function streamedBody(side: Side, body: Uint8Array, endOfStream: boolean): ProcessingResponse {
  const streamed = { body: Buffer.from(body), end_of_stream: endOfStream };
  const response: CommonResponse = { body_mutation: { streamed_response: streamed } };
  return side === 'request' ? { request_body: { response } } : { response_body: { response } };
}

/** An immediate response. Envoy computes content-length; a body with 204 or 304 would be corrupt HTTP. */
export function answerReply(answer: Answer): ProcessingResponse {
  const bodiless = answer.status === 204 || answer.status === 304;
  const headers = bodiless ? answer.headers.filter(([name]) => name !== 'content-type') : answer.headers;
  return {
    immediate_response: {
      // Envoy's enum has only the codes that it knows by name; the number is what goes over the wire.
      status: { code: answer.status as 200 },
      headers: encodeHeaders(headers.filter(([name]) => name !== 'content-length')),
      body: bodiless || answer.body === undefined ? '' : Buffer.from(answer.body),
      details: `lambda_ext_proc{${answer.errorKey ?? 'SEND_TO_CONSUMER'}}`,
    },
  };
}

/** Variables and invocations so far, under the namespace `lambda-ext-proc`. */
export function dynamicMetadata(transaction: Transaction): Struct | undefined {
  if (transaction.executions.size === 0 && transaction.errorKey === undefined) return undefined;
  const policies = [...transaction.executions].map(([name, execution]): [string, Json] => [
    name,
    { ...execution, durationMs: Math.round(execution.durationMs * 1000) / 1000 },
  ]);
  return toStruct({
    'lambda-ext-proc': {
      variables: Object.fromEntries(variablesOf(transaction)),
      policies: Object.fromEntries(policies),
      errorKey: transaction.errorKey,
    },
  });
}

/** Characters of a variable, its name included, and of all of them: Envoy keeps them with the request, logs copy them. */
const maxVariable = 4_096;
const maxVariables = 65_536;

/** A variable that is too long is left out: half of one could mean something else to who reads it. */
function variablesOf({ attributes }: Transaction): readonly (readonly [string, string | null])[] {
  let room = maxVariables;
  const variables: [string, string | null][] = [];
  for (const [name, value] of attributes) {
    const text = value === null ? null : String(value);
    const size = name.length + (text?.length ?? 0);
    if (size > Math.min(maxVariable, room)) continue;
    room -= size;
    variables.push([name, text]);
  }
  return variables;
}

function common(mutation: MessageMutation): CommonResponse {
  const response: CommonResponse = {};
  if (mutation.headers !== undefined) response.header_mutation = mutation.headers;
  if (mutation.clearRouteCache) response.clear_route_cache = true;
  return response;
}
