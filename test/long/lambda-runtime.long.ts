// Functions that really stream: AWS's own runtime for Node, `awslambda.streamifyResponse`, through the whole invocation path.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type BodyPieces, FORMATS, FormatError, isWhole, rawStream } from '../../src/formats/index.ts';
import {
  createLambdaInvoker,
  InvocationError,
  type ProcessInvoker,
  type StreamedBody,
} from '../../src/lambda/index.ts';
import { invocation, secrets } from '../support/invocation.ts';
import { installRuntime, type LambdaRuntime, startRuntime } from '../support/lambda-runtime.ts';
import { bytesOf, StreamingStub } from '../support/streaming-stub.ts';

const source = `
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export const streaming = awslambda.streamifyResponse(async (event, responseStream) => {
  const head = (fields) => awslambda.HttpResponseStream.from(responseStream, fields);
  switch (event.do) {
    case 'prelude': {
      const stream = head({ statusCode: 201, headers: { 'content-type': 'text/plain' }, cookies: ['a=1', 'b=2'] });
      for (const text of ['one ', 'tw\u00f6 ', '\u{1f600}']) {
        stream.write(text);
        await sleep(30);
      }
      stream.end();
      break;
    }
    case 'large': {
      const stream = head({ headers: { 'content-type': 'application/octet-stream' } });
      for (let i = 0; i < 20; i++) {
        if (!stream.write(Buffer.alloc(1_000_000, i))) await new Promise((resolve) => stream.once('drain', resolve));
      }
      stream.end();
      break;
    }
    case 'redirect': {
      const stream = head({ statusCode: 302, headers: { location: '/elsewhere' } });
      if (event.writes) stream.write('');
      stream.end();
      break;
    }
    case 'raw':
      responseStream.setContentType('text/plain');
      responseStream.write('bytes');
      responseStream.end();
      break;
    case 'fails early':
      throw new TypeError('secret of the function');
    case 'fails late': {
      const stream = head({ statusCode: 200 });
      stream.write('begun');
      await sleep(50);
      throw new TypeError('secret of the function');
    }
  }
});

export const whole = async (event) => {
  if (event.do === 'fails') throw new TypeError('secret of the function');
  return { statusCode: 202, headers: { 'x-a': 'b' }, body: 'whole' };
};
`;

suite('a function under the runtime of AWS', { timeout: 120_000 }, () => {
  let stub: StreamingStub;
  let invoker: ProcessInvoker;
  const runtimes: LambdaRuntime[] = [];
  const functionUrl = FORMATS['function-url'].streamed;

  before(async () => {
    const directory = join(import.meta.dirname, '../../.local/lambda-runtime');
    mkdirSync(directory, { recursive: true });
    const program = await installRuntime(directory);
    stub = await StreamingStub.start({ secrets });
    invoker = createLambdaInvoker({ environment: {} });
    for (const handler of ['streaming', 'whole']) {
      const runtime = await startRuntime(program, source, handler);
      runtimes.push(runtime);
      stub.on(handler, runtime.script);
    }
  });

  after(async () => {
    for (const runtime of runtimes) await runtime.stop();
    await invoker.close();
    await stub.stop();
  });

  async function call(functionName: 'streaming' | 'whole', event: object): Promise<StreamedBody> {
    const streaming = { idleTimeoutMs: 20_000, totalTimeoutMs: 60_000 };
    const payload = Buffer.from(JSON.stringify(event));
    const options = { functionName, endpoint: stub.endpoint, streaming, payload };
    return (await invoker.invokeStreaming(invocation(options))).body;
  }

  test('its prelude is the head, and its writes come when they are made', async () => {
    for (let i = 0; i < 3; i++) {
      const answer = await functionUrl.begin(await call('streaming', { do: 'prelude' }));
      assert.equal(answer.status, 201);
      assert.deepEqual(answer.headers, [
        ['content-type', 'text/plain'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ]);
      assert.ok(!isWhole(answer.body));
      const pieces: string[] = [];
      for await (const piece of answer.body) pieces.push(String(piece));
      assert.equal(pieces.join(''), 'one twö 😀');
      assert.ok(pieces.length > 1, 'it is streamed');
    }
  });

  test('20 MB arrive as they were written', async () => {
    const { body } = await functionUrl.begin(await call('streaming', { do: 'large' }));
    const expected = createHash('sha256');
    for (let i = 0; i < 20; i++) expected.update(Buffer.alloc(1_000_000, i));
    const actual = createHash('sha256').update(await bytesOf(body as BodyPieces));
    assert.equal(actual.digest('hex'), expected.digest('hex'));
  });

  test('a head alone ends, where an empty text is written; without one the runtime sends no head, which is malformed', async () => {
    const { status, headers, body } = await functionUrl.begin(
      await call('streaming', { do: 'redirect', writes: true }),
    );
    assert.equal(status, 302);
    assert.deepEqual(headers[0], ['location', '/elsewhere']);
    assert.ok(isWhole(body) && body.length === 0);
    await assert.rejects(functionUrl.begin(await call('streaming', { do: 'redirect', writes: false })), FormatError);
  });

  test('bytes without a head', async () => {
    const { status, body } = await rawStream.begin(await call('streaming', { do: 'raw' }));
    assert.equal(status, 200);
    assert.equal(String(await bytesOf(body as BodyPieces)), 'bytes');
  });

  test('its errors are reported before the first byte and after it, and what they say is for the log', async () => {
    const isFailed = (error: unknown): boolean => {
      assert.ok(error instanceof InvocationError, String(error));
      assert.deepEqual([error.failure, error.errorType], ['function-failed', 'TypeError']);
      assert.match(error.message, /secret of the function/);
      assert.doesNotMatch(error.details, /secret/);
      return true;
    };
    await assert.rejects(call('streaming', { do: 'fails early' }), isFailed);
    const { body } = await functionUrl.begin(await call('streaming', { do: 'fails late' }));
    const pieces: string[] = [];
    await assert.rejects(async () => {
      for await (const piece of body as BodyPieces) pieces.push(String(piece));
    }, isFailed);
    assert.deepEqual(pieces, ['begun']);
  });

  test('a function that does not stream is answered anyway', async () => {
    const { status, headers, body } = await functionUrl.begin(await call('whole', {}));
    assert.equal(status, 202);
    assert.deepEqual(headers[0], ['x-a', 'b']);
    assert.equal(Buffer.from(body as Uint8Array).toString(), 'whole');
    await assert.rejects(call('whole', { do: 'fails' }), InvocationError);
  });
});
