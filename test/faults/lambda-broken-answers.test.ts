import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, beforeEach, suite, test } from 'node:test';
import fc from 'fast-check';
import { createLambdaInvoker, type Invocation, InvocationError } from '../../src/lambda/index.ts';
import { type Behaviour, encodeAnswer, FaultStub } from '../support/fault-stub.ts';
import { failureOf, invocation, secrets } from '../support/invocation.ts';

suite('a broken answer', () => {
  let stub: FaultStub;
  const invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
  const call = (overrides: Partial<Invocation> = {}): Invocation =>
    invocation({ endpoint: stub.endpoint, ...overrides });

  before(async () => {
    stub = await FaultStub.start({ secrets });
  });
  beforeEach(() => stub.forget());
  after(async () => {
    await invoker.close();
    await stub.stop();
  });

  test('a reset at any byte of the answer is an error and never a second run', async () => {
    const answer = encodeAnswer({ status: 200, headers: { 'x-amz-executed-version': '3' }, body: '{"answer":42}' });
    for (let bytes = 0; bytes < answer.byteLength; bytes++) {
      stub.forget();
      stub.script('f', { kind: 'raw', bytes: answer.subarray(0, bytes), end: 'reset' });
      const failure = await failureOf(invoker, call({ retry: { maxAttempts: 3, idempotent: false } }));
      assert.equal(failure.kind, 'connection', `after ${bytes} bytes: ${failure.message}`);
      assert.equal(failure.mayHaveRun, true);
      assert.equal(failure.attempts, 1);
      assert.equal(stub.mostRuns, 1, `after ${bytes} bytes`);
    }
  });

  test('an idempotent call is repeated after a reset at any byte', async () => {
    const answer = encodeAnswer({ status: 200, body: '{"answer":42}' });
    for (let bytes = 0; bytes < answer.byteLength; bytes += 7) {
      stub.forget();
      stub.script(
        'f',
        { kind: 'raw', bytes: answer.subarray(0, bytes), end: 'reset' },
        { kind: 'raw', bytes: answer, end: 'keep' },
      );
      const result = await invoker.invoke(call({ retry: { maxAttempts: 2, idempotent: true } }));
      assert.equal(result.attempts, 2);
      assert.equal(Buffer.from(result.payload).toString(), '{"answer":42}');
      assert.equal(new Set(stub.requests.map((request) => request.invocationId)).size, 1);
    }
  });

  const broken: readonly (readonly [string, Behaviour])[] = [
    [
      'an end in the middle of the body',
      { kind: 'raw', bytes: Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a":1}'), end: 'close' },
    ],
    [
      'an end in the middle of a chunk',
      {
        kind: 'raw',
        bytes: Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"a":'),
        end: 'close',
      },
    ],
    [
      'a body longer than it says',
      { kind: 'raw', bytes: Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{"a":1}'), end: 'close' },
    ],
    [
      'two lengths',
      {
        kind: 'raw',
        bytes: Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'),
        end: 'keep',
      },
    ],
    [
      'a length and chunks',
      {
        kind: 'raw',
        bytes: Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
        end: 'keep',
      },
    ],
    ['garbage', { kind: 'raw', bytes: Buffer.from('\x00\x01\x02\r\n\r\n'), end: 'keep' }],
    [
      'headers without an end',
      { kind: 'raw', bytes: Buffer.from(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`), end: 'keep' },
    ],
    [
      'a switch of protocols',
      {
        kind: 'raw',
        bytes: Buffer.from('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
        end: 'keep',
      },
    ],
    ['a 100 that nobody asked for', { kind: 'raw', bytes: Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'), end: 'keep' }],
  ];
  for (const [name, behaviour] of broken) {
    test(`${name} is one connection error, and the next call is served`, async () => {
      stub.script('f', behaviour, { kind: 'answer', answer: { status: 200, body: '{"next":1}' } });
      const failure = await failureOf(invoker, call({ retry: { maxAttempts: 3, idempotent: false } }));
      assert.equal(failure.kind, 'connection', failure.message);
      assert.equal(failure.details, 'Service: Lambda, Connection failed');
      assert.equal(stub.mostRuns, 1);
      assert.equal(Buffer.from((await invoker.invoke(call())).payload).toString(), '{"next":1}');
    });
  }

  test('bytes behind an answer never become the answer of the next call', async () => {
    const smuggled = Buffer.concat([
      encodeAnswer({ status: 200, body: '"mine"' }),
      encodeAnswer({ status: 200, body: '"evil"' }),
    ]);
    stub.script(
      'f',
      { kind: 'raw', bytes: smuggled, end: 'keep' },
      { kind: 'answer', answer: { status: 200, body: '"next"' } },
    );
    assert.equal(Buffer.from((await invoker.invoke(call())).payload).toString(), '"mine"');
    assert.equal(Buffer.from((await invoker.invoke(call())).payload).toString(), '"next"');
  });

  test('any bytes as an answer are a result or an error and never a second run', async (context) => {
    const seed = Date.now() % 2 ** 31;
    context.diagnostic(`seed ${seed}`);
    const piece = fc.oneof(
      fc
        .constantFrom(
          'HTTP/1.1 200 OK\r\n',
          'HTTP/1.1 500 X\r\n',
          'HTTP/1.0 200\r\n',
          'HTTP/1.1 103 X\r\n\r\n',
          'content-length: 5\r\n',
          'content-length: 99999999999999999999\r\n',
          'transfer-encoding: chunked\r\n',
          'connection: close\r\n',
          'x-amzn-errortype: TooManyRequestsException\r\n',
          'x-amz-log-result: %%%\r\n',
          '\r\n',
          '5\r\nhello\r\n0\r\n\r\n',
          'hello',
          '{"a":1}',
        )
        .map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    );
    const kinds = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.option(fc.constantFrom('HTTP/1.1 200 OK\r\n', 'HTTP/1.1 429 X\r\n', 'HTTP/1.1 500 X\r\n'), {
          freq: 4,
          nil: '',
        }),
        fc.array(piece, { maxLength: 6 }),
        fc.constantFrom('close', 'reset', 'keep'),
        async (start, pieces, end) => {
          stub.forget();
          stub.script('f', { kind: 'raw', bytes: Buffer.concat([Buffer.from(start), ...pieces]), end });
          const transport = { connectionTimeoutMs: 2000, readTimeoutMs: 60 };
          const outcome = await invoker
            .invoke(call({ transport, retry: { maxAttempts: 1, idempotent: false } }))
            .then(() => 'result')
            .catch((error: unknown) => (error instanceof InvocationError ? error.kind : String(error)));
          kinds.set(outcome, (kinds.get(outcome) ?? 0) + 1);
          assert.ok(
            ['result', 'connection', 'timeout', 'status', 'service', 'answer-too-large'].includes(outcome),
            outcome,
          );
          assert.equal(stub.mostRuns, 1);
        },
      ),
      { numRuns: 600, seed },
    );
    context.diagnostic(JSON.stringify(Object.fromEntries(kinds)));
  });

  for (const framing of ['content-length', 'chunked'] as const) {
    test(`an answer of 7 MB by ${framing} is refused and its connection closed`, async (context) => {
      const body = Buffer.alloc(7 * 1024 * 1024, 'x');
      const bytes =
        framing === 'content-length'
          ? encodeAnswer({ status: 200, body })
          : Buffer.concat([
              Buffer.from(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body.byteLength.toString(16)}\r\n`),
              body,
              Buffer.from('\r\n0\r\n\r\n'),
            ]);
      const own = await FaultStub.start();
      context.after(() => own.stop());
      own.script('f', { kind: 'raw', bytes, end: 'keep' });
      const failure = await failureOf(
        invoker,
        call({ endpoint: own.endpoint, retry: { maxAttempts: 3, idempotent: true } }),
      );
      assert.equal(failure.kind, 'answer-too-large');
      assert.equal(failure.mayHaveRun, true);
      assert.equal(failure.attempts, 1);
      assert.ok(await own.closedTo(0), 'the connection stayed open');
    });
  }

  test('an answer of 6 MB arrives whole', async () => {
    const body = Buffer.alloc(6 * 1024 * 1024, 'y');
    stub.script('f', { kind: 'answer', answer: { status: 200, body } });
    const result = await invoker.invoke(call({ payload: body }));
    assert.ok(Buffer.from(result.payload).equals(body));
    assert.ok(stub.requests[0]?.body.equals(body));
  });

  test('a connection that nobody listens on is tried again and named in the log alone', async () => {
    const closed = await closedPort();
    const failure = await failureOf(
      invoker,
      call({ endpoint: `http://127.0.0.1:${closed}`, retry: { maxAttempts: 3, idempotent: false } }),
    );
    const { kind, mayHaveRun, attempts, details } = failure;
    assert.deepEqual(
      { kind, mayHaveRun, attempts, details },
      { kind: 'connection', mayHaveRun: false, attempts: 3, details: 'Service: Lambda, Connection failed' },
    );
    assert.match(failure.message, /ECONNREFUSED 127\.0\.0\.1/);
  });

  test('a host that does not resolve is a connection error', async () => {
    const failure = await failureOf(invoker, call({ endpoint: 'http://no-such-host.invalid' }));
    assert.equal(failure.kind, 'connection');
    assert.equal(failure.mayHaveRun, false);
    assert.match(failure.message, /no-such-host\.invalid/);
    assert.doesNotMatch(failure.details, /invalid/);
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
