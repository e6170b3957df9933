// Sending an answer piece by piece: what holds it back, what ends it, and what is kept meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AnswerSender, type StreamHead } from '../../../../src/ext-proc/streaming/index.ts';
import type { PolicyFailure } from '../../../../src/policy/index.ts';
import { ScriptedPieces } from './scripted-pieces.ts';

const KiB = 1024;
const wide = { maxBytes: 1e9, bytesPerSecond: 1e9, burstBytes: 1e9 };
const usualHead: StreamHead = { status: 200, headers: [], cookies: [], bodiless: false };

interface Options {
  readonly limits?: Partial<typeof wide>;
  readonly head?: Partial<StreamHead>;
  /** Bytes that the account has. */
  readonly room?: number;
}

function scene({ limits, head, room = 1e9 }: Options = {}) {
  const body = new ScriptedPieces();
  const sent: string[] = [];
  const ends: (string | undefined)[] = [];
  const unsent: (() => void)[] = [];
  const timers: { readonly run: () => void; readonly at: number }[] = [];
  const state = { clock: 0, held: 0, most: 0, takes: true };
  const sender = new AnswerSender(
    { head: { ...usualHead, ...head }, body, limits: { ...wide, ...limits } },
    {
      memory: {
        shortage: 'over limits.bufferedBytes',
        take(bytes) {
          if (state.held + bytes > room) return false;
          state.held += bytes;
          state.most = Math.max(state.most, state.held);
          return true;
        },
        give(bytes) {
          state.held -= bytes;
        },
      },
      timing: {
        set(run, ms) {
          const timer = { run, at: state.clock + ms };
          timers.push(timer);
          return timer;
        },
        clear(timer) {
          const index = timers.indexOf(timer as (typeof timers)[number]);
          if (index >= 0) timers.splice(index, 1);
        },
      },
      monotonic: () => state.clock,
      writeHead: (_, end) => sent.push(end ? 'head!' : 'head'),
      writePiece(bytes, end, onSent) {
        sent.push(end ? 'end' : String(bytes.length));
        unsent.push(onSent);
        return state.takes;
      },
      ended: (failure: PolicyFailure | undefined) => ends.push(failure?.key),
    },
  );
  return {
    body,
    sender,
    sent,
    ends,
    timers,
    state,
    /** What was written leaves. */
    async leave(count = unsent.length) {
      for (const onSent of unsent.splice(0, count)) onSent();
      await settle();
    },
    /** Time passes to the next timer. */
    async tick() {
      const [timer] = timers.toSorted((a, b) => a.at - b.at);
      assert.ok(timer !== undefined, 'nothing waits for time to pass');
      timers.splice(timers.indexOf(timer), 1);
      state.clock = timer.at;
      timer.run();
      await settle();
    },
  };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await nextTurn();
}

test('pieces leave as they come, and the end is one of its own', async () => {
  const { body, sender, sent, ends } = scene();
  sender.start();
  body.push('ab');
  await settle();
  assert.deepEqual(sent, ['head', '2']);
  body.push('c', 'end');
  await settle();
  assert.deepEqual([sent, ends], [['head', '2', '1', 'end'], [undefined]]);
  assert.deepEqual(sender.progress, { bytes: 3, pieces: 2 });
});

test('a piece is sent in messages of 64 KiB', async () => {
  const { body, sender, sent } = scene();
  sender.start();
  body.push(new Uint8Array(150 * KiB), 'end');
  await settle();
  assert.deepEqual(sent, ['head', '65536', '65536', '22528', 'end']);
});

test('an answer without a body is a head that ends', async () => {
  const { body, sender, sent, ends } = scene();
  sender.start();
  body.push('end');
  await settle();
  assert.deepEqual([sent, ends], [['head!'], [undefined]]);
});

test('where there may be no body it is not read, and what it comes from is closed', async () => {
  const { body, sender, sent, ends } = scene({ head: { bodiless: true } });
  body.push('a body');
  sender.start();
  await settle();
  assert.deepEqual([sent, ends, body.asked, body.stopped], [['head!'], [undefined], 0, true]);
});

test('no more is read while 256 KiB are on their way', async () => {
  const { body, sender, sent, leave, state } = scene();
  for (let i = 0; i < 20; i++) body.push(new Uint8Array(64 * KiB));
  sender.start();
  await settle();
  assert.equal(sent.length, 5);
  const { asked } = body;
  await settle();
  assert.equal(body.asked, asked, 'the function is read on though Envoy accepts only');
  assert.equal(state.held, 64 * KiB);
  await leave(1);
  assert.equal(sent.length, 6);
  assert.equal(body.asked, asked + 1);
});

test('no more is written after a write that asks to wait, until it has drained', async () => {
  const { body, sender, sent, state } = scene();
  state.takes = false;
  body.push('a', 'b', 'end');
  sender.start();
  await settle();
  assert.deepEqual(sent, ['head', '1']);
  state.takes = true;
  sender.drained();
  await settle();
  assert.deepEqual(sent, ['head', '1', '1', 'end']);
});

test('after the burst the rate is held by timers', async () => {
  const { body, sender, sent, tick, leave, state, timers } = scene({
    limits: { burstBytes: 100_000, bytesPerSecond: 1_000_000 },
  });
  for (let i = 0; i < 100; i++) body.push(new Uint8Array(10_000));
  body.push('end');
  sender.start();
  await settle();
  let steps = 0;
  while (!sent.includes('end')) {
    await leave();
    if (timers.length > 0) await tick();
    assert.ok(++steps < 1000);
  }
  // 1,000,000 bytes, of which the first 100,000 and the last piece wait for nothing.
  assert.ok(state.clock >= 885 && state.clock <= 905, `it took ${state.clock} ms`);
  assert.equal(timers.length, 0);
});

test('a slow rate is held in small steps', async () => {
  const { body, sender, sent, state, tick } = scene({ limits: { burstBytes: 1, bytesPerSecond: 8192 } });
  body.push(new Uint8Array(8192), 'end');
  sender.start();
  await settle();
  while (!sent.includes('end')) await tick();
  assert.deepEqual(sent, ['head', '2048', '2048', '2048', '2048', 'end']);
  assert.ok(state.clock >= 740 && state.clock <= 760, `it took ${state.clock} ms`);
});

test('a body over maxBytes is cut before the piece that is too much', async () => {
  const { body, sender, sent, ends } = scene({ limits: { maxBytes: 5 } });
  sender.start();
  body.push('abc', 'def');
  await settle();
  assert.deepEqual([sent, ends, body.stopped], [['head', '3'], ['LAMBDA_EXT_PROC_BODY_TOO_LARGE'], true]);
});

test('a body of exactly maxBytes is whole', async () => {
  const { body, sender, ends } = scene({ limits: { maxBytes: 6 } });
  sender.start();
  body.push('abc', 'def', 'end');
  await settle();
  assert.deepEqual(ends, [undefined]);
});

test('a body that breaks off is reported once and closed', async () => {
  const { body, sender, sent, ends } = scene();
  sender.start();
  body.push('abc', new Error('broken'));
  await settle();
  assert.deepEqual([sent, ends, body.stopped], [['head', '3'], ['LAMBDA_EXT_PROC_INTERNAL'], true]);
});

test('a piece for which there is no room cuts the answer', async () => {
  const { body, sender, ends, state } = scene({ room: 10 });
  sender.start();
  body.push('abc', new Uint8Array(11));
  await settle();
  assert.deepEqual([ends, state.held], [['LAMBDA_EXT_PROC_OVERLOADED'], 0]);
});

for (const [why, options, prepare] of [
  ['the function', {}, () => {}],
  ['the rate', { limits: { burstBytes: 1, bytesPerSecond: 10 } }, (body: ScriptedPieces) => body.push('abc', 'def')],
  ['Envoy', {}, (body: ScriptedPieces) => body.push(new Uint8Array(300 * KiB))],
] as const) {
  test(`nothing more is written once it is stopped while it waits for ${why}, and nothing is kept`, async () => {
    const { body, sender, sent, ends, state, timers, leave } = scene(options);
    prepare(body);
    sender.start();
    await settle();
    const before = sent.length;
    sender.stop();
    body.push('late', 'end');
    await leave();
    assert.deepEqual([sent.length, ends, state.held, timers.length, body.stopped], [before, [], 0, 0, true]);
  });
}
