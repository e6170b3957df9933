// Streamed results over real connections: what a reader sees of each way that a stream can go.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createLambdaInvoker,
  type Invocation,
  InvocationError,
  type InvocationFailure,
  type ProcessInvoker,
  type StreamedBody,
} from '../../../src/lambda/index.ts';
import { chunkFrame, completeFrame, eventFrame } from '../../support/event-frames.ts';
import { invocation, secrets } from '../../support/invocation.ts';
import { bytesOf, prelude, StreamingStub, type StreamScript, streams } from '../../support/streaming-stub.ts';

let stub: StreamingStub;
let invoker: ProcessInvoker;

before(async () => {
  stub = await StreamingStub.start({ secrets });
  invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
});

after(async () => {
  await stub.stop();
  await invoker.close();
});

const streaming = { idleTimeoutMs: 5_000, totalTimeoutMs: 10_000 };

function call(
  script: StreamScript | readonly StreamScript[],
  overrides: Partial<Invocation> = {},
  signal?: AbortSignal,
) {
  stub.requests.length = 0;
  stub.on('f', ...(typeof script === 'function' ? [script] : script));
  return invoker.invokeStreaming(invocation({ endpoint: stub.endpoint, streaming, ...overrides }), signal);
}

async function read(body: StreamedBody): Promise<string> {
  return (await bytesOf(body)).toString();
}

/** What was read until the stream broke off. */
async function readBroken(body: StreamedBody, failure: InvocationFailure): Promise<string> {
  const pieces: Uint8Array[] = [];
  await assert.rejects(
    async () => {
      for await (const piece of body) pieces.push(piece);
    },
    (error) => isFailure(error, failure),
  );
  assert.deepEqual(await body.next(), { done: true, value: undefined });
  return Buffer.concat(pieces).toString();
}

function isFailure(error: unknown, failure: InvocationFailure): boolean {
  assert.ok(error instanceof InvocationError, String(error));
  assert.equal(error.failure, failure, error.message);
  assert.ok(error.mayHaveRun);
  return true;
}

suite('a stream that ends well', () => {
  test('its chunks come as they are sent, and its head is reported', async () => {
    const { promise: seen, resolve: onSeen } = Promise.withResolvers<void>();
    const { body, requestId, executedVersion, attempts } = await call(async (stream) => {
      await stream.chunk('one ');
      await seen;
      await stream.chunk('two');
      await stream.complete();
    });
    assert.deepEqual([requestId, executedVersion, attempts], ['00000000-0000-4000-8000-000000000001', '$LATEST', 1]);
    assert.equal(String((await body.next()).value), 'one ');
    onSeen();
    assert.equal(await read(body), 'two');
  });

  for (const cut of [1, 2, 3, 7, 11, 12, 13, 64]) {
    test(`cut to ${cut} bytes it is the same`, async () => {
      const { body } = await call(async (stream) => {
        stream.cut = cut;
        await stream.chunk('né');
        await stream.chunk('');
        await stream.chunk(Buffer.from([0, 255, 10]));
        await stream.complete();
      });
      assert.deepEqual(await bytesOf(body), Buffer.from([...Buffer.from('né'), 0, 255, 10]));
    });
  }

  test('several frames in one piece, an empty stream, and null fields of the end', async () => {
    const many = await call((stream) =>
      stream
        .write(Buffer.concat([chunkFrame('a'), chunkFrame(''), chunkFrame('b'), completeFrame()]))
        .then(() => stream.end()),
    );
    assert.equal(await read(many.body), 'ab');
    const empty = await call((stream) => stream.complete({ ErrorCode: null, ErrorDetails: null, LogResult: null }));
    assert.equal(await read(empty.body), '');
  });

  test('an event that nobody knows is ignored', async () => {
    const { body } = await call(async (stream) => {
      await stream.write(eventFrame('Heartbeat', '{"a":1}'));
      await stream.chunk('a');
      await stream.write(eventFrame('Heartbeat', 'no JSON'));
      await stream.complete();
    });
    assert.equal(await read(body), 'a');
  });

  test('a prelude is bytes like any others', async () => {
    const head = prelude({ statusCode: 201 });
    assert.equal(await read((await call(streams(head, 'body'))).body), `${head}body`);
  });

  test('the tail of the log is for who asked', async () => {
    const LogResult = Buffer.from('START\nEND').toString('base64');
    const script: StreamScript = async (stream) => {
      await stream.chunk('a');
      await stream.complete({ LogResult });
    };
    for (const [logType, expected] of [
      ['Tail', 'START\nEND'],
      ['None', undefined],
    ] as const) {
      const { body } = await call(script, { logType });
      assert.equal(body.logTail, undefined);
      await read(body);
      assert.equal(body.logTail, expected);
    }
    assert.equal(stub.requests[0]?.headers.get('x-amz-log-type'), undefined);
  });

  test('the connection serves the next call', async () => {
    const before = stub.connections;
    for (let i = 0; i < 3; i++) {
      await read((await call(streams('a', 'b'))).body);
      await sleep(20);
    }
    assert.ok(stub.connections <= before + 1, `${stub.connections - before} connections`);
  });
});

suite('a stream that breaks off', () => {
  const afterOne =
    (how: StreamScript): StreamScript =>
    async (stream, request) => {
      await stream.chunk('one');
      await how(stream, request);
    };
  const damaged = chunkFrame('two');
  damaged[damaged.length - 5] = 0x7a;
  const rows: readonly [name: string, how: StreamScript, failure: InvocationFailure][] = [
    ['an end without InvokeComplete', (stream) => stream.end(), 'stream-broken'],
    [
      'an end within a frame',
      (stream) => stream.write(damaged.subarray(0, 20)).then(() => stream.end()),
      'stream-broken',
    ],
    [
      'an end within a length',
      (stream) => stream.write(damaged.subarray(0, 3)).then(() => stream.end()),
      'stream-broken',
    ],
    ['a reset', async (stream) => sleep(20).then(() => stream.reset()), 'stream-broken'],
    ['a wrong checksum', (stream) => stream.write(damaged).then(() => stream.complete()), 'stream-broken'],
    ['bytes that are no frame', (stream) => stream.write(Buffer.from('HTTP/1.1 500 Oops')), 'stream-broken'],
    ['ErrorCode', (stream) => stream.fail(), 'function-failed'],
    ['ErrorDetails without a code', (stream) => stream.complete({ ErrorDetails: 'x' }), 'function-failed'],
    ['an InvokeComplete that is no JSON', (stream) => stream.write(eventFrame('InvokeComplete', '')), 'stream-broken'],
    ['an exception', (stream) => stream.exception('TooManyRequestsException', 'secret'), 'stream-error'],
    ['an error', (stream) => stream.error('InternalFailure', 'secret'), 'stream-error'],
  ];
  for (const [name, how, failure] of rows) {
    test(`by ${name}: the reader gets the error after the chunks that came`, async () => {
      const { body } = await call(afterOne(how));
      assert.equal(await readBroken(body, failure), 'one');
      assert.ok(await stub.closedTo(0));
    });
    test(`by ${name} before the first chunk: the call fails`, async () => {
      const early = failure === 'stream-broken' && name === 'a reset' ? 'connection-failed' : failure;
      await assert.rejects(call(how), (error) => isFailure(error, early));
      assert.ok(await stub.closedTo(0));
    });
  }

  test('a code that is not a name is in the message alone', async () => {
    const failing: StreamScript = (stream) => stream.complete({ ErrorCode: 'my own <error>', ErrorDetails: 'why' });
    await assert.rejects(call(failing), (error) => {
      assert.ok(error instanceof InvocationError);
      assert.equal(error.errorType, 'Unknown');
      assert.equal(error.message, 'the function failed: Unknown: my own <error>: why');
      return true;
    });
  });

  test('what the function says of its error is for the log', async () => {
    const failing: StreamScript = (stream) =>
      stream.complete({ ErrorCode: 'Runtime.Boom', ErrorDetails: '{"errorMessage":"secret"}', LogResult: 'bG9n' });
    const { body } = await call(afterOne(failing), { logType: 'Tail' });
    await assert.rejects(bytesOf(body), (error) => {
      assert.ok(error instanceof InvocationError);
      assert.deepEqual([error.errorType, error.logTail, error.kind], ['Runtime.Boom', 'log', 'function']);
      assert.match(error.message, /Runtime\.Boom: \{"errorMessage":"secret"\}/);
      assert.doesNotMatch(error.details, /secret|Boom/);
      return true;
    });
  });
});
