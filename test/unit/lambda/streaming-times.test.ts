// Time, memory and connections of streamed results: deadlines, a reader that pauses or leaves, what else a call is bound by.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, afterEach, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createLambdaInvoker,
  type Invocation,
  InvocationError,
  type InvocationFailure,
  type ProcessInvoker,
  type StreamingResult,
} from '../../../src/lambda/index.ts';
import { createCertificate } from '../../support/certificate.ts';
import { CountedMemory } from '../../support/counted-memory.ts';
import { failureOf, invocation, secrets } from '../../support/invocation.ts';
import { startProxy } from '../../support/proxy.ts';
import { bytesOf, StreamingStub, type StreamScript, streams } from '../../support/streaming-stub.ts';

let stub: StreamingStub;
let invoker: ProcessInvoker;

before(async () => {
  stub = await StreamingStub.start({ secrets });
  invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
});

afterEach(async () => {
  assert.ok(await stub.closedTo(0), 'no stream is left open');
});

after(async () => {
  await stub.stop();
  await invoker.close();
});

const streaming = { idleTimeoutMs: 5_000, totalTimeoutMs: 10_000 };
const transport = { connectionTimeoutMs: 2_000, readTimeoutMs: 5_000 };

let calls = 0;

/** Each call is of another function, so that limits and circuits are a test's own. */
function call(
  script: StreamScript | readonly StreamScript[],
  overrides: Partial<Invocation> = {},
  signal?: AbortSignal,
): Promise<StreamingResult> {
  const functionName = overrides.functionName ?? `f${calls++}`;
  stub.on(functionName, ...(typeof script === 'function' ? [script] : script));
  return invoker.invokeStreaming(
    invocation({ functionName, endpoint: stub.endpoint, streaming, ...overrides }),
    signal,
  );
}

async function fails(promise: Promise<unknown>, failure: InvocationFailure): Promise<InvocationError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof InvocationError, String(error));
    assert.equal(error.failure, failure, error.message);
    return error;
  }
  throw new Error(`no ${failure}`);
}

const hangs: StreamScript = (stream) => stream.head();
const oneThenHangs: StreamScript = (stream) => stream.chunk('one');

suite('deadlines of a stream', () => {
  test('readTimeoutMs bounds the time to the first chunk, whatever else comes', async () => {
    const short = { ...transport, readTimeoutMs: 200 };
    await fails(
      call(() => {}, { transport: short }),
      'read-timeout',
    );
    await fails(call(hangs, { transport: short }), 'read-timeout');
    const dribbles: StreamScript = async (stream) => {
      stream.cut = 1;
      for (let i = 0; i < 100 && !stream.isClosed; i++) {
        await stream.write(Buffer.from([0]));
        await sleep(20);
      }
    };
    await fails(call(dribbles, { transport: short }), 'read-timeout');
  });

  test('apiCallAttemptTimeoutMs and apiCallTimeoutMs end with the first chunk', async () => {
    const late: StreamScript = async (stream) => {
      await stream.chunk('one');
      await sleep(400);
      await stream.chunk('two');
      await stream.complete();
    };
    for (const name of ['apiCallAttemptTimeoutMs', 'apiCallTimeoutMs', 'readTimeoutMs'] as const) {
      const limited = { ...transport, [name]: 200 };
      if (name !== 'readTimeoutMs') await fails(call(hangs, { transport: limited }), 'timeout');
      assert.equal(String(await bytesOf((await call(late, { transport: limited })).body)), 'onetwo');
    }
  });

  test('idleTimeoutMs is for what a reader waits for', async () => {
    const { body } = await call(oneThenHangs, { streaming: { ...streaming, idleTimeoutMs: 200 } });
    assert.equal(String((await body.next()).value), 'one');
    const error = await fails(body.next(), 'stream-idle');
    assert.match(error.message, /within idleTimeoutMs \(200 ms\)/);
    assert.equal(error.kind, 'timeout');
    assert.deepEqual(await body.next(), { done: true, value: undefined });
  });

  test('a reader that pauses for longer than idleTimeoutMs is not an idle function', async () => {
    const { body } = await call(
      async (stream) => {
        await stream.chunk('one');
        await stream.chunk('two');
        await stream.complete();
      },
      { streaming: { ...streaming, idleTimeoutMs: 200 } },
    );
    assert.equal(String((await body.next()).value), 'one');
    await sleep(500);
    assert.equal(String(await bytesOf(body)), 'two');
  });

  test('chunks that keep coming are not idle, each shorter than the limit', async () => {
    const { body } = await call(
      async (stream) => {
        for (let i = 0; i < 8; i++) {
          await stream.chunk('x');
          await sleep(100);
        }
        await stream.complete();
      },
      { streaming: { ...streaming, idleTimeoutMs: 300 } },
    );
    assert.equal(String(await bytesOf(body)), 'xxxxxxxx');
  });

  test('totalTimeoutMs ends a stream that never ends, read or not', async () => {
    const endless: StreamScript = async (stream) => {
      while (!stream.isClosed) {
        await stream.chunk('x');
        await sleep(20);
      }
    };
    const limited = { streaming: { idleTimeoutMs: 5_000, totalTimeoutMs: 300 } };
    const read = await call(endless, limited);
    const error = await fails(bytesOf(read.body), 'stream-too-long');
    assert.match(error.message, /longer than totalTimeoutMs \(300 ms\)/);
    const unread = await call(endless, limited);
    assert.ok(await stub.closedTo(0, 2_000), 'the stream is closed with nobody reading');
    await fails(bytesOf(unread.body), 'stream-too-long');
  });
});

suite('a reader that leaves', () => {
  test('by stop: the connection is closed within a second, and the read ends', async () => {
    const { body } = await call(oneThenHangs);
    await body.next();
    const reading = body.next();
    body.stop();
    assert.deepEqual(await reading, { done: true, value: undefined });
    assert.ok(await stub.closedTo(0, 1_000));
    body.stop();
    assert.deepEqual(await body.next(), { done: true, value: undefined });
  });

  test('by leaving the loop', async () => {
    const { body } = await call(oneThenHangs);
    for await (const piece of body) {
      assert.equal(String(piece), 'one');
      break;
    }
    assert.ok(await stub.closedTo(0, 1_000));
  });

  test('by the signal: before the head, after it, within the body, and paused', async () => {
    for (const script of [() => {}, hangs]) {
      const controller = new AbortController();
      const calling = call(script as StreamScript, {}, controller.signal);
      setTimeout(() => controller.abort(), 50);
      await fails(calling, 'aborted');
      assert.ok(await stub.closedTo(0, 1_000));
    }
    for (const reads of [true, false]) {
      const controller = new AbortController();
      const { body } = await call(oneThenHangs, {}, controller.signal);
      await body.next();
      const reading = reads ? fails(body.next(), 'aborted') : undefined;
      controller.abort();
      await reading;
      assert.ok(await stub.closedTo(0, 1_000));
      if (!reads) await fails(body.next(), 'aborted');
      assert.deepEqual(await body.next(), { done: true, value: undefined });
    }
  });
});

suite('what waits for a reader', () => {
  test('is bounded: the function stands still, and all of it arrives once it is read', async () => {
    const piece = randomBytes(64 * 1024);
    const count = 400;
    let sender: { readonly sent: number } | undefined;
    const memory = new CountedMemory();
    const { body } = await call(
      async (stream) => {
        sender = stream;
        for (let i = 0; i < count; i++) await stream.chunk(piece);
        await stream.complete();
      },
      { memory },
    );
    const { value: first } = await body.next();
    let before = -1;
    while (before !== sender?.sent) {
      before = sender?.sent ?? 0;
      await sleep(200);
    }
    // What the kernel keeps on both sides is a part of it.
    assert.ok(before < count * piece.length, `${before} bytes were sent`);
    assert.ok(memory.peak < 400_000, `${memory.peak} bytes are taken`);
    const hash = createHash('sha256').update(first);
    for await (const one of body) hash.update(one);
    const expected = createHash('sha256');
    for (let i = 0; i < count; i++) expected.update(piece);
    assert.equal(hash.digest('hex'), expected.digest('hex'));
    assert.equal(memory.taken, 0);
    assert.ok(memory.peak < 400_000, `${memory.peak} bytes are taken`);
  });

  test('is taken of the account, which may have no room', async () => {
    for (const room of [0, 1_000, 140_000]) {
      const memory = new CountedMemory(room);
      const big: StreamScript = streams(Buffer.alloc(1_000_000));
      await fails(call(big, { memory }), 'no-room');
      assert.equal(memory.taken, 0, 'all is given back');
    }
    const memory = new CountedMemory(140_000);
    const { body } = await call(streams('one', Buffer.alloc(1_000_000)), { memory });
    await fails(bytesOf(body), 'no-room');
    assert.equal(memory.taken, 0, 'all is given back');
  });

  test('is given back by each way to end', async () => {
    const ways: readonly ((result: StreamingResult, controller: AbortController) => unknown)[] = [
      ({ body }) => bytesOf(body),
      ({ body }) => body.stop(),
      (_, controller) => controller.abort(),
      async ({ body }, controller) => {
        await body.next();
        controller.abort();
      },
    ];
    for (const way of ways) {
      const memory = new CountedMemory();
      const controller = new AbortController();
      const result = await call(streams(Buffer.alloc(200_000), 'x'), { memory }, controller.signal);
      assert.ok(memory.taken > 0);
      await way(result, controller);
      assert.equal(memory.taken, 0);
    }
  });
});

suite('what bounds any invocation', () => {
  const retry = { maxAttempts: 3, idempotent: false };
  const again = { maxAttempts: 3, idempotent: true };

  test('errors before the stream are repeated as for Invoke, and none after the first chunk', async () => {
    const throttled: StreamScript = (stream) => stream.refuse(429, 'TooManyRequestsException');
    const broken: StreamScript = async (stream) => stream.reset();
    const rows: readonly [name: string, first: StreamScript, settings: typeof retry, attempts: number][] = [
      ['throttled', throttled, retry, 2],
      ['a reset', broken, retry, 1],
      ['a reset, idempotent', broken, again, 2],
      ['an empty answer', (stream) => stream.end(), retry, 1],
      ['an empty answer, idempotent', (stream) => stream.end(), again, 2],
      ['an exception, idempotent', (stream) => stream.exception('ServiceException', 'no'), again, 2],
      ['a failed function, idempotent', (stream) => stream.fail(), again, 1],
      ['denied', (stream) => stream.refuse(403, 'AccessDeniedException'), again, 1],
    ];
    for (const [name, first, settings, attempts] of rows) {
      const functionName = `retried${calls++}`;
      const calling = call([first, streams('x')], { retry: settings, functionName });
      if (attempts === 1) await assert.rejects(calling, InvocationError, name);
      else {
        const result = await calling;
        assert.equal(result.attempts, 2, name);
        assert.equal(String(await bytesOf(result.body)), 'x', name);
      }
      assert.equal(stub.attempts(functionName), attempts, name);
    }
    const functionName = `retried${calls++}`;
    const { body } = await call(
      async (stream) => {
        await stream.chunk('one');
        await sleep(20);
        stream.reset();
      },
      { retry: again, functionName },
    );
    await fails(bytesOf(body), 'stream-broken');
    assert.equal(stub.attempts(functionName), 1);
  });

  test("the service's errors are what they are for Invoke", async () => {
    const error = await fails(
      call((stream) => stream.refuse(429, 'TooManyRequestsException', { 'retry-after': '7', 'x-amzn-requestid': 'r' })),
      'service-error',
    );
    const { errorType, statusCode, retryAfterSeconds, requestId, mayHaveRun, details } = error;
    assert.deepEqual(
      [errorType, statusCode, retryAfterSeconds, requestId, mayHaveRun],
      ['TooManyRequestsException', 429, 7, 'r', false],
    );
    assert.equal(details, 'Service: Lambda, Status Code: 429');
    await fails(
      call((stream) => stream.answer(302, { location: '/' }, '')),
      'foreign-status',
    );
    for (const [status, type] of [
      [200, 'application/json'],
      [202, 'application/vnd.amazon.eventstream'],
      [204, ''],
    ] as const) {
      await fails(
        call((stream) => stream.answer(status, { 'content-type': type }, status === 204 ? '' : '{}')),
        'stream-broken',
      );
    }
    await fails(
      call((stream) => stream.answer(500, {}, 'x'.repeat(1_000_000))),
      'foreign-status',
    );
  });

  test('maxConcurrency counts a stream until its end, its failure, its stop or its abort', async () => {
    const limited = { ...transport, maxConcurrency: 1 };
    const ends: readonly [StreamScript, (result: StreamingResult, controller: AbortController) => unknown][] = [
      [streams('x'), ({ body }) => bytesOf(body)],
      [
        async (stream) => {
          await stream.chunk('x');
          await stream.fail();
        },
        ({ body }) => bytesOf(body).catch(() => {}),
      ],
      [oneThenHangs, ({ body }) => body.stop()],
      [oneThenHangs, (_, controller) => controller.abort()],
    ];
    for (const [script, end] of ends) {
      const functionName = `limited${calls++}`;
      const controller = new AbortController();
      const result = await call(script, { transport: limited, functionName }, controller.signal);
      const refused = await fails(call(streams('y'), { transport: limited, functionName }), 'too-many-invocations');
      assert.equal(refused.mayHaveRun, false);
      // One limit for both ways to invoke.
      const other = await failureOf(invoker, invocation({ functionName, endpoint: stub.endpoint, transport: limited }));
      assert.equal(other.failure, 'too-many-invocations');
      await end(result, controller);
      assert.equal(String(await bytesOf((await call(streams('y'), { transport: limited, functionName })).body)), 'y');
    }
  });

  test('streams that break off open the circuit, and those of functions that fail do not', async () => {
    const guarded = { ...transport, circuitBreaker: { failures: 2, openMs: 60_000 } };
    const breaks: StreamScript = async (stream) => {
      await stream.chunk('x');
      stream.end();
    };
    const failing: StreamScript = async (stream) => {
      await stream.chunk('x');
      await stream.fail();
    };
    for (const [script, opens] of [
      [breaks, true],
      [failing, false],
    ] as const) {
      const functionName = `guarded${calls++}`;
      for (let i = 0; i < 2; i++) {
        const { body } = await call(script, { transport: guarded, functionName });
        await assert.rejects(bytesOf(body), InvocationError);
      }
      const next = call(streams('y'), { transport: guarded, functionName });
      if (opens) await fails(next, 'circuit-open');
      else assert.equal(String(await bytesOf((await next).body)), 'y');
    }
  });

  test('another type than RequestResponse, or no times, is refused before anything is sent', async () => {
    for (const invocationType of ['Event', 'DryRun'] as const) {
      const error = await fails(call(streams('x'), { invocationType }), 'invalid-field');
      assert.equal(error.details, 'Service: Lambda, Invalid type');
      assert.equal(error.mayHaveRun, false);
    }
  });

  test('a clock that is apart is corrected once', async () => {
    const ahead = await StreamingStub.start({ secrets, clockAheadMs: 3_600_000 });
    try {
      ahead.on('f', streams('x'));
      const { body, attempts } = await invoker.invokeStreaming(
        invocation({ endpoint: ahead.endpoint, streaming, retry }),
      );
      assert.equal(attempts, 2);
      assert.equal(String(await bytesOf(body)), 'x');
    } finally {
      await ahead.stop();
    }
  });

  test('TLS with a trust store, through a proxy', async () => {
    const certificate = createCertificate({ commonName: 'lambda', names: ['127.0.0.1'] });
    const tls = await StreamingStub.start({ secrets, tls: certificate });
    const proxy = await startProxy();
    const proxied = createLambdaInvoker({ environment: { https_proxy: proxy.url } });
    try {
      tls.on('f', streams('x'));
      const ssl = { trustStoreType: 'PEM', trustStoreContent: certificate.cert } as const;
      const trusted = invocation({ endpoint: tls.endpoint, streaming, transport: { ...transport, ssl } });
      assert.equal(String(await bytesOf((await proxied.invokeStreaming(trusted)).body)), 'x');
      assert.deepEqual(proxy.asked, [`CONNECT 127.0.0.1:${tls.port}`]);
      await fails(proxied.invokeStreaming(invocation({ endpoint: tls.endpoint, streaming })), 'connection-failed');
    } finally {
      await tls.stop();
      await proxied.close();
      await proxy.stop();
    }
  });
});
