import { bodyModes, headerValue, httpBody, httpHeaders, repeated, struct } from './common-shapes.ts';
import { shape } from './message-shape.ts';

/**
 * The part of ProcessingResponse that replies use, with its field numbers. test/unit/ext-proc/reply-serializer.test.ts compares
 * them with proto/ and fails if a field moves, or if a reply uses a field that is missing here.
 */

const headerMutation = shape({
  set_headers: [
    1,
    shape({
      header: [1, headerValue],
      append: [2, shape({ value: [1, 'bool'] })],
      keep_empty_value: [4, 'bool'],
    }),
    repeated,
  ],
  remove_headers: [2, 'string', repeated],
});

const commonResponse = shape({
  status: [1, 'enum', { names: { CONTINUE: 0, CONTINUE_AND_REPLACE: 1 } }],
  header_mutation: [2, headerMutation],
  body_mutation: [
    3,
    shape({
      body: [1, 'bytes'],
      clear_body: [2, 'bool'],
      streamed_response: [3, httpBody],
    }),
  ],
  clear_route_cache: [5, 'bool'],
});

const messageResponse = shape({ response: [1, commonResponse] });
const trailersResponse = shape({ header_mutation: [1, headerMutation] });

const headerModes = { names: { DEFAULT: 0, SEND: 1, SKIP: 2 } };

export const streamedResponse = shape({ headers_response: [1, httpHeaders], body_response: [2, httpBody] });

export const replyShape = shape({
  request_headers: [1, messageResponse],
  response_headers: [2, messageResponse],
  request_body: [3, messageResponse],
  response_body: [4, messageResponse],
  request_trailers: [5, trailersResponse],
  response_trailers: [6, trailersResponse],
  immediate_response: [
    7,
    shape({
      status: [1, shape({ code: [1, 'enum'] })],
      headers: [2, headerMutation],
      body: [3, 'bytes'],
      details: [5, 'string'],
    }),
  ],
  dynamic_metadata: [8, struct],
  mode_override: [
    9,
    shape({
      request_header_mode: [1, 'enum', headerModes],
      response_header_mode: [2, 'enum', headerModes],
      request_body_mode: [3, 'enum', bodyModes],
      response_body_mode: [4, 'enum', bodyModes],
      request_trailer_mode: [5, 'enum', headerModes],
      response_trailer_mode: [6, 'enum', headerModes],
    }),
  ],
  streamed_immediate_response: [11, streamedResponse],
  override_message_timeout: [10, shape({ seconds: [1, 'int64'], nanos: [2, 'int32'] })],
});
