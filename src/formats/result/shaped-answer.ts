import { hasNoBody, isOfConnection } from '../../http-syntax.ts';
import { type MemoryAccount, unlimitedMemory } from '../../memory-account.ts';
import type { ResponseFormat } from '../format.ts';
import type { FunctionAnswer } from '../function-answer.ts';
import { rawResponse } from '../raw.ts';
import { bodyOf } from './body.ts';
import type { HeaderFields } from './header-fields.ts';
import type { ResultFields } from './result-fields.ts';

/** A format of results. An Event is queued and a DryRun runs nothing: they have none to read. */
export function shapedResponse(read: (payload: Uint8Array, memory: MemoryAccount) => FunctionAnswer): ResponseFormat {
  return {
    decode: (result, memory = unlimitedMemory) =>
      result.status === 200 ? read(result.payload, memory) : rawResponse.decode(result),
  };
}

/** The parts of a result that a dialect has read. */
export interface ShapedHead {
  readonly status: number;
  readonly headers: HeaderFields;
  /** Used if the headers have none. */
  readonly contentType: string | undefined;
}

/** Reads a result in one of AWS's shapes as an answer. Throws FormatError and NoRoomError. */
export function shapedAnswer(fields: ResultFields, head: ShapedHead, memory: MemoryAccount): FunctionAnswer {
  const { status, contentType } = head;
  // Read even if it is not sent: a malformed result is an error.
  const body = bodyOf(fields, memory);
  const headers = sentHeaders(head.headers, status, contentType);
  return { status, headers, body: hasNoBody(status) ? new Uint8Array() : body };
}

/**
 * Without what belongs to one connection or to the framing, what `connection` names, Envoy's own and pseudo-headers; with
 * `contentType` where there is none and there may be a body.
 */
export function sentHeaders(
  fields: HeaderFields,
  status: number,
  contentType: string | undefined,
): [name: string, value: string][] {
  const connection = fields.get('connection')?.join(',').toLowerCase().split(',') ?? [];
  const named = new Set(connection.map((name) => name.trim()));
  const headers: [string, string][] = [];
  for (const [name, values] of fields) {
    if (isOfConnection(name) || named.has(name) || name.startsWith('x-envoy-') || name.startsWith(':')) continue;
    for (const value of values) headers.push([name, value]);
  }
  if (!hasNoBody(status) && contentType !== undefined && !fields.has('content-type')) {
    headers.push(['content-type', contentType]);
  }
  return headers;
}
