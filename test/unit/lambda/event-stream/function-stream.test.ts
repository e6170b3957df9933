// Random streams, cut anywhere, and readers that read on, stop or are aborted: what comes out is what a model says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FunctionStream } from '../../../../src/lambda/event-stream/function-stream.ts';
import { InvocationError } from '../../../../src/lambda/index.ts';
import type { ArrivingBody } from '../../../../src/lambda/transport/passed-on-answer.ts';
import { CountedMemory } from '../../../support/counted-memory.ts';
import { chunkFrame, completeFrame, errorFrame, eventFrame, exceptionFrame } from '../../../support/event-frames.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const RUNS = 500;

/** Pieces of a connection, which now and then has none yet. */
class Connection implements ArrivingBody {
  stopped = false;
  ended = false;
  isUntimed = false;
  readonly #pieces: readonly Buffer[];
  readonly #random: () => number;
  #at = 0;

  constructor(pieces: readonly Buffer[], random: () => number) {
    this.#pieces = pieces;
    this.#random = random;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Buffer>> {
    if (this.#random() < 0.02) await nextTurn();
    const value = this.stopped ? undefined : this.#pieces[this.#at++];
    if (value !== undefined) return { done: false, value };
    this.ended = true;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Buffer>> {
    this.stop();
    return { done: true, value: undefined };
  }

  stop(): void {
    this.stopped = true;
  }

  untimed(): void {
    this.isUntimed = true;
  }
}

type End = 'end' | 'function-failed' | 'stream-error' | 'stream-broken';

interface Part {
  readonly name: string;
  readonly bytes: Buffer;
  /** What the reader gets of it. */
  readonly body?: string;
  /** The stream is over with it. */
  readonly end?: End;
}

function partsOf(random: () => number): Part[] {
  const parts: Part[] = [];
  for (let i = Math.floor(random() * 5); i > 0; i--) {
    const text = 'é'.repeat(Math.floor(random() * (random() < 0.1 ? 2_000 : 9)));
    parts.push({ name: 'chunk', bytes: chunkFrame(text), body: text });
    if (random() < 0.3) parts.push({ name: 'unknown event', bytes: eventFrame('Later', 'x') });
    if (random() < 0.2) parts.push({ name: 'empty chunk', bytes: chunkFrame(''), body: '' });
  }
  const damaged = chunkFrame('damaged');
  const at = Math.floor(random() * damaged.length);
  damaged[at] = (damaged[at] ?? 0) ^ (1 + Math.floor(random() * 255));
  const ends: readonly Part[] = [
    { name: 'good end', bytes: completeFrame({ LogResult: 'bG9n' }), end: 'end' },
    { name: 'good end, and bytes behind it', bytes: Buffer.concat([completeFrame(), damaged]), end: 'end' },
    { name: 'failed function', bytes: completeFrame({ ErrorCode: 'Boom' }), end: 'function-failed' },
    { name: 'exception', bytes: exceptionFrame('Oops', 'no'), end: 'stream-error' },
    { name: 'error', bytes: errorFrame('Oops', 'no'), end: 'stream-error' },
    { name: 'damaged frame', bytes: damaged, end: 'stream-broken' },
    { name: 'message of no type', bytes: eventFrame('', 'x').subarray(0, 20), end: 'stream-broken' },
    { name: 'no last event', bytes: Buffer.alloc(0), end: 'stream-broken' },
    { name: 'end that is no object', bytes: eventFrame('InvokeComplete', '[]'), end: 'stream-broken' },
    { name: 'cut end', bytes: completeFrame().subarray(0, Math.floor(random() * 40)), end: 'stream-broken' },
  ];
  const end = ends[Math.floor(random() * ends.length)];
  assert.ok(end);
  return [...parts, end];
}

function cut(bytes: Buffer, random: () => number): Buffer[] {
  const pieces: Buffer[] = [];
  const size = [1, 7, 100, 10_000][Math.floor(random() * 4)] ?? 1;
  for (let at = 0; at < bytes.length; ) {
    const piece = Buffer.from(bytes.subarray(at, at + 1 + Math.floor(random() * size)));
    pieces.push(piece);
    at += piece.length;
  }
  return pieces;
}

test(`${RUNS} random streams are read as a model says, whatever the reader does`, async (context) => {
  const seed = Number(process.env.STREAM_SEED ?? Date.now() % 2 ** 31);
  context.diagnostic(`seed ${seed}`);
  const classes = new Map<string, number>();
  const count = (name: string): void => void classes.set(name, (classes.get(name) ?? 0) + 1);
  const random = seededRandom(seed);
  for (let run = 0; run < RUNS; run++) {
    const where = `seed ${seed}, run ${run}`;
    const parts = partsOf(random);
    const last = parts.at(-1);
    const pieces = cut(Buffer.concat(parts.map(({ bytes }) => bytes)), random);
    const connection = new Connection(pieces, random);
    const memory = new CountedMemory();
    const controller = new AbortController();
    const stream = new FunctionStream(connection, {
      times: { idleTimeoutMs: 60_000, totalTimeoutMs: 60_000 },
      requestId: 'r',
      attempts: 1,
      logTail: true,
      memory,
      signal: controller.signal,
    });
    const leavesAfter = random() < 0.3 ? Math.floor(random() * 4) : Number.POSITIVE_INFINITY;
    const leaving = random() < 0.5 ? 'stop' : 'abort';
    const outcomes: (InvocationError | undefined)[] = [];
    stream.onOver((error) => outcomes.push(error));
    const bytes: Uint8Array[] = [];
    let outcome: string = 'end';
    try {
      await stream.begin();
      assert.equal(
        connection.isUntimed,
        parts.some(({ body }) => body !== undefined),
        where,
      );
      for (let n = 0; ; n++) {
        if (n === leavesAfter) {
          if (leaving === 'stop') stream.stop();
          else controller.abort();
        }
        const { done, value } = await stream.next();
        if (done === true) break;
        assert.ok(value.byteLength > 0, where);
        bytes.push(value);
      }
    } catch (error) {
      assert.ok(error instanceof InvocationError, `${where}: ${error}`);
      outcome = error.failure;
    }
    const whole = Buffer.from(parts.map(({ body = '' }) => body).join(''));
    const read = Buffer.concat(bytes);
    assert.equal(outcomes.length, 1, `${where}: it is told once that the stream is over`);
    if (outcome === last?.end && read.equals(whole)) count(`${last.name}: ${outcome}`);
    else {
      // The reader has left before the end.
      assert.equal(outcomes[0]?.failure, 'aborted', where);
      assert.equal(outcome, leaving === 'abort' ? 'aborted' : 'end', where);
      assert.ok(leavesAfter < Number.POSITIVE_INFINITY, where);
      assert.ok(whole.subarray(0, read.length).equals(read), where);
      count(`reader left by ${leaving}`);
    }
    assert.deepEqual(await stream.next(), { done: true, value: undefined }, where);
    assert.equal(memory.taken, 0, where);
    // A good connection comes to its end by itself.
    await nextTurn();
    await nextTurn();
    assert.ok(connection.stopped || connection.ended, `${where}: the connection is let go`);
  }
  for (const [name, times] of [...classes].sort()) context.diagnostic(`${name}: ${times}`);
});
