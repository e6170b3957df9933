import type { ProcessingResponse } from '../../ext-proc/index.ts';
import { type ShownBody, shownBody } from './shown-body.ts';

/** One of the sidecar's messages to Envoy, without what is empty. */
export interface ShownReply {
  /** As the field of ProcessingResponse: `request_headers`, `immediate_response` … */
  readonly message: string;
  readonly set?: readonly (readonly [name: string, value: string])[];
  readonly append?: readonly (readonly [name: string, value: string])[];
  readonly remove?: readonly string[];
  /** Of an immediate response. */
  readonly status?: number;
  /** Null: it is emptied. */
  readonly body?: ShownBody;
  readonly clearRouteCache?: true;
  readonly modeOverride?: Readonly<Record<string, unknown>>;
  readonly dynamicMetadata?: unknown;
  readonly overrideMessageTimeoutMs?: number;
}

type CommonResponse = NonNullable<NonNullable<ProcessingResponse['request_headers']>['response']>;
type StreamedReply = NonNullable<ProcessingResponse['streamed_immediate_response']>;
type HeaderMutation = NonNullable<CommonResponse['header_mutation']>;

const SIDES = ['request', 'response'] as const;
const PARTS = ['headers', 'body'] as const;

export function shownReply(reply: ProcessingResponse): ShownReply {
  const { mode_override: modes, dynamic_metadata: metadata, override_message_timeout: timeout } = reply;
  return {
    ...shownMessage(reply),
    ...(modes ? { modeOverride: { ...modes } } : {}),
    ...(metadata ? { dynamicMetadata: plainStruct(metadata) } : {}),
    ...(timeout ? { overrideMessageTimeoutMs: Number(timeout.seconds) * 1000 + Number(timeout.nanos) / 1e6 } : {}),
  };
}

function shownMessage(reply: ProcessingResponse): ShownReply {
  const { immediate_response: immediate } = reply;
  if (immediate) {
    const body = shownBody(bytesOf(immediate.body));
    const status = Number(immediate.status?.code ?? 200);
    return {
      message: 'immediate_response',
      status,
      ...shownHeaders(immediate.headers),
      ...(body === null ? {} : { body }),
    };
  }
  const { streamed_immediate_response: streamed } = reply;
  if (streamed) return { message: 'streamed_immediate_response', ...shownStreamed(streamed) };
  for (const side of SIDES) {
    for (const part of PARTS) {
      const message = reply[`${side}_${part}`];
      if (message) return { message: `${side}_${part}`, ...shownCommon(message.response) };
    }
    const trailers = reply[`${side}_trailers`];
    if (trailers) return { message: `${side}_trailers`, ...shownHeaders(trailers.header_mutation) };
  }
  return { message: 'override_message_timeout' };
}

function shownStreamed({ headers_response: head, body_response: piece }: StreamedReply): Omit<ShownReply, 'message'> {
  if (!head) return { body: shownBody(bytesOf(piece?.body)) };
  const lines = (head.headers?.headers ?? []).map(({ key = '', raw_value: value }) => {
    return [key, Buffer.from(bytesOf(value) ?? []).toString()] as const;
  });
  return { set: lines };
}

function shownCommon(response: CommonResponse | null | undefined): Omit<ShownReply, 'message'> {
  if (!response) return {};
  const { header_mutation: headers, body_mutation: mutation, clear_route_cache: clears } = response;
  const { body, clear_body: cleared, streamed_response: piece } = mutation ?? {};
  const bytes = piece ? piece.body : body;
  return {
    ...shownHeaders(headers),
    ...(cleared ? { body: null } : bytes === undefined ? {} : { body: shownBody(bytesOf(bytes)) }),
    ...(clears ? { clearRouteCache: true } : {}),
  };
}

function shownHeaders(mutation: HeaderMutation | null | undefined): Pick<ShownReply, 'set' | 'append' | 'remove'> {
  const lines = (mutation?.set_headers ?? []).map(({ header, append }) => ({
    line: [header?.key ?? '', Buffer.from(bytesOf(header?.raw_value) ?? []).toString()] as const,
    isAdded: append?.value === true,
  }));
  const set = lines.filter(({ isAdded }) => !isAdded).map(({ line }) => line);
  const append = lines.filter(({ isAdded }) => isAdded).map(({ line }) => line);
  const remove = mutation?.remove_headers ?? [];
  return {
    ...(set.length > 0 ? { set } : {}),
    ...(append.length > 0 ? { append } : {}),
    ...(remove.length > 0 ? { remove } : {}),
  };
}

function bytesOf(value: Uint8Array | Buffer | string | undefined): Uint8Array | undefined {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

interface StructLike {
  readonly fields?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The data of a google.protobuf.Struct. */
function plainStruct({ fields }: StructLike): unknown {
  return Object.fromEntries(Object.entries(fields ?? {}).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  const [entry] = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entry === undefined) return null;
  const [kind, content] = entry;
  if (kind === 'nullValue') return null;
  return kind === 'structValue' ? plainStruct(content) : content;
}
