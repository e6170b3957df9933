// An answer that is passed on as it arrives, from a real HTTP server: pieces, back-pressure, and each way to end.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, Pool } from 'undici';
import { InvocationError } from '../../../src/lambda/index.ts';
import { exchange } from '../../../src/lambda/transport/exchange.ts';
import { type ArrivingAnswer, PassedOnAnswer } from '../../../src/lambda/transport/passed-on-answer.ts';

type Serve = (response: ServerResponse) => void | Promise<void>;

let server: Server;
let pool: Pool;
let serve: Serve;
let connections = 0;

before(async () => {
  server = createServer((request, response) => {
    request.resume().once('end', () => void serve(response));
  });
  server.on('connection', () => {
    connections++;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => pool.destroy());

after(() => {
  server.closeAllConnections();
  server.close();
});

/** What a dispatcher's connection was told and what came after it. */
interface Watched {
  readonly paused: Promise<void>;
  piecesSincePause: number;
}

interface CallOptions {
  readonly readMs?: number;
  readonly signal?: AbortSignal;
  readonly watched?: Watched;
}

function call(how: Serve, { readMs = Number.POSITIVE_INFINITY, signal, watched }: CallOptions = {}) {
  serve = how;
  connections = 0;
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  pool = new Pool(origin, { connections: 1, headersTimeout: 0, bodyTimeout: 0 });
  const off = Number.POSITIVE_INFINITY;
  const limits = { connectionMs: off, readMs, attemptMs: off, callEnd: off, attempt: 1 };
  const request = { origin, path: '/', headers: [], body: Buffer.from('{}') };
  return exchange(watched === undefined ? pool : watch(pool, watched), request, limits, signal, new PassedOnAnswer());
}

function watched(): Watched & { readonly onPause: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { paused: promise, onPause: resolve, piecesSincePause: 0 };
}

/** The dispatcher, telling when its connection is paused and what it delivers nevertheless. */
function watch(dispatcher: Dispatcher, told: Watched): Dispatcher {
  const { onPause } = told as Watched & { onPause: () => void };
  return {
    dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
      return dispatcher.dispatch(options, {
        onRequestStart(controller, context) {
          const pause = controller.pause.bind(controller);
          controller.pause = () => {
            pause();
            told.piecesSincePause = 0;
            onPause();
          };
          handler.onRequestStart?.(controller, context);
        },
        onResponseStart: (...told) => handler.onResponseStart?.(...told),
        onResponseData(controller, chunk) {
          told.piecesSincePause++;
          handler.onResponseData?.(controller, chunk);
        },
        onResponseEnd: (...told) => handler.onResponseEnd?.(...told),
        onResponseError: (...told) => handler.onResponseError?.(...told),
      });
    },
  } as Dispatcher;
}

async function textOf({ body }: ArrivingAnswer): Promise<string> {
  let text = '';
  for await (const piece of body) text += piece.toString();
  return text;
}

function isFailure(failure: InvocationError['failure']) {
  return (error: unknown) => {
    assert.ok(error instanceof InvocationError, String(error));
    assert.deepEqual([error.failure, error.mayHaveRun], [failure, true]);
    return true;
  };
}

test('the head comes before the body, and each piece as it was sent', async () => {
  const { promise: read, resolve: onRead } = Promise.withResolvers<void>();
  const answer = await call(async (response) => {
    response.writeHead(201, { 'x-a': 'b' }).write('one');
    await read;
    response.end('two');
  });
  assert.deepEqual([answer.status, answer.headers['x-a']], [201, 'b']);
  assert.deepEqual(String((await answer.body.next()).value), 'one');
  onRead();
  assert.equal(await textOf(answer), 'two');
  assert.deepEqual(await answer.body.next(), { done: true, value: undefined });
});

test('an answer that was read to its end leaves a connection for the next', async () => {
  const how: Serve = (response) => void response.end('whole');
  assert.equal(await textOf(await call(how)), 'whole');
  const request = { origin: '', path: '/', method: 'POST', body: '{}' } as const;
  const { body } = await pool.request({
    ...request,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  assert.equal(await body.text(), 'whole');
  assert.equal(connections, 1);
});

test('what is not read is not fetched, and all of it arrives once it is', async () => {
  const piece = randomBytes(64 * 1024);
  const count = 1024;
  const blocked = Promise.withResolvers<void>();
  const told = watched();
  const answer = await call(
    async (response) => {
      for (let sent = 0; sent < count; sent++) {
        if (response.write(piece)) continue;
        blocked.resolve();
        await once(response, 'drain');
      }
      response.end();
    },
    { watched: told },
  );
  await told.paused;
  await blocked.promise;
  // Whoever pays no heed to the pause reads on in the turns of the loop that the timer waits for.
  await sleep(50);
  assert.equal(told.piecesSincePause, 0);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of answer.body) {
    bytes += part.byteLength;
    hash.update(part);
  }
  assert.equal(bytes, piece.byteLength * count);
  const expected = createHash('sha256');
  for (let i = 0; i < count; i++) expected.update(piece);
  assert.equal(hash.digest('hex'), expected.digest('hex'));
});

test('a body that breaks off rejects after the pieces that came', async () => {
  const answer = await call((response) => {
    response.writeHead(200, { 'content-length': '10' }).write('part', () => response.destroy());
  });
  const pieces: string[] = [];
  await assert.rejects(async () => {
    for await (const piece of answer.body) pieces.push(String(piece));
  }, isFailure('connection-failed'));
  assert.equal(pieces.join(''), 'part');
  assert.deepEqual(await answer.body.next(), { done: true, value: undefined });
});

test('a failure before the head rejects the exchange itself', async () => {
  const failed = call((response) => void response.destroy());
  await assert.rejects(failed, isFailure('connection-failed'));
});

test('stop closes the connection, and ends the read under way', async () => {
  const { promise: closed, resolve: onClose } = Promise.withResolvers<void>();
  const answer = await call((response) => {
    response.on('close', onClose);
    response.write('one');
  });
  assert.equal(String((await answer.body.next()).value), 'one');
  const reading = answer.body.next();
  answer.body.stop();
  assert.deepEqual(await reading, { done: true, value: undefined });
  await closed;
  answer.body.stop();
});

test('leaving a loop over the pieces is a stop', async () => {
  const { promise: closed, resolve: onClose } = Promise.withResolvers<void>();
  const answer = await call((response) => {
    response.on('close', onClose);
    response.write('one');
  });
  for await (const piece of answer.body) {
    assert.equal(String(piece), 'one');
    break;
  }
  await closed;
});

test('an abort rejects the read, and closes the connection', async () => {
  const { promise: closed, resolve: onClose } = Promise.withResolvers<void>();
  const controller = new AbortController();
  const answer = await call(
    (response) => {
      response.on('close', onClose);
      response.write('one');
    },
    { signal: controller.signal },
  );
  await answer.body.next();
  const reading = answer.body.next();
  controller.abort();
  await assert.rejects(reading, isFailure('aborted'));
  await closed;
});

test('readTimeoutMs continues after the head, and what is no use does not prolong it', async () => {
  const answer = await call((response) => void response.write('one'), { readMs: 50 });
  await answer.body.next();
  await assert.rejects(answer.body.next(), (error) => {
    isFailure('read-timeout')(error);
    assert.match(String(error), /no part of the result arrived within readTimeoutMs \(50 ms\)/);
    return true;
  });
});

test('a body that is untimed has no deadline of the exchange', async () => {
  const piece = Buffer.alloc(64 * 1024);
  const told = watched();
  const answer = await call(
    async (response) => {
      for (let sent = 0; sent < 64; sent++) if (!response.write(piece)) await once(response, 'drain');
      response.end();
    },
    { readMs: 500, watched: told },
  );
  answer.body.untimed();
  await told.paused;
  await sleep(700);
  let bytes = 0;
  for await (const part of answer.body) bytes += part.byteLength;
  assert.equal(bytes, 64 * piece.byteLength);
});
