// Answers that begin with an HTTP prelude, cut anywhere, as docs/reference/formats.md has it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import {
  type BodyPieces,
  FORMATS,
  FormatError,
  type FormatName,
  isWhole,
  rawStream,
  type StreamedResponseFormat,
} from '../../../../src/formats/index.ts';
import { NoRoomError } from '../../../../src/memory-account.ts';
import { isCollected } from '../../../support/collected.ts';
import { CountedMemory } from '../../../support/counted-memory.ts';
import { PushedStream } from '../../../support/pushed-stream.ts';
import { bytesOf, prelude } from '../../../support/streaming-stub.ts';

const names = ['api-gateway-v1', 'http-api-v1', 'api-gateway-v2', 'function-url'] as const;

/** Pieces that are there, and then an end or an error. */
class Pieces implements BodyPieces {
  read = 0;
  stopped = false;
  readonly #pieces: readonly Uint8Array[];
  readonly #error: Error | undefined;

  constructor(pieces: readonly (Uint8Array | string)[], error?: Error) {
    this.#pieces = pieces.map((piece) => Buffer.from(piece));
    this.#error = error;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (const piece of this.#pieces) {
      if (this.stopped) return;
      this.read++;
      yield piece;
    }
    if (this.#error !== undefined) throw this.#error;
  }

  stop(): void {
    this.stopped = true;
  }
}

function formatOf(name: FormatName): StreamedResponseFormat {
  const { streamed } = FORMATS[name];
  assert.ok(streamed);
  return streamed;
}

interface Read {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

async function read(format: StreamedResponseFormat, pieces: Pieces): Promise<Read> {
  const memory = new CountedMemory();
  const { status, headers, body } = await format.begin(pieces, memory);
  const bytes = isWhole(body) ? Buffer.from(body) : await bytesOf(body);
  assert.equal(memory.taken, 0, 'all is given back');
  return { status, headers, body: bytes.toString('latin1') };
}

/** The same bytes in pieces of so many. */
function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

async function refusal(name: FormatName, pieces: Pieces): Promise<FormatError> {
  const memory = new CountedMemory();
  try {
    await formatOf(name).begin(pieces, memory);
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    assert.ok(pieces.stopped, 'the stream is closed');
    assert.equal(memory.taken, 0, 'all is given back');
    return error;
  }
  throw new Error('it was no refusal');
}

describe('a prelude', () => {
  test('status, headers and cookies are read, in every format and however it is cut', async () => {
    const fields = {
      statusCode: 201,
      headers: { 'Content-Type': 'text/plain', 'X-A': 1 },
      multiValueHeaders: { 'x-b': ['1', '2'] },
      cookies: ['a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT', 'b=2'],
    };
    const bytes = Buffer.concat([prelude(fields), Buffer.from('body')]);
    for (const name of names) {
      for (let size = 1; size <= bytes.length; size++) {
        const { status, headers, body } = await read(formatOf(name), new Pieces(cut(bytes, size)));
        assert.equal(status, 201);
        assert.deepEqual(
          new Set(headers.map(String)),
          new Set([
            'content-type,text/plain',
            'x-a,1',
            'x-b,1',
            'x-b,2',
            'set-cookie,a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT',
            'set-cookie,b=2',
          ]),
        );
        assert.equal(body, 'body');
      }
    }
  });

  test('nothing said is 200, and octets', async () => {
    for (const name of names) {
      assert.deepEqual(await read(formatOf(name), new Pieces([prelude({}), 'x'])), {
        status: 200,
        headers: [['content-type', 'application/octet-stream']],
        body: 'x',
      });
    }
  });

  test('the order of a name in both kinds is that of the format, cookies come last, equal lines once', async () => {
    const fields = {
      headers: { 'Set-Cookie': 's=1', 'content-type': 'a/b' },
      multiValueHeaders: { 'set-cookie': ['m=1', 's=1'] },
      cookies: ['c=1', 'm=1'],
    };
    const orders = {
      'api-gateway-v1': ['m=1', 's=1', 'c=1'],
      'http-api-v1': ['s=1', 'm=1', 'c=1'],
      'api-gateway-v2': ['s=1', 'm=1', 'c=1'],
      'function-url': ['s=1', 'm=1', 'c=1'],
    };
    for (const name of names) {
      const { headers } = await read(formatOf(name), new Pieces([prelude(fields), 'x']));
      assert.deepEqual(
        headers.flatMap(([header, value]) => (header === 'set-cookie' ? [value] : [])),
        orders[name],
      );
    }
  });

  test('exactly eight NULs belong to it: later ones are body', async () => {
    const bytes = Buffer.concat([prelude({ headers: { 'content-type': 'a/b' } }), Buffer.alloc(9), Buffer.from('x')]);
    for (const size of [1, 2, 5, 8, 100]) {
      assert.equal((await read(formatOf('function-url'), new Pieces(cut(bytes, size)))).body, `${'\0'.repeat(9)}x`);
    }
  });

  test('a body of NULs, or of none, and characters that are cut stay as they are', async () => {
    const euro = Buffer.from('€');
    for (const [pieces, body] of [
      [[prelude({}), Buffer.alloc(3)], '\0\0\0'],
      [[prelude({})], ''],
      [[prelude({ headers: { 'x-a': '€' } }), euro.subarray(0, 1), euro.subarray(1)], euro.toString('latin1')],
    ] as const) {
      assert.equal((await read(formatOf('api-gateway-v2'), new Pieces(pieces))).body, body);
    }
  });

  test('headers of a connection and its framing are left out', async () => {
    const headers = {
      Connection: 'x-hop',
      'X-Hop': '1',
      'Content-Length': '3',
      'Transfer-Encoding': 'chunked',
      'x-envoy-a': '1',
      ':status': '1',
    };
    const answer = await read(formatOf('api-gateway-v1'), new Pieces([prelude({ headers }), 'x']));
    assert.deepEqual(answer.headers, [['content-type', 'application/octet-stream']]);
  });

  test('204, 205 and 304 have no body, and the stream is closed once it has one', async () => {
    for (const statusCode of [204, 205, 304]) {
      const pieces = new Pieces([prelude({ statusCode, headers: { location: '/' } }), 'x', 'y']);
      const answer = await read(formatOf('http-api-v1'), pieces);
      assert.deepEqual(answer, { status: statusCode, headers: [['location', '/']], body: '' });
      assert.ok(pieces.stopped);
      assert.equal(pieces.read, 2);
    }
  });

  test('a function that continues after such a status does not keep its caller, and one that fails is reported', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const stream = new PushedStream();
    const answer = formatOf('function-url').begin(stream);
    stream.push(prelude({ statusCode: 204 }).toString());
    await nextTurn();
    t.mock.timers.tick(1_000);
    assert.deepEqual(await answer, { status: 204, headers: [], body: new Uint8Array() });
    assert.ok(stream.stopped);
    const failed = new Error('the function failed');
    await assert.rejects(formatOf('function-url').begin(new Pieces([prelude({ statusCode: 204 })], failed)), failed);
  });

  test('the answer waits for the first byte of the body, and no longer', async () => {
    const failed = new Error('the function failed');
    await assert.rejects(formatOf('function-url').begin(new Pieces([prelude({})], failed)), failed);
    const pieces = new Pieces([prelude({}), 'a', 'b'], failed);
    const { body } = await formatOf('function-url').begin(pieces);
    assert.equal(pieces.read, 2);
    await assert.rejects(bytesOf(body as BodyPieces), failed);
  });

  test('an error in the body is reported after what came before, and leaving the loop closes the stream', async () => {
    const pieces = new Pieces([prelude({}), 'a', 'b', 'c']);
    const { body } = await formatOf('function-url').begin(pieces);
    for await (const piece of body as BodyPieces) {
      assert.equal(String(piece), 'a');
      break;
    }
    assert.ok(pieces.stopped);
  });

  test('16384 bytes are its most', async () => {
    const fill = (bytes: number): Buffer => {
      const rest = bytes - '{"headers":{"x-a":""}}'.length;
      return Buffer.from(`{"headers":{"x-a":"${'a'.repeat(rest)}"}}`);
    };
    const nulls = Buffer.alloc(8);
    for (const size of [1, 1_000, 16_384, 100_000]) {
      const good = Buffer.concat([fill(16_384), nulls, Buffer.from('x')]);
      assert.equal((await read(formatOf('function-url'), new Pieces(cut(good, size)))).body, 'x');
      const long = Buffer.concat([fill(16_385), nulls, Buffer.from('x')]);
      const { message } = await refusal('function-url', new Pieces(cut(long, size)));
      assert.match(message, /^the prelude is longer than 16384 bytes$/);
    }
  });

  test('a malformed one is not an answer', async () => {
    const nulls = Buffer.alloc(8);
    const rows: readonly [string, Buffer, RegExp][] = [
      ['no JSON', Buffer.concat([Buffer.from('{"statusCode":'), nulls]), /^the prelude is not JSON$/],
      ['nothing', nulls, /^the prelude is not a JSON object$/],
      ['an array', Buffer.concat([Buffer.from('[]'), nulls]), /^the prelude is not a JSON object$/],
      ['null', Buffer.concat([Buffer.from('null'), nulls]), /^the prelude is not a JSON object$/],
      ['a name with a line break', prelude({ headers: { 'x\r\ny': '1' } }), /headers has a name that is not valid/],
      [
        'a value with a line break',
        prelude({ headers: { x: 'a\r\nb: c' } }),
        /headers has a value with a control character/,
      ],
      [
        'a cookie with a line break',
        prelude({ cookies: ['a=1\r\nx: y'] }),
        /cookies has a value with a control character/,
      ],
      ['cookies that are no list', prelude({ cookies: 'a=1' }), /cookies is not a list/],
      ['seven NULs and a body', Buffer.from(`{}${'\0'.repeat(7)}x`), /not followed by 8 NULs/],
      ['seven NULs and an end', Buffer.from(`{}${'\0'.repeat(7)}`), /ends within the 8 NULs/],
    ];
    for (const [what, bytes, message] of rows) {
      for (const name of names) {
        for (const size of [1, 3, 1_000]) {
          const error = await refusal(
            name,
            new Pieces(
              cut(
                Buffer.concat([
                  bytes,
                  bytes.at(-1) === 0 && !what.startsWith('seven') ? Buffer.from('body') : Buffer.alloc(0),
                ]),
                size,
              ),
            ),
          );
          assert.match(error.message, message, what);
          assert.equal(error.kind, 'malformed');
        }
      }
    }
  });

  test('a status that is not valid is an error of its status', async () => {
    for (const statusCode of [100, 101, 199, 600, 999, 0, -1, 200.5, 'abc', '', null, true, [200]]) {
      for (const name of names) {
        assert.equal((await refusal(name, new Pieces([prelude({ statusCode }), 'x']))).kind, 'status', `${statusCode}`);
      }
    }
    assert.equal((await read(formatOf('function-url'), new Pieces([prelude({ statusCode: '201' }), 'x']))).status, 201);
  });

  test('random preludes, bodies and cuts are read as they were written', async (context) => {
    const seed = Number(process.env.PRELUDE_SEED ?? Date.now() % 2 ** 31);
    context.diagnostic(`seed ${seed}`);
    const text = fc.string({ unit: fc.constantFrom(...'ab €"\\,;='), maxLength: 12 });
    const fields = fc.record({
      statusCode: fc.integer({ min: 206, max: 299 }),
      headers: fc.dictionary(fc.constantFrom('x-a', 'X-B', 'x-c'), text),
      cookies: fc.array(text, { maxLength: 4 }),
    });
    const classes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fields,
        fc.uint8Array({ maxLength: 60 }),
        fc.array(fc.nat(120), { maxLength: 12 }),
        fc.constantFrom(...names),
        async (head, body, cuts, name) => {
          const bytes = Buffer.concat([prelude(head), body]);
          const places = [...new Set([0, ...cuts.filter((at) => at < bytes.length), bytes.length])].sort(
            (a, b) => a - b,
          );
          const pieces = places.slice(1).map((at, i) => bytes.subarray(places[i], at));
          const answer = await read(formatOf(name), new Pieces(pieces));
          assert.equal(answer.status, head.statusCode);
          assert.equal(answer.body, Buffer.from(body).toString('latin1'));
          const expected = Object.entries(head.headers).map(([key, value]) => [key.toLowerCase(), value.trim()]);
          const cookies = [...head.cookies.map((cookie) => ['set-cookie', cookie.trim()])];
          const sent = answer.headers.filter(([key]) => key !== 'content-type');
          assert.deepEqual(sent, [...expected, ...cookies]);
          const where = body.length === 0 ? 'no body' : body[0] === 0 ? 'body begins with NUL' : 'body';
          classes.set(where, (classes.get(where) ?? 0) + 1);
        },
      ),
      { numRuns: 1_000, seed },
    );
    for (const [name, times] of classes) context.diagnostic(`${name}: ${times}`);
  });
});

describe('a result without a prelude', () => {
  const result = Buffer.from(
    '{"statusCode":202,"headers":{"content-type":"a/b"},"body":"aGV5","isBase64Encoded":true}',
  );

  test('is that of a function that does not stream, in every format and of any size', async () => {
    for (const name of names) {
      for (const size of [1, 10, 1_000]) {
        const answer = await read(formatOf(name), new Pieces(cut(result, size)));
        assert.deepEqual(answer, { status: 202, headers: [['content-type', 'a/b']], body: 'hey' });
      }
      const large = Buffer.from(JSON.stringify({ statusCode: 200, body: 'x'.repeat(1_000_000) }));
      assert.equal((await read(formatOf(name), new Pieces(cut(large, 30_000)))).body.length, 1_000_000);
    }
  });

  test('is inferred where the format infers, and refused where it does not', async () => {
    const v2 = await read(formatOf('api-gateway-v2'), new Pieces(['"hel', 'lo"']));
    assert.deepEqual(v2, { status: 200, headers: [['content-type', 'application/json']], body: 'hello' });
    assert.equal((await read(formatOf('function-url'), new Pieces(['"hel', 'lo"']))).body, '"hello"');
    assert.match((await refusal('api-gateway-v1', new Pieces(['"hello"']))).message, /not a JSON object/);
  });

  test('and without a byte is not an answer: what the head said would be lost', async () => {
    for (const name of names) {
      assert.match((await refusal(name, new Pieces([]))).message, /neither a prelude nor a body/);
    }
  });

  test('that does not begin as JSON does is refused at its first byte', async () => {
    for (const name of names) {
      for (const text of ['data: 1', 'id,total', 'Hello', '<html>', '}', '\ufeff{}']) {
        const pieces = new Pieces([' ', '\r\n', ...cut(Buffer.from(text), 1)]);
        assert.match((await refusal(name, pieces)).message, /neither with a prelude nor with JSON: `prelude: false`/);
        assert.equal(pieces.read, 3);
        assert.ok(pieces.stopped);
      }
    }
  });

  test('of many bytes that are no longer JSON is refused before the end', async () => {
    for (const begin of ['1', 't', ' ']) {
      const pieces = new Pieces(Array.from({ length: 1_000 }, () => begin.repeat(1_000)));
      assert.match((await refusal('function-url', pieces)).message, /no prelude within its first 16384 bytes/);
      assert.equal(pieces.read, 17);
    }
  });

  test('may be as large as what Lambda answers elsewhere', async () => {
    const large = Buffer.from(JSON.stringify('x'.repeat(6_291_554)));
    assert.equal((await read(formatOf('api-gateway-v2'), new Pieces(cut(large, 60_000)))).body.length, 6_291_554);
  });

  test('is bounded by what is taken of any answer, and by the room there is', async () => {
    const pieces = Array.from({ length: 1_000 }, () => `[${'1'.repeat(9_999)}`);
    assert.match((await refusal('function-url', new Pieces(pieces))).message, /more than 6422528 bytes/);
    const stream = new Pieces(pieces);
    const memory = new CountedMemory(100_000);
    await assert.rejects(formatOf('function-url').begin(stream, memory), NoRoomError);
    assert.ok(stream.stopped);
    assert.equal(memory.taken, 0);
  });
});

test('raw bytes are sent as they are, preludes too', async () => {
  assert.deepEqual(await read(rawStream, new Pieces([prelude({ statusCode: 500 }), 'x'])), {
    status: 200,
    headers: [['content-type', 'application/octet-stream']],
    body: '{"statusCode":500}\0\0\0\0\0\0\0\0x',
  });
  const failed = new Error('the function failed');
  await assert.rejects(rawStream.begin(new Pieces([], failed)), failed);
  assert.equal((await read(rawStream, new Pieces([]))).body, '');
});

test('what came before the answer began is let go when it is read, though the stream continues', async () => {
  const { body } = await rawStream.begin(new Pieces(['a'.repeat(100_000), 'b', 'c']));
  assert.ok(!isWhole(body));
  const pieces = body[Symbol.asyncIterator]();
  const first = new WeakRef((await pieces.next()).value.buffer);
  await pieces.next();
  assert.ok(await isCollected(first));
  assert.equal(Buffer.from((await pieces.next()).value).toString(), 'c');
});
