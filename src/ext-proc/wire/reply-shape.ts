import type { Field, FieldKind, MessageShape } from './proto-writer.ts';

/**
 * The part of external_processor.proto that replies are made of, by number. Held against proto/ by
 * test/unit/ext-proc/reply-serializer.test.ts: a field that moves, or a reply that uses another, fails there.
 */
type FieldDefinition = readonly [
  number: number,
  kind: FieldKind | (() => FieldKind),
  options?: Partial<Pick<Field, 'repeated' | 'map' | 'names'>>,
];

function shape(fields: Readonly<Record<string, FieldDefinition>>): MessageShape {
  return new Map(
    Object.entries(fields).map(([name, [number, kind, options]]) => [
      name,
      {
        number,
        kind: typeof kind === 'function' ? kind : () => kind,
        repeated: options?.repeated ?? false,
        map: options?.map ?? false,
        names: options?.names,
      },
    ]),
  );
}

const repeated = { repeated: true };

const headerMutation = shape({
  set_headers: [
    1,
    shape({
      header: [1, shape({ key: [1, 'string'], raw_value: [3, 'bytes'] })],
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
      streamed_response: [3, shape({ body: [1, 'bytes'], end_of_stream: [2, 'bool'] })],
    }),
  ],
  clear_route_cache: [5, 'bool'],
});

const messageResponse = shape({ response: [1, commonResponse] });
const trailersResponse = shape({ header_mutation: [1, headerMutation] });

const struct = shape({ fields: [1, () => value, { map: true }] });
const value: MessageShape = shape({
  nullValue: [1, 'enum', { names: { NULL_VALUE: 0 } }],
  numberValue: [2, 'double'],
  stringValue: [3, 'string'],
  boolValue: [4, 'bool'],
  structValue: [5, struct],
});

const headerModes = { names: { DEFAULT: 0, SEND: 1, SKIP: 2 } };
const bodyModes = {
  names: { NONE: 0, STREAMED: 1, BUFFERED: 2, BUFFERED_PARTIAL: 3, FULL_DUPLEX_STREAMED: 4, GRPC: 5 },
};

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
  streamed_immediate_response: [
    11,
    shape({
      headers_response: [
        1,
        shape({
          headers: [1, shape({ headers: [1, shape({ key: [1, 'string'], raw_value: [3, 'bytes'] }), repeated] })],
          end_of_stream: [3, 'bool'],
        }),
      ],
      body_response: [2, shape({ body: [1, 'bytes'], end_of_stream: [2, 'bool'] })],
    }),
  ],
  override_message_timeout: [10, shape({ seconds: [1, 'int64'], nanos: [2, 'int32'] })],
});
