import { type MessageShape, shape } from './message-shape.ts';

/** Messages that requests and replies share, with the field numbers of proto/. Tests of request-shape.ts and reply-shape.ts compare them. */

export const repeated = { repeated: true };

/** Envoy fills `raw_value` and reads only that; `value` is for a peer that still sends it. */
export const headerValue = shape({ key: [1, 'string'], value: [2, 'string'], raw_value: [3, 'bytes'] });
export const headerMap = shape({ headers: [1, headerValue, repeated] });

export const httpHeaders = shape({ headers: [1, headerMap], end_of_stream: [3, 'bool'] });
/** HttpBody and StreamedBodyResponse. */
export const httpBody = shape({ body: [1, 'bytes'], end_of_stream: [2, 'bool'] });

/** google.protobuf.Struct. Its fields have camelCase names: see struct.ts. */
export const struct = shape({ fields: [1, () => value, { map: true }] });
export const listValue = shape({ values: [1, () => value, repeated] });
export const value: MessageShape = shape({
  nullValue: [1, 'enum', { names: { NULL_VALUE: 0 } }],
  numberValue: [2, 'double'],
  stringValue: [3, 'string'],
  boolValue: [4, 'bool'],
  structValue: [5, struct],
  listValue: [6, listValue],
});

export const bodyModes = {
  names: { NONE: 0, STREAMED: 1, BUFFERED: 2, BUFFERED_PARTIAL: 3, FULL_DUPLEX_STREAMED: 4, GRPC: 5 },
} as const;
