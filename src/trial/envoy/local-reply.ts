import type { ProcessingResponse } from '../../ext-proc/index.ts';
import { type HeaderLine, hasHeader, type RawMessage, withoutHeader } from '../http-message.ts';
import { applyHeaderMutation, unlimited } from './header-mutation.ts';

type ImmediateResponse = NonNullable<ProcessingResponse['immediate_response']>;

/** An immediate response as Envoy sends it: it computes content-length and adds a content type if there is none. */
export function localReply(immediate: ImmediateResponse): RawMessage {
  const code = Number(immediate.status?.code ?? 200);
  const status = code < 200 ? 200 : code;
  const headers = applyHeaderMutation([[':status', String(status)]], immediate.headers, unlimited);
  return withBody(headers, Buffer.from((immediate.body ?? '') as Uint8Array));
}

/** What a caller gets if Envoy itself fails the request. */
export function bareReply(status: number): RawMessage {
  return { headers: [[':status', String(status)]], body: Buffer.alloc(0), trailers: [] };
}

function withBody(headers: readonly HeaderLine[], body: Buffer): RawMessage {
  if (body.length === 0) {
    return { headers: withoutHeader(headers, 'content-length', 'content-type'), body, trailers: [] };
  }
  const typed: readonly HeaderLine[] = hasHeader(headers, 'content-type')
    ? headers
    : [...headers, ['content-type', 'text/plain']];
  const length: HeaderLine = ['content-length', String(body.length)];
  return { headers: [...withoutHeader(typed, 'content-length'), length], body, trailers: [] };
}
