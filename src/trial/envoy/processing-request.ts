import { EXT_PROC_FILTER } from '../../envoy-names.ts';
import type { FilterMetadata, ProcessingRequest } from '../../ext-proc/index.ts';
import type { HeaderLine } from '../http-message.ts';
import type { EnvoySetup } from './envoy-setup.ts';

export type Side = 'request' | 'response';

/** What a message contains besides its headers. */
export interface Told {
  readonly attributes: ReadonlyMap<string, string>;
  readonly metadata: FilterMetadata;
  readonly setup: EnvoySetup | undefined;
}

/** The first message of a stream has the body modes; the first one of a side has the attributes. */
export function headersMessage(
  side: Side,
  headers: readonly HeaderLine[],
  end: boolean,
  { attributes, metadata, setup }: Told,
): ProcessingRequest {
  const lines = headers.map(([key, value]) => ({ key, raw_value: Buffer.from(value) }));
  const part = { headers: { headers: lines }, end_of_stream: end };
  const fields = Object.fromEntries([...attributes].map(([name, value]) => [name, { stringValue: value }]));
  return {
    request: `${side}_headers`,
    [`${side}_headers`]: part,
    attributes: { [EXT_PROC_FILTER]: { fields } },
    metadata_context: { filter_metadata: metadata },
    ...(setup === undefined
      ? {}
      : { protocol_config: { request_body_mode: setup.requestBody, response_body_mode: setup.responseBody } }),
  };
}

export function bodyMessage(side: Side, body: Buffer, end: boolean): ProcessingRequest {
  return { request: `${side}_body`, [`${side}_body`]: { body, end_of_stream: end } };
}

export function trailersMessage(side: Side, trailers: readonly HeaderLine[]): ProcessingRequest {
  const headers = trailers.map(([key, value]) => ({ key, raw_value: Buffer.from(value) }));
  return { request: `${side}_trailers`, [`${side}_trailers`]: { trailers: { headers } } };
}
