import { cookieKey, METADATA_NAMESPACE } from '../../envoy-names.ts';
import type { ProcessingResponse } from '../../ext-proc/index.ts';
import type { HeaderLine, RawMessage } from '../http-message.ts';
import { EnvoyRejection } from './rejection.ts';

type StreamedReply = NonNullable<ProcessingResponse['streamed_immediate_response']>;

/** A streamed answer as the caller got it. */
export interface StreamedAnswer {
  readonly raw: RawMessage;
  /** Messages with bytes of the body. */
  readonly pieces: number;
  /** `%RESPONSE_CODE_DETAILS%` of what cut it; undefined: it is complete. */
  readonly cut: string | undefined;
}

/**
 * Builds a streamed answer as Envoy 1.40 does: of equal header names the last one stays, further cookies come by dynamic
 * metadata and a header_mutation filter for `cookies` of them, and an immediate response cuts it.
 */
export async function collectStreamed(
  first: ProcessingResponse,
  cookies: number,
  next: () => Promise<ProcessingResponse>,
): Promise<StreamedAnswer> {
  const begun = first.streamed_immediate_response?.headers_response;
  if (!begun) throw new EnvoyRejection('a streamed answer that does not begin with its headers');
  const headers = [...headerLines(begun.headers), ...furtherCookies(first, cookies)];
  const pieces: Buffer[] = [];
  const answer = (cut?: string): StreamedAnswer => {
    return { raw: { headers, body: Buffer.concat(pieces), trailers: [] }, pieces: pieces.length, cut };
  };
  if (begun.end_of_stream === true) return answer();
  for (;;) {
    const { immediate_response: immediate, streamed_immediate_response: streamed } = await next();
    if (immediate) return answer(immediate.details ?? '');
    const piece = streamed?.body_response;
    if (!piece) throw new EnvoyRejection('a spurious message within a streamed answer');
    const bytes = Buffer.from((piece.body ?? '') as Uint8Array);
    if (bytes.length > 0) pieces.push(bytes);
    if (piece.end_of_stream === true) return answer();
  }
}

function headerLines(map: NonNullable<StreamedReply['headers_response']>['headers']): readonly HeaderLine[] {
  const lines = (map?.headers ?? []).map(({ key = '', value, raw_value: raw }): HeaderLine => {
    return [
      key.toLowerCase(),
      raw === undefined || raw.length === 0 ? (value ?? '') : Buffer.from(raw as Uint8Array).toString(),
    ];
  });
  return [...new Map(lines)];
}

/** One entry of the filter for each, as envoy/envoy.yaml has them. The first is a header. */
function furtherCookies({ dynamic_metadata: metadata }: ProcessingResponse, cookies: number): readonly HeaderLine[] {
  const own = metadata?.fields?.[METADATA_NAMESPACE]?.structValue?.fields ?? {};
  return Array.from({ length: cookies - 1 }, (_, index) => own[cookieKey(index + 2)]?.stringValue).flatMap(
    (cookie): readonly HeaderLine[] => (cookie === undefined ? [] : [['set-cookie', cookie]]),
  );
}
