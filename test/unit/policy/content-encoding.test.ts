import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { NoRoomError } from '../../../src/memory-account.ts';
import { codingsOf, decodeBody } from '../../../src/policy/content-encoding.ts';
import { PolicyFailure } from '../../../src/policy/policy-failure.ts';
import { CountedMemory } from '../../support/counted-memory.ts';
import { answerOf, policyRun, step } from '../../support/policy-run.ts';

const text = Buffer.from('{"a":"äöü"}'.repeat(50));
const limit = 1_000_000;

const compressed: readonly (readonly [string, Buffer])[] = [
  ['gzip', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['deflate', deflateRawSync(text)],
  ['br', brotliCompressSync(text)],
  ['zstd', zstdCompressSync(text)],
  ['GZip', gzipSync(text)],
];

/** Decodes with an account of its own, which must hold the result and nothing else afterwards. */
async function decode(
  body: Uint8Array,
  values: readonly string[],
  { side = 'request' as 'request' | 'response', room = Number.POSITIVE_INFINITY, most = limit } = {},
): Promise<Buffer> {
  const memory = new CountedMemory(room);
  const options = { side, limit: most, memory, onDecoder() {} };
  try {
    const bytes = await decodeBody(body, codingsOf(values), options);
    assert.equal(memory.taken, codingsOf(values).length === 0 ? 0 : bytes.length, 'as much is held as came out');
    return Buffer.from(bytes);
  } catch (error) {
    assert.equal(memory.taken, 0, 'nothing is held after a failure');
    throw error;
  }
}

const failsWith = (key: string, status?: number) => (error: unknown) => {
  assert.ok(error instanceof PolicyFailure, String(error));
  assert.equal(error.key, key);
  if (status !== undefined) assert.equal(error.status, status);
  return true;
};

for (const [name, bytes] of compressed) {
  test(`${name} of ${bytes.length} bytes is decoded`, async () => {
    assert.deepEqual(await decode(bytes, [name]), text);
  });

  test(`${name} of ${bytes.length} bytes that breaks off is malformed, wherever it does`, async () => {
    for (const length of new Set([1, 3, bytes.length >> 1, bytes.length - 4, bytes.length - 1])) {
      await assert.rejects(
        decode(bytes.subarray(0, length), [name]),
        failsWith('LAMBDA_EXT_PROC_MALFORMED_ENCODING', 400),
        `${length} bytes`,
      );
    }
  });

  test(`${name} of ${bytes.length} bytes with something behind it is malformed`, async () => {
    for (const more of [Buffer.from('{"a":1}'), Buffer.alloc(3), Buffer.from([0])]) {
      await assert.rejects(
        decode(Buffer.concat([bytes, more]), [name]),
        failsWith('LAMBDA_EXT_PROC_MALFORMED_ENCODING', 400),
      );
    }
  });
}

test('a body of several members or frames is one body, where the coding has such', async () => {
  const twice = Buffer.concat([text, text]);
  assert.deepEqual(await decode(Buffer.concat([gzipSync(text), gzipSync(text)]), ['gzip']), twice);
  assert.deepEqual(await decode(Buffer.concat([zstdCompressSync(text), zstdCompressSync(text)]), ['zstd']), twice);
  const half = zstdCompressSync(text).subarray(0, 20);
  const broken = [
    Buffer.concat([zstdCompressSync(text), half]),
    Buffer.concat([brotliCompressSync(text), brotliCompressSync(text)]),
  ];
  for (const bytes of broken) {
    const name = bytes === broken[0] ? 'zstd' : 'br';
    await assert.rejects(decode(bytes, [name]), failsWith('LAMBDA_EXT_PROC_MALFORMED_ENCODING'));
  }
  // Node 26 reads all frames by itself; before, each costs a decoder, and 64 are the most.
  const many = decode(Buffer.concat(Array.from({ length: 65 }, () => zstdCompressSync('x'))), ['zstd']);
  if (Number.parseInt(process.versions.node, 10) < 26) {
    await assert.rejects(many, failsWith('LAMBDA_EXT_PROC_MALFORMED_ENCODING'));
  } else {
    assert.equal((await many).toString(), 'x'.repeat(65));
  }
});

test('two codings are undone from the last to the first, in one header or in two', async () => {
  const bytes = brotliCompressSync(gzipSync(text));
  for (const values of [
    ['gzip, br'],
    ['gzip', 'br'],
    [',gzip ,, BR,'],
    ['identity, gzip', 'identity', 'br,identity'],
  ]) {
    assert.deepEqual(await decode(bytes, values), text, String(values));
  }
  assert.deepEqual(await decode(text, ['identity']), text);
  assert.deepEqual(await decode(text, ['', ' , ']), text);
});

test('more than two codings are refused before any is undone', async () => {
  const bytes = gzipSync(gzipSync(gzipSync(text)));
  for (const values of [['gzip, gzip, gzip'], ['gzip', 'gzip', 'gzip'], ['br,br,br,br'], ['foo, bar, baz']]) {
    await assert.rejects(decode(bytes, values), failsWith('LAMBDA_EXT_PROC_UNSUPPORTED_ENCODING', 415));
  }
});

test('an unknown coding of a request is 415, and that of a backend is unavailable', async () => {
  for (const name of ['compress', 'foo', '__proto__', 'constructor', 'gzip;q=1', '*']) {
    await assert.rejects(decode(text, [name]), failsWith('LAMBDA_EXT_PROC_UNSUPPORTED_ENCODING', 415));
    await assert.rejects(
      decode(text, [name], { side: 'response' }),
      failsWith('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', 500),
    );
  }
});

test('noise is 400, and a backend’s is unavailable', async () => {
  for (const name of ['gzip', 'deflate', 'br', 'zstd']) {
    await assert.rejects(decode(text, [name]), failsWith('LAMBDA_EXT_PROC_MALFORMED_ENCODING', 400));
    await assert.rejects(
      decode(text, [name], { side: 'response' }),
      failsWith('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', 500),
    );
  }
});

const bomb = Buffer.alloc(2_000_000);
const bombs: readonly (readonly [string, Buffer])[] = [
  ['gzip', gzipSync(bomb)],
  ['gzip, gzip', gzipSync(gzipSync(bomb))],
  ['deflate', deflateSync(bomb)],
  ['br', brotliCompressSync(bomb)],
  ['zstd', zstdCompressSync(bomb)],
];

for (const [names, bytes] of bombs) {
  test(`${bytes.length} bytes of ${names} that unfold over the limit of a body are refused`, async () => {
    await assert.rejects(decode(bytes, [names]), failsWith('LAMBDA_EXT_PROC_BODY_TOO_LARGE', 413));
    await assert.rejects(
      decode(bytes, [names], { side: 'response' }),
      failsWith('LAMBDA_EXT_PROC_BODY_TOO_LARGE', 500),
    );
  });

  test(`${bytes.length} bytes of ${names} that unfold over what is free are refused on the way`, async () => {
    const refused = (error: unknown): boolean => error instanceof NoRoomError;
    for (const room of [0, 100_000, 1_000_000, 2_000_000]) {
      await assert.rejects(decode(bytes, [names], { room, most: 3_000_000 }), refused, `${room} bytes free`);
    }
    assert.equal((await decode(bytes, [names], { room: 7_000_000, most: 3_000_000 })).length, 2_000_000);
  });
}

test('a frame of zstd with a window over 8 MiB is refused, as RFC 9659 allows', async () => {
  const params = { [constants.ZSTD_c_windowLog]: 26, [constants.ZSTD_c_contentSizeFlag]: 0 };
  const bytes = zstdCompressSync(Buffer.alloc(40_000_000), { params });
  await assert.rejects(decode(bytes, ['zstd'], { most: 50_000_000 }), failsWith('LAMBDA_EXT_PROC_MALFORMED_ENCODING'));
});

const reads = { apis: { default: { request: [step('f', { payload: '{#request.content}', sendToConsumer: true })] } } };

test('an error about a caller’s coding goes to the caller, and is not an error in the log', async () => {
  for (const [coding, status, key] of [
    ['compress', 415, 'LAMBDA_EXT_PROC_UNSUPPORTED_ENCODING'],
    ['gzip, gzip, gzip', 415, 'LAMBDA_EXT_PROC_UNSUPPORTED_ENCODING'],
    ['gzip', 400, 'LAMBDA_EXT_PROC_MALFORMED_ENCODING'],
  ] as const) {
    const run = policyRun(reads, { headers: { 'content-encoding': coding } });
    const answer = answerOf(await run.request('no gzip'));
    assert.deepEqual([answer.status, answer.errorKey, run.calls.length], [status, key, 0]);
    assert.equal(answer.headers['accept-encoding'], status === 415 ? 'gzip, deflate, br, zstd' : undefined);
    assert.ok(
      run.log.every(({ level }) => Number(level) <= 30),
      JSON.stringify(run.log),
    );
    assert.doesNotMatch(JSON.stringify(run.log), /allow_mode_override|per_connection_buffer/);
  }
});

test('an empty body is empty in every coding', async () => {
  for (const coding of ['gzip', 'compress', 'a, b, c']) {
    const run = policyRun(reads, { headers: { 'content-encoding': coding } });
    assert.equal(answerOf(await run.request('')).status, 200);
  }
});

test('a body whose request is aborted is not decoded further', async () => {
  const memory = new CountedMemory();
  const run = policyRun(reads, { headers: { 'content-encoding': 'gzip' }, bodyLimit: 100_000_000, memory });
  const running = run.request(gzipSync(Buffer.alloc(90_000_000)));
  run.transaction.abort();
  await assert.rejects(running, /the request ended/);
  assert.equal(memory.taken, 0);
  assert.equal(run.calls.length, 0);
});

test('bodies are decoded four at a time, so that windows which nothing counts yet do not stand side by side', async () => {
  let open = 0;
  let most = 0;
  const body = brotliCompressSync(Buffer.alloc(limit));
  const decoding = () => ({
    side: 'request' as const,
    limit,
    memory: new CountedMemory(),
    onDecoder(decoder: unknown) {
      open += decoder === undefined ? -1 : 1;
      most = Math.max(most, open);
    },
  });
  const bodies = await Promise.all(Array.from({ length: 40 }, () => decodeBody(body, ['br'], decoding())));
  assert.ok(bodies.every(({ length }) => length === limit));
  assert.deepEqual([open, most], [0, 4]);
  // Those that fail let others in, too.
  const broken = Array.from({ length: 10 }, () => decodeBody(Buffer.from('no br'), ['br'], decoding()));
  assert.ok((await Promise.allSettled(broken)).every(({ status }) => status === 'rejected'));
  assert.equal((await decodeBody(body, ['br'], decoding())).length, limit);
});

test('a body that is no longer needed when its turn comes is not decoded', async () => {
  const onDecoder = () => assert.fail('decoded');
  const options = { side: 'request', limit, memory: new CountedMemory(), onDecoder, isWanted: () => false } as const;
  await assert.rejects(decodeBody(gzipSync(text), ['gzip'], options), /no longer needed/);
});
