import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { decodeBody } from '../../../src/policy/content-encoding.ts';
import { PolicyFailure } from '../../../src/policy/policy-failure.ts';

const text = Buffer.from('{"a":"äöü"}'.repeat(50));
const limit = 1_000_000;

for (const [name, bytes] of [
  ['gzip', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['deflate', deflateRawSync(text)],
  ['br', brotliCompressSync(text)],
  ['zstd', zstdCompressSync(text)],
  ['identity', text],
  ['GZIP', gzipSync(text)],
] as const) {
  test(`${name} of ${bytes.length} bytes is decoded`, async () => {
    assert.deepEqual(Buffer.from(await decodeBody(bytes, [name], limit)), text);
  });
}

test('several encodings are undone from the last to the first', async () => {
  const bytes = brotliCompressSync(gzipSync(text));
  assert.deepEqual(Buffer.from(await decodeBody(bytes, ['gzip, br'], limit)), text);
  assert.deepEqual(Buffer.from(await decodeBody(bytes, ['gzip', 'br'], limit)), text);
});

test('an empty body is empty in every encoding', async () => {
  assert.equal((await decodeBody(new Uint8Array(), ['gzip'], limit)).length, 0);
});

const failsWith = (key: string) => (error: unknown) => error instanceof PolicyFailure && error.key === key;

test('a small body that unfolds over the limit is refused', async () => {
  for (const bomb of [gzipSync(Buffer.alloc(2_000_000)), brotliCompressSync(Buffer.alloc(2_000_000))]) {
    const encoding = bomb[0] === 0x1f ? 'gzip' : 'br';
    await assert.rejects(decodeBody(bomb, [encoding], limit), failsWith('LAMBDA_EXT_PROC_BODY_TOO_LARGE'));
  }
});

test('noise and unknown encodings are refused', async () => {
  for (const name of ['gzip', 'deflate', 'br', 'zstd', 'compress', '__proto__']) {
    await assert.rejects(decodeBody(text, [name], limit), failsWith('LAMBDA_EXT_PROC_BODY_UNAVAILABLE'));
  }
});
