// What happens to a streamed answer before anything of it is sent, and how many there may be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Capacity } from '../../../../src/ext-proc/capacity.ts';
import { HeldBytes } from '../../../../src/ext-proc/held-bytes.ts';
import type { StreamObserver } from '../../../../src/ext-proc/observer.ts';
import { collectBody, withFirstPiece } from '../../../../src/ext-proc/streaming/index.ts';
import { unlimitedMemory } from '../../../../src/memory-account.ts';
import { defaultLimits, PolicyFailure } from '../../../../src/policy/index.ts';
import { isCollected } from '../../../support/collected.ts';
import { CountedMemory } from '../../../support/counted-memory.ts';
import { ScriptedPieces } from './scripted-pieces.ts';

test('the first piece is waited for, and nothing is lost or read ahead', async () => {
  const body = new ScriptedPieces().push(new Uint8Array(), 'ab', 'c', 'end');
  const pieces = await withFirstPiece(body);
  assert.equal(body.asked, 2);
  const all: string[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece).toString());
  assert.deepEqual(all, ['ab', 'c']);
});

test('a failure before the first piece is the reader’s, and so is an end', async () => {
  await assert.rejects(withFirstPiece(new ScriptedPieces().push(new Error('broken'))), /broken/);
  const empty = await withFirstPiece(new ScriptedPieces().push('end'));
  for await (const _ of empty) assert.fail('there is no piece');
});

test('the first piece is let go when it is read, though the stream continues', async () => {
  const body = new ScriptedPieces().push('ab', 'c');
  const pieces = (await withFirstPiece(body))[Symbol.asyncIterator]();
  const first = new WeakRef((await pieces.next()).value);
  await pieces.next();
  assert.ok(await isCollected(first));
  body.push('end');
  assert.equal((await pieces.next()).done, true);
});

test('what is collected is whole, and at most as large as may be', async () => {
  const whole = await collectBody(new ScriptedPieces().push('abc', 'de', 'end'), 5, unlimitedMemory);
  assert.equal(Buffer.from(whole).toString(), 'abcde');
  await assert.rejects(
    collectBody(new ScriptedPieces().push('abc', 'def', 'end'), 5, unlimitedMemory),
    (error) => error instanceof PolicyFailure && error.key === 'LAMBDA_EXT_PROC_BODY_TOO_LARGE',
  );
});

test('pieces of a byte each are put together as they come, and not kept one by one', async (t) => {
  const memory = new CountedMemory();
  const takes = t.mock.method(memory, 'take');
  const pieces = new ScriptedPieces().push(...Array.from({ length: 1_000 }, (_, i) => Buffer.from([i])), 'end');
  const whole = await collectBody(pieces, 10_000, memory);
  assert.deepEqual([whole.length, whole[999], memory.taken], [1_000, 999 % 256, 1_000]);
  assert.ok(takes.mock.callCount() < 20, `${takes.mock.callCount()} buffers`);
});

test('streamed answers are counted for the process and for an API, until their streams have ended', () => {
  const capacity = new Capacity();
  const reached: string[] = [];
  const observer = { limitReached: (limit: string) => reached.push(limit) } as unknown as StreamObserver;
  const limits = { ...defaultLimits, responseStreams: 3, shares: { default: 0.7 } };
  const open = (api: string) => {
    const held = new HeldBytes(capacity, limits, observer);
    assert.ok(held.join(api));
    return held;
  };
  const first = open('a');
  assert.deepEqual([first.takeResponseStream(), open('a').takeResponseStream()], [true, true]);
  const refused = open('a');
  assert.equal(refused.takeResponseStream(), false);
  assert.match(refused.shortage, /0\.7 of limits\.responseStreams \(3\) that the API "a" may hold/);
  assert.equal(open('b').takeResponseStream(), true);
  assert.equal(open('c').takeResponseStream(), false);
  assert.deepEqual(reached, ['api_response_streams', 'response_streams']);
  // One that was refused gives nothing back.
  refused.end();
  refused.release();
  assert.equal(open('c').takeResponseStream(), false);
  first.end();
  first.release();
  assert.equal(open('c').takeResponseStream(), true);
});
