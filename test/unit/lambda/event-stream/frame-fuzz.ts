// Frames that are right, damaged or lie, cut anywhere: the decoder and the SDK's codec must see the same in them.
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { EventStreamCodec, HeaderMarshaller, Int64 } from '@smithy/core/event-streams';
import { type Frame, FrameDecoder } from '../../../../src/lambda/event-stream/frame-decoder.ts';
import { FrameError } from '../../../../src/lambda/event-stream/frame-error.ts';
import { CountedMemory } from '../../../support/counted-memory.ts';
import { frameOf, headerBytes } from '../../../support/event-frames.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const toUtf8 = (bytes: Uint8Array | string): string => Buffer.from(bytes as Uint8Array).toString();
const fromUtf8 = (text: string): Uint8Array => Buffer.from(text);
const codec = new EventStreamCodec(toUtf8, fromUtf8);
const marshaller = new HeaderMarshaller(toUtf8, fromUtf8);

const NAMES = [':message-type', ':event-type', ':exception-type', ':error-code', ':error-message'] as const;
const MAX_HEADERS = 128 * 1024;
const MAX_PAYLOAD = 16 * 1024 * 1024;
/** Beyond the bytes that came: what short pieces are copied to, and the headers whose length is told. */
const SLACK = 16 * 1024 + MAX_HEADERS;

/** What both saw, by class; `agreed` are frames that both have read. */
export interface FuzzReport {
  readonly classes: ReadonlyMap<string, number>;
  /** The most that was taken of the account beyond the bytes that had come. */
  readonly mostSlack: number;
}

/** Throws where the decoder and the model differ, or the bound of memory does not hold. */
export function fuzzFrames(count: number, seed: number): FuzzReport {
  const random = seededRandom(seed);
  const classes = new Map<string, number>();
  let mostSlack = 0;
  for (let i = 0; i < count; i++) {
    const mutation = random() < 0.002 ? LARGEST : pick(random, MUTATIONS);
    const bytes = mutation.of(validFrame(random), random);
    const { frame, error, slack } = ours(bytes, random);
    mostSlack = Math.max(mostSlack, slack);
    const expected = model(bytes);
    const where = `seed ${seed}, frame ${i} (${mutation.name})`;
    const outcome = compare(expected, frame, error, where);
    const name = `${mutation.name}: ${outcome}`;
    classes.set(name, (classes.get(name) ?? 0) + 1);
  }
  return { classes, mostSlack };
}

interface Expected {
  readonly headers: ReadonlyMap<string, string>;
  readonly payload: Uint8Array;
}

function compare(
  expected: Expected | undefined,
  frame: Frame | undefined,
  error: unknown,
  where: string,
): 'read by both' | 'refused by both' | 'waits for more' {
  if (expected === undefined) {
    assert.equal(frame, undefined, `${where}: the model refuses it`);
    return error === undefined ? 'waits for more' : 'refused by both';
  }
  assert.ok(frame, `${where}: the model reads it: ${error}`);
  assert.deepEqual(new Map(Object.entries(frame.headers)), expected.headers, where);
  assert.ok(Buffer.concat(frame.payload).equals(expected.payload), `${where}: another payload`);
  return 'read by both';
}

/**
 * What the SDK's codec makes of a frame. It reads headers beyond their end, into the payload, and knows no maxima: its own
 * marshaller is asked for the headers alone, and the maxima are checked here.
 */
function model(bytes: Buffer): Expected | undefined {
  // The codec takes one whole message: what follows it is none of it.
  const whole = bytes.length >= 4 ? bytes.subarray(0, bytes.readUInt32BE(0)) : bytes;
  try {
    const { body } = codec.decode(whole);
    const headers = Uint8Array.from(whole.subarray(12, 12 + whole.readUInt32BE(4)));
    if (headers.length > MAX_HEADERS || body.length > MAX_PAYLOAD) return undefined;
    const read = Object.entries(marshaller.parse(new DataView(headers.buffer)));
    return { headers: stringsOf(read), payload: body };
  } catch {
    return undefined;
  }
}

function stringsOf(headers: readonly (readonly [string, { readonly type: string; readonly value: unknown }])[]) {
  return new Map(
    headers.flatMap(([name, { type, value }]) =>
      type === 'string' && NAMES.some((known) => known === name) ? [[name, String(value)] as const] : [],
    ),
  );
}

/** What the decoder makes of it, cut at random places. */
function ours(bytes: Buffer, random: () => number) {
  const memory = new CountedMemory();
  const decoder = new FrameDecoder(memory);
  let slack = 0;
  let frame: Frame | undefined;
  let error: unknown;
  const size = pick(random, bytes.length > 5_000 ? [1_000, 70_000] : [1, 2, 5, 12, 100, bytes.length]);
  try {
    for (let at = 0; at < bytes.length && frame === undefined; ) {
      const piece = bytes.subarray(at, at + Math.max(1, Math.ceil(size * (0.5 + random()))));
      at += piece.length;
      // A buffer of its own, as each read of a connection has.
      decoder.push(Buffer.from(piece));
      frame = decoder.next();
      slack = Math.max(slack, memory.peak - at);
    }
  } catch (thrown) {
    assert.ok(thrown instanceof FrameError, String(thrown));
    error = thrown;
  }
  assert.ok(slack <= SLACK, `${slack} bytes are taken beyond those that came`);
  const given = frame?.payload.reduce((sum, { byteLength }) => sum + byteLength, 0) ?? 0;
  memory.give(given);
  decoder.drop();
  assert.equal(memory.taken, 0, 'all is given back');
  return { frame, error, slack };
}

interface Mutation {
  readonly name: string;
  of(frame: Buffer, random: () => number): Buffer;
}

/** Another value of a length, with a good checksum of the lengths where told. */
function withLength(frame: Buffer, offset: 0 | 4, value: number, checked = true): Buffer {
  const bytes = Buffer.from(frame);
  bytes.writeUInt32BE(value % 2 ** 32, offset);
  if (checked) bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  return bytes;
}

/** With a good checksum of all. */
function sealed(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

const MUTATIONS: readonly Mutation[] = [
  { name: 'as it is', of: (frame) => frame },
  {
    name: 'bytes behind it',
    of: (frame, random) => Buffer.concat([frame, randomBytes(1 + pickNumber(random, 40), random)]),
  },
  {
    name: 'a bit is flipped',
    of(frame, random) {
      const bytes = Buffer.from(frame);
      const at = pickNumber(random, bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << pickNumber(random, 8));
      return bytes;
    },
  },
  { name: 'cut short', of: (frame, random) => frame.subarray(0, pickNumber(random, frame.length)) },
  { name: 'random bytes', of: (_, random) => randomBytes(pickNumber(random, 200), random) },
  { name: 'a long total, unchecked', of: (frame, random) => withLength(frame, 0, pickNumber(random, 2 ** 32), false) },
  {
    name: 'a long total',
    of: (frame, random) =>
      withLength(
        frame,
        0,
        pick(random, [2 ** 32 - 1, 2 ** 31, 2 ** 24 + 2 ** 17 + 17, 2 ** 24, pickNumber(random, 2 ** 32)]),
      ),
  },
  {
    name: 'a total that is off by some',
    of: (frame, random) => withLength(frame, 0, Math.max(0, frame.length + pickNumber(random, 40) - 20)),
  },
  {
    name: 'long headers',
    of: (frame, random) =>
      withLength(frame, 4, pick(random, [2 ** 32 - 1, 2 ** 17 + 1, 2 ** 17, frame.length, frame.length - 16])),
  },
  {
    name: 'headers that are off by some',
    of: (frame, random) =>
      sealed(withLength(frame, 4, Math.max(0, frame.readUInt32BE(4) + pickNumber(random, 20) - 10))),
  },
  {
    name: 'damaged headers with good checksums',
    of(frame, random) {
      const headers = Buffer.from(frame.subarray(12, 12 + frame.readUInt32BE(4)));
      for (let i = 1 + pickNumber(random, 3); i > 0 && headers.length > 0; i--) {
        headers[pickNumber(random, headers.length)] = pickNumber(random, 256);
      }
      return frameOf(headers, frame.subarray(12 + headers.length, -4));
    },
  },
  {
    name: 'random headers with good checksums',
    of: (_, random) =>
      frameOf(randomBytes(pickNumber(random, 60), random), randomBytes(pickNumber(random, 60), random)),
  },
  {
    name: 'a header that comes twice',
    of(frame, random) {
      const length = frame.readUInt32BE(4);
      const twice = headerBytes(pick(random, NAMES), pick(random, ['event', 'exception', '']));
      const other = random() < 0.3 ? headerBytes(':event-type', { type: 0, bytes: Buffer.alloc(0) }) : Buffer.alloc(0);
      return frameOf(
        Buffer.concat([frame.subarray(12, 12 + length), twice, twice, other]),
        frame.subarray(12 + length, -4),
      );
    },
  },
];

/** Seldom, since it takes the time of hundreds of others. */
const LARGEST: Mutation = {
  name: 'as many headers as may be',
  of: (frame, random) => frameOf(manyHeaders(MAX_HEADERS + pickNumber(random, 3) - 1), frame.subarray(-20)),
};

function manyHeaders(bytes: number): Buffer {
  const headers = Buffer.alloc(bytes, Buffer.from([1, 0x61, 0]));
  // Of three bytes each; what is over belongs to the name of the last.
  const over = bytes % 3;
  if (over > 0) headers.set([1 + over, ...Buffer.alloc(over + 1, 'b'), 0], bytes - 3 - over);
  return headers;
}

const VALUES: readonly ((random: () => number) => { readonly type: string; readonly value: unknown })[] = [
  (random) => ({ type: 'boolean', value: random() < 0.5 }),
  (random) => ({ type: 'byte', value: pickNumber(random, 128) }),
  (random) => ({ type: 'short', value: pickNumber(random, 2 ** 15) }),
  (random) => ({ type: 'integer', value: pickNumber(random, 2 ** 31) }),
  (random) => ({ type: 'long', value: Int64.fromNumber(pickNumber(random, 2 ** 40)) }),
  (random) => ({ type: 'binary', value: randomBytes(pickNumber(random, 50), random) }),
  (random) => ({
    type: 'string',
    value: pick(random, ['PayloadChunk', 'InvokeComplete', '', 'é€😀', 'x'.repeat(300)]),
  }),
  (random) => ({ type: 'timestamp', value: new Date(pickNumber(random, 2 ** 41)) }),
  () => ({ type: 'uuid', value: '0f8fad5b-d9cb-469f-a165-70867728950e' }),
];

/** As the SDK writes it. */
function validFrame(random: () => number): Buffer {
  const headers: Record<string, { readonly type: string; readonly value: unknown }> = {};
  for (let i = pickNumber(random, 6); i > 0; i--) {
    const name = pick(random, [...NAMES, ':content-type', 'a', '', 'é'.repeat(20), 'x'.repeat(255)]);
    headers[name] = pick(random, VALUES)(random);
  }
  const size = pick(random, [0, 1, 10, 100, 100, 1_000, 3_000]);
  // Seldom, since their checksums take the time of the others.
  const body = randomBytes(random() < 0.003 ? 300_000 : pickNumber(random, size + 1), random);
  return Buffer.from(codec.encode({ headers: headers as Parameters<typeof codec.encode>[0]['headers'], body }));
}

function randomBytes(length: number, random: () => number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  for (let at = length - (length % 4); at < length; at++) bytes[at] = pickNumber(random, 256);
  return bytes;
}

function pick<T>(random: () => number, from: readonly T[]): T {
  const found = from[pickNumber(random, from.length)];
  assert.ok(found !== undefined);
  return found;
}

function pickNumber(random: () => number, below: number): number {
  return Math.floor(random() * below);
}
