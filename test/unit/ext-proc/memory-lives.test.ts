// Random lives of streams that share tight limits: whatever happens to them, when all have ended nothing is held.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Metadata } from '@grpc/grpc-js';
import fc from 'fast-check';
import { pino } from 'pino';
import { loadPolicies } from '../../../src/config/index.ts';
import { Capacity } from '../../../src/ext-proc/capacity.ts';
import { CollectedAnswers } from '../../../src/ext-proc/collected-answers.ts';
import { HiddenHeaders } from '../../../src/ext-proc/hidden-headers.ts';
import { MissingBodies } from '../../../src/ext-proc/missing-bodies.ts';
import type { StreamObserver } from '../../../src/ext-proc/observer.ts';
import { OpenAnswers } from '../../../src/ext-proc/open-answers.ts';
import { ProcessingStream } from '../../../src/ext-proc/stream.ts';
import { realTiming } from '../../../src/ext-proc/timing.ts';
import { type ProcessingRequest, readRequest, writeRequest } from '../../../src/ext-proc/wire/index.ts';
import { InvocationError } from '../../../src/lambda/index.ts';
import { defaultLogging, type PolicyRuntime } from '../../../src/policy/index.ts';
import { invokerOf } from '../../support/invoker-of.ts';

const seed = Number(process.env.MEMORY_SEED ?? Date.now() % 1_000_000);
const lives = Number(process.env.MEMORY_LIVES ?? 200);
const node = { id: null, version: null, tenant: null, zone: null, shardingTags: [] };

const chain = [
  {
    configuration: {
      function: 'echo',
      payload: '{#request.content}',
      variables: [{ name: 'v', value: '{#lambdaResponse.content}' }],
    },
  },
  {
    onError: 'continue',
    configuration: {
      function: "{#request.headers['x-f'][0]}",
      payload: '{"é": "{#request.content}{#context.attributes[\'v\']}"}',
    },
  },
  {
    configuration: {
      function: 'echo',
      variables: [{ name: 'v', value: 'short' }],
      mutations: {
        body: '{#lambdaResponse.content}{#request.content}',
        headers: { set: { 'x-v': "{#context.attributes['v']}" } },
      },
    },
  },
];
const step = { function: "{#request.headers['x-f'][0]}", payload: '{#request.content}' };
const answer = {
  status: 201,
  headers: { set: { 'x-a': '{#lambdaResponse.status}' } },
  body: '<{#lambdaResponse.content}>',
};
const { set } = loadPolicies(
  JSON.stringify({
    version: 1,
    limits: { bodyBytes: 200_000, bufferedBytes: 1_000_000, streams: 8, shares: { reads: 0.5, chain: 0.3 } },
    apis: {
      idle: {},
      reads: { request: [{ configuration: step }] },
      sends: {
        request: [{ configuration: { ...step, sendToConsumer: true, answer } }],
        response: [
          {
            configuration: {
              function: 'echo',
              payload: '{#response.content}',
              mutations: { body: '{#lambdaResponse.content}' },
            },
          },
        ],
      },
      chain: { request: chain, response: [{ configuration: { ...step, payload: '{#response.content}' } }] },
    },
  }),
  'policies.json',
);

/** What happened, so that a run tells whether it came to everything. */
const seen = new Map<string, number>();
const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

/** Functions that outlive their caller's patience, fail, take their memory as the real invoker does, or do not. */
const invoker = invokerOf(async ({ functionName, payload = Buffer.from('null'), memory }, signal) => {
  const result = { status: 200, payload, attempts: 1 };
  switch (functionName) {
    case 'large':
      if (memory?.take(150_000) === false) throw new InvocationError('no-room', { message: memory.shortage });
      await nextTurn();
      return { ...result, payload: Buffer.alloc(150_000, 'x'), held: 150_000 };
    case 'fails':
      return { ...result, functionError: 'Unhandled' };
    case 'throws':
      throw new InvocationError('connection-failed', { message: 'no' });
    case 'late':
      await sleep(1);
      return result;
    case 'hangs':
      // In observability mode nobody cuts it.
      await Promise.race([
        sleep(20),
        new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true })),
      ]);
      // It goes on for a moment though it was cut.
      await nextTurn();
      throw new InvocationError('aborted', { message: 'aborted' });
    default:
      return result;
  }
});

const api = fc.constantFrom('idle', 'reads', 'reads', 'sends', 'sends', 'chain', 'chain', 'nowhere');
const functions = fc.constantFrom('echo', 'large', 'fails', 'throws', 'late', 'hangs');
const mode = fc.constantFrom('NONE', 'BUFFERED', 'FULL_DUPLEX_STREAMED', 'FULL_DUPLEX_STREAMED');
const coding = fc.constantFrom('', '', '', 'gzip', 'zstd', 'gzip, gzip', 'compress', 'broken');

type Action =
  | { readonly kind: 'body' | 'answer-body'; readonly size: number; readonly end: boolean; readonly wide: boolean }
  | { readonly kind: 'answered'; readonly end: boolean }
  | { readonly kind: 'turn'; readonly ms: number }
  | { readonly kind: 'trailers' | 'drained' }
  /** A message of which only a part comes. */
  | { readonly kind: 'half'; readonly size: number };

const size = fc.nat(150_000);
const turn = fc.record({ kind: fc.constant('turn' as const), ms: fc.nat(2) });
const piece = (kind: 'body' | 'answer-body', end: boolean): fc.Arbitrary<Action> =>
  fc.record({ kind: fc.constant(kind), size, end: fc.constant(end), wide: fc.boolean() });
const stray: fc.Arbitrary<Action> = fc.oneof(
  piece('body', false),
  piece('answer-body', false),
  fc.record({ kind: fc.constantFrom('trailers' as const, 'drained' as const) }),
  fc.record({ kind: fc.constant('half' as const), size: fc.nat(400_000) }),
);
/** As Envoy sends them, with time between, one thing out of its order at times, and the end at any of them. */
const actions: fc.Arbitrary<readonly Action[]> = fc
  .tuple(
    fc.array(fc.oneof(piece('body', false), turn), { maxLength: 4 }),
    fc.oneof(piece('body', true), fc.constant<Action>({ kind: 'trailers' })),
    fc.array(turn, { maxLength: 4 }),
    fc.record({ kind: fc.constant('answered' as const), end: fc.boolean() }),
    fc.array(fc.oneof(piece('answer-body', false), turn), { maxLength: 3 }),
    piece('answer-body', true),
    fc.array(turn, { maxLength: 3 }),
    fc.option(fc.tuple(fc.nat(10), stray), { freq: 6 }),
    fc.nat(20),
  )
  .map(([sent, sentEnd, waits, head, came, cameEnd, after, odd, length]) => {
    const all: Action[] = [...sent, sentEnd, ...waits, head, ...came, cameEnd, ...after];
    if (odd) all.splice(odd[0], 0, odd[1]);
    return all.slice(0, length);
  });
const life = fc.record({ api, functions, mode, coding, observed: fc.boolean(), actions });
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

function packed(size: number, wide: boolean, name: string): Buffer {
  const text = Buffer.from((wide ? 'é€' : 'xy').repeat(size >> 2));
  if (name === 'gzip') return gzipSync(text);
  if (name === 'zstd') return zstdCompressSync(text);
  return name === 'gzip, gzip' ? gzipSync(gzipSync(text)) : text;
}

const header = (key: string, value: string) => ({ key, raw_value: Buffer.from(value) });

function messageOf(act: Life['actions'][number], { coding }: Life): ProcessingRequest | undefined {
  switch (act.kind) {
    case 'body':
      return {
        request_body: { body: packed(act.size, act.wide, coding), end_of_stream: act.end },
      } as ProcessingRequest;
    case 'trailers':
      return { request_trailers: {} } as ProcessingRequest;
    case 'answered': {
      const headers = [header(':status', '200'), header('x-envoy-upstream-service-time', '1')];
      return { response_headers: { headers: { headers }, end_of_stream: act.end } } as ProcessingRequest;
    }
    case 'answer-body':
      return { response_body: { body: Buffer.alloc(act.size, 'b'), end_of_stream: act.end } } as ProcessingRequest;
    default:
      return undefined;
  }
}

async function live(one: Life, capacity: Capacity, runtime: PolicyRuntime): Promise<void> {
  const metadata = new Metadata();
  metadata.set('x-lambda-api', one.api);
  const observer = new Proxy({} as StreamObserver, {
    get: (_, name) => (first: unknown, second: unknown) =>
      void (name === 'limitReached' ? count(String(first)) : name === 'immediateResponse' ? count(String(second)) : 0),
  });
  let closed = false;
  let written = 0;
  const stream: ProcessingStream = new ProcessingStream(
    {
      metadata,
      authority: 'lambda-ext-proc',
      sendInitialMetadata() {},
      write(_, onSent) {
        // Some leave later, some never.
        if (written++ % 3 !== 0) setImmediate(() => onSent?.());
        return true;
      },
      pause: () => count('paused'),
      resume() {},
      fail() {
        closed = true;
        stream.close();
      },
    },
    {
      set,
      runtime,
      observer,
      capacity,
      timing: realTiming,
      missingBodies: new MissingBodies(),
      hiddenHeaders: new HiddenHeaders(runtime.logger),
      logger: runtime.logger,
      now: Date.now,
      monotonic: () => performance.now(),
      openAnswers: new OpenAnswers(),
      collectedAnswers: new CollectedAnswers(runtime.logger, observer),
    },
  );
  // As gRPC does: it asks first, and hands over what has come whole a little later, in order.
  let open = true;
  const ask = (bytes: number): void => {
    open &&= !closed && stream.begin(bytes);
    if (!open) count('not collected');
  };
  const receive = async (message: ProcessingRequest): Promise<void> => {
    ask(20 + ((message.request_body ?? message.response_body)?.body?.length ?? 0));
    await nextTurn();
    if (open && !closed) stream.receive(readRequest(writeRequest(message)));
  };
  const headers = [header(':method', 'POST'), header(':path', '/'), header('x-f', one.functions)];
  if (one.coding !== '') headers.push(header('content-encoding', one.coding === 'broken' ? 'gzip' : one.coding));
  await receive({
    request_headers: { headers: { headers }, end_of_stream: false },
    protocol_config: { request_body_mode: one.mode, response_body_mode: one.mode },
    observability_mode: one.observed,
  } as unknown as ProcessingRequest);
  for (const act of one.actions) {
    if (act.kind === 'turn') await sleep(act.ms);
    if (act.kind === 'drained') stream.drained();
    const message = messageOf(act, one);
    if (message !== undefined) await receive(message);
    if (act.kind === 'half') {
      ask(act.size);
      // The rest never comes, and what would follow it neither.
      open = false;
    }
    for (const [name, held] of capacity.apis)
      assert.ok(Math.min(held.bytes, held.streams, held.coming) >= 0, `${name}: ${JSON.stringify(held)}`);
    assert.ok(capacity.bufferedBytes >= 0);
  }
  count(closed ? 'violation' : 'closed');
  stream.close();
}

test(`after ${lives} times some random lives nothing is held, seed ${seed}`, async (t) => {
  const logger = pino({ level: 'silent' });
  const open = { end() {}, drop() {} };
  const observer = { invocation: () => open, failed() {}, limitReached() {} };
  const runtime = { invoker, logger, observer, logging: defaultLogging, node };
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 14 }), async (all) => {
      const capacity = new Capacity();
      await Promise.all(all.map((one) => live(one, capacity, runtime)));
      for (let i = 0; i < 500 && capacity.streams + capacity.apis.size > 0; i++) await sleep(2);
      assert.equal(capacity.streams, 0, 'streams');
      assert.equal(capacity.bufferedBytes, 0, 'bytes');
      assert.equal(capacity.apis.size, 0, 'APIs');
      // All of the limit may come again.
      assert.equal(capacity.takeComing(set.limits.bufferedBytes, undefined, 1, set.limits), undefined);
    }),
    { seed, numRuns: lives, endOnFailure: false },
  );
  t.diagnostic([...seen].map(([what, times]) => `${what}: ${times}`).join(', '));
  const wanted = [
    'streams',
    'buffered_bytes',
    'api_streams',
    'api_buffered_bytes',
    'SEND_TO_CONSUMER',
    'LAMBDA_EXT_PROC_OVERLOADED',
    'LAMBDA_EXT_PROC_MALFORMED_ENCODING',
    'LAMBDA_EXT_PROC_UNSUPPORTED_ENCODING',
    'violation',
    'not collected',
  ];
  assert.deepEqual(
    wanted.filter((what) => !seen.has(what)),
    [],
    'never came up',
  );
});
