// The project's own serializer against proto-loader's reading of the same bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import fc from 'fast-check';
import { loadServiceDefinition } from '../../../src/ext-proc/wire/service-definition.ts';
import { JsonStruct } from '../../../src/ext-proc/wire/struct.ts';

const method = loadServiceDefinition().Process;
assert.ok(method);
const roundTrip = (reply: object): unknown =>
  JSON.parse(JSON.stringify(method.responseDeserialize(method.responseSerialize(reply)), bytesAsText));

/** Metadata as the messages that it stands for. */
function asText(key: string, value: unknown): unknown {
  return value instanceof JsonStruct ? { fields: value.fields } : bytesAsText(key, value);
}

function bytesAsText(_key: string, value: unknown): unknown {
  const buffer = value as { type?: unknown; data?: readonly number[] } | null;
  return buffer?.type === 'Buffer' ? Buffer.from(buffer.data ?? []).toString('latin1') : value;
}

const bytes = fc
  .oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(new Uint8Array(0), new Uint8Array(127), new Uint8Array(128), new Uint8Array(20_000)),
  )
  .map((array) => Buffer.from(array));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom('', '__proto__', 'é'.repeat(64), 'x'.repeat(17_000)),
);
const option = fc.record(
  {
    header: fc.record({ key: text, raw_value: bytes }),
    append: fc.record({ value: fc.boolean() }),
    keep_empty_value: fc.boolean(),
  },
  { requiredKeys: ['header'] },
);
const mutation = fc.record(
  { set_headers: fc.array(option, { maxLength: 5 }), remove_headers: fc.array(text, { maxLength: 3 }) },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.record({ body: bytes }),
  fc.constant({ clear_body: true }),
  fc.record({ streamed_response: fc.record({ body: bytes, end_of_stream: fc.boolean() }) }),
);
const common = fc.record(
  {
    status: fc.constantFrom('CONTINUE', 'CONTINUE_AND_REPLACE'),
    header_mutation: mutation,
    body_mutation: body,
    clear_route_cache: fc.boolean(),
  },
  { requiredKeys: [] },
);
const part = fc.record({ response: common }, { requiredKeys: [] });
const headerMode = fc.constantFrom('DEFAULT', 'SEND', 'SKIP');
const bodyMode = fc.constantFrom('NONE', 'STREAMED', 'BUFFERED', 'BUFFERED_PARTIAL', 'FULL_DUPLEX_STREAMED');
const json = fc.letrec((tie) => ({
  object: fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    tie('object'),
  ),
})).object as fc.Arbitrary<Record<string, never>>;
const extras = fc.record(
  {
    dynamic_metadata: json.map((object) => new JsonStruct(object)),
    mode_override: fc.record({
      request_header_mode: headerMode,
      response_header_mode: headerMode,
      request_body_mode: bodyMode,
      response_body_mode: bodyMode,
      request_trailer_mode: headerMode,
      response_trailer_mode: headerMode,
    }),
  },
  { requiredKeys: [] },
);
const reply = fc
  .tuple(
    fc.oneof(
      part.map((value) => ({ request_headers: value })),
      part.map((value) => ({ response_headers: value })),
      part.map((value) => ({ request_body: value })),
      part.map((value) => ({ response_body: value })),
      fc.constantFrom({ request_trailers: {} }, { response_trailers: {} }),
      fc.record({ override_message_timeout: fc.record({ seconds: fc.nat(), nanos: fc.nat(999_999_999) }) }),
      fc
        .record({
          status: fc.record({ code: fc.integer({ min: 200, max: 599 }) }),
          headers: mutation,
          body: bytes,
          details: text,
        })
        .map((value) => ({ immediate_response: value })),
      fc
        .record({
          headers: fc.record({
            headers: fc.array(fc.record({ key: text, raw_value: bytes }), { minLength: 1, maxLength: 5 }),
          }),
          end_of_stream: fc.boolean(),
        })
        .map((value) => ({ streamed_immediate_response: { headers_response: value } })),
      fc
        .record({ body: bytes, end_of_stream: fc.boolean() })
        .map((value) => ({ streamed_immediate_response: { body_response: value } })),
    ),
    extras,
  )
  .map(([main, more]) => ({ ...main, ...more }));

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** What proto-loader gives back for the same reply made by its own serializer. */
test(`a reply reads back as it was written (3,000 replies, seed ${seed})`, () => {
  fc.assert(
    fc.property(reply, (value) => {
      const read = roundTrip(value) as Record<string, unknown>;
      assert.deepEqual(normal(read), normal(JSON.parse(JSON.stringify(value, asText))));
    }),
    { numRuns: 3000, seed },
  );
});

/** Without what protobuf does not tell apart: absent and default, lists that are empty, oneof names. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value === 'NULL_VALUE' ? 0 : value;
  const oneofs = new Set(['response', 'mutation', 'kind']);
  const fields = Object.entries(value).flatMap(([key, item]) => {
    if (oneofs.has(key) && typeof item === 'string') return [];
    if (key === 'seconds' || key === 'nanos') return Number(item) === 0 ? [] : [[key, Number(item)]];
    if (key === 'code') return [[key, typeof item === 'string' ? 'known by name' : item]];
    if (key === 'fields' && Object.keys(item).length === 0) return [];
    if ((Array.isArray(item) && item.length === 0) || item === '' || item === false) return [];
    if (item === 'CONTINUE' || item === 'DEFAULT' || item === 'NONE') return [];
    return [[key, normal(item)]];
  });
  return Object.fromEntries(fields.map(([key, item]) => [key, key === 'code' ? 'a code' : item]));
}

test('metadata that are written once are the same in each reply, short and long', () => {
  for (const object of [{}, { done: 'yes' }, { long: 'x'.repeat(300), inner: { none: null } }]) {
    const parts = { request_headers: {}, mode_override: { response_header_mode: 'SKIP' } };
    const expected = roundTrip({ ...parts, dynamic_metadata: new JsonStruct(object) });
    const kept = new JsonStruct(object, true);
    for (let i = 0; i < 3; i++) assert.deepEqual(roundTrip({ ...parts, dynamic_metadata: kept }), expected);
  }
});

test('a status code keeps its number, with and without a name', () => {
  const code = (number: number) =>
    (
      roundTrip({ immediate_response: { status: { code: number } } }) as {
        immediate_response: { status: { code: unknown } };
      }
    ).immediate_response.status.code;
  assert.deepEqual([code(500), code(555), code(299)], ['InternalServerError', 555, 299]);
});

test('a body of 6 MB is written whole, and the next small reply too', () => {
  const large = Buffer.alloc(6 * 1024 * 1024, 'ab');
  const read = method.responseDeserialize(
    method.responseSerialize({ request_body: { response: { body_mutation: { body: large } } } }),
  ) as { request_body: { response: { body_mutation: { body: Buffer } } } };
  assert.ok(read.request_body.response.body_mutation.body.equals(large));
  assert.deepEqual(roundTrip({ request_trailers: {} }), { request_trailers: {}, response: 'request_trailers' });
});

test('grpc-js copies a piece of a streamed answer before the next is written', async () => {
  const pieces = ['first', 'second', 'third'].map((text) => ({
    streamed_immediate_response: { body_response: { body: Buffer.from(text), end_of_stream: false } },
  }));
  const server = new Server();
  const ended = Promise.withResolvers<void>();
  server.addService(
    { Process: method as ServiceDefinition[string] },
    {
      Process(call: ServerDuplexStream<unknown, object>) {
        // All at once: those that wait to be written must not be serialized yet.
        for (const piece of pieces) call.write(piece);
        call.end();
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const received: string[] = [];
  const call = client.makeBidiStreamRequest(
    method?.path ?? '',
    () => Buffer.alloc(0),
    (bytes: Buffer) =>
      method?.responseDeserialize(bytes) as { streamed_immediate_response: { body_response: { body: Buffer } } },
  );
  call.on('data', (reply) => received.push(reply.streamed_immediate_response.body_response.body.toString()));
  call.on('end', () => ended.resolve());
  call.on('error', ended.reject);
  call.end();
  await ended.promise;
  client.close();
  server.forceShutdown();
  assert.deepEqual(received, ['first', 'second', 'third']);
});
