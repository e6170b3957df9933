import { bodyModes, headerMap, httpBody, httpHeaders, struct } from './common-shapes.ts';
import { shape } from './message-shape.ts';

/**
 * The part of ProcessingRequest that is read, with its field numbers. test/unit/ext-proc/wire/request-reader.test.ts compares them
 * with proto/ and fails if a field moves.
 */

export const metadata = shape({ filter_metadata: [1, struct, { map: true }] });

export const protocolConfig = shape({
  request_body_mode: [1, 'enum', bodyModes],
  response_body_mode: [2, 'enum', bodyModes],
  send_body_without_waiting_for_header_response: [3, 'bool'],
});

const httpTrailers = shape({ trailers: [1, headerMap] });

export const requestShape = shape({
  request_headers: [2, httpHeaders],
  response_headers: [3, httpHeaders],
  request_body: [4, httpBody],
  response_body: [5, httpBody],
  request_trailers: [6, httpTrailers],
  response_trailers: [7, httpTrailers],
  metadata_context: [8, metadata],
  attributes: [9, struct, { map: true }],
  observability_mode: [10, 'bool'],
  protocol_config: [11, protocolConfig],
});
