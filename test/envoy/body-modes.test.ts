// Every body mode of a real Envoy, with policies that read bodies and such that don't: bodies of 0 to 6 MiB in random
// pieces arrive byte for byte, in both directions. `npm run test:soak` runs more rounds.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { BackendRequest } from '../support/backend.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import type { ProcessingMode } from '../support/envoy-config.ts';
import { seededRandom } from '../support/seeded-random.ts';

const rounds = Number(process.env.BODY_ROUNDS ?? 1);
const seed = Number(process.env.BODY_SEED ?? Date.now() % 1_000_000);
const random = seededRandom(seed);

const KIB = 1024;
const LIMIT = 6 * KIB * KIB;
/** Around what something cuts at: Envoy's reads (16 KiB), HTTP/2's windows (64 KiB), its buffers, gRPC's default (4 MiB). */
const sizes = [
  0,
  1,
  2,
  16 * KIB - 1,
  16 * KIB,
  16 * KIB + 1,
  64 * KIB - 1,
  64 * KIB + 1,
  KIB * KIB,
  4 * KIB * KIB + 1,
  LIMIT,
];

const both = (body: NonNullable<ProcessingMode['request_body_mode']>, trailers: 'SKIP' | 'SEND'): ProcessingMode => ({
  request_header_mode: 'SEND',
  response_header_mode: 'SEND',
  request_body_mode: body,
  response_body_mode: body,
  request_trailer_mode: trailers,
  response_trailer_mode: trailers,
});
const modes: Readonly<Record<string, ProcessingMode>> = {
  none: both('NONE', 'SKIP'),
  buffered: both('BUFFERED', 'SKIP'),
  'buffered-trailers': both('BUFFERED', 'SEND'),
  partial: both('BUFFERED_PARTIAL', 'SKIP'),
  streamed: both('STREAMED', 'SKIP'),
  'streamed-trailers': both('STREAMED', 'SEND'),
  duplex: both('FULL_DUPLEX_STREAMED', 'SEND'),
};
const unseenResponseHeaders: ProcessingMode = {
  ...both('FULL_DUPLEX_STREAMED', 'SEND'),
  response_header_mode: 'SKIP',
};
const apis = ['headers', 'reads', 'answers'] as const;

let lambda: Server;
let environment: Environment;

/** Sends the payload back. */
async function startEcho(): Promise<Server> {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    request.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

before(async () => {
  lambda = await startEcho();
  const endpoint = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  const configuration = { function: 'f', endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
  const length = (of: string) => ({ configuration: { ...configuration, payload: `{#${of}.content.length()}` } });
  environment = await startEnvironment({
    policies: {
      version: 1,
      envoy: { allowModeOverride: true, responseHeaders: true },
      limits: { bodyBytes: LIMIT },
      apis: {
        idle: {},
        headers: {
          request: [{ configuration: { ...configuration, mutations: { headers: { set: { 'x-seen': 'request' } } } } }],
          response: [
            { configuration: { ...configuration, mutations: { headers: { set: { 'x-seen': 'response' } } } } },
          ],
        },
        reads: { request: [length('request')], response: [length('response')] },
        answers: {
          request: [{ configuration: { ...configuration, payload: '{#request.content}', sendToConsumer: true } }],
        },
        replaces: { request: [{ configuration: { ...configuration, mutations: { body: 'new' } } }] },
      },
    },
    backend: { protocol: 'h2c' },
    envoy: {
      backendHttp2: true,
      perConnectionBufferLimitBytes: 2 * LIMIT,
      routes: [
        { prefix: '/unseen', metadata: { 'x-lambda-api': 'idle' }, processingMode: unseenResponseHeaders },
        {
          prefix: '/replaces',
          metadata: { 'x-lambda-api': 'replaces' },
          processingMode: both('FULL_DUPLEX_STREAMED', 'SEND'),
        },
        ...Object.entries(modes).flatMap(([mode, processingMode]) =>
          apis.map((api) => ({ prefix: `/${mode}/${api}`, metadata: { 'x-lambda-api': api }, processingMode })),
        ),
      ],
    },
  });
  environment.backend.answerWith((request) => ({
    headers: { 'content-type': 'application/octet-stream', 'x-received': digest(request.body) },
    body: piecesOf(request.body),
    ...(request.header('x-trailers') === 'yes' && { trailers: { 'x-end': 'of the answer' } }),
  }));
});
after(async () => {
  await environment.stop();
  lambda.closeAllConnections();
  lambda.close();
});

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** In one piece, in many small ones or in few large ones, some of them a moment later. */
async function* piecesOf(body: Buffer): AsyncGenerator<Buffer> {
  const largest = [body.length, 1 + Math.floor(random() * 3 * KIB * KIB), 16 * KIB][Math.floor(random() * 3)] ?? 1;
  for (let at = 0; at < body.length; ) {
    const end = at + Math.max(1, Math.floor(random() * Math.max(1, largest)));
    yield body.subarray(at, end);
    at = end;
    if (random() < 0.1) await new Promise(setImmediate);
  }
}

interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

async function post(path: string, body: Buffer, how: 'length' | 'chunked'): Promise<Received> {
  return await new Promise((resolve, reject) => {
    const headers = how === 'length' ? { 'content-length': body.length } : { 'transfer-encoding': 'chunked' };
    const outgoing = httpRequest(environment.envoy.url + path, { method: 'POST', headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
      );
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    void (async () => {
      for await (const piece of piecesOf(body)) {
        if (!outgoing.write(piece)) await new Promise((drained) => outgoing.once('drain', drained));
      }
      outgoing.end();
    })();
  });
}

/** Over HTTP/2, with trailers in both directions. */
async function postWithTrailers(session: ClientHttp2Session, path: string, body: Buffer) {
  const stream = session.request({ ':method': 'POST', ':path': path, 'x-trailers': 'yes' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-end': 'of the request' }));
  let status = 0;
  let headers: Readonly<Record<string, unknown>> = {};
  let trailers: Readonly<Record<string, unknown>> = {};
  const chunks: Buffer[] = [];
  stream.on('response', (head) => {
    status = Number(head[':status']);
    headers = head;
  });
  stream.on('trailers', (fields) => {
    trailers = fields;
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => stream.on('close', resolve).on('error', reject));
  for await (const piece of piecesOf(body)) stream.write(piece);
  stream.end();
  await ended;
  return { status, headers, trailers, body: Buffer.concat(chunks) };
}

function assertSame(received: Received, body: Buffer, what: string): void {
  assert.equal(received.status, 200, `${what}: ${received.body.toString('utf8', 0, 300)}`);
  assert.equal(received.headers['x-received'], digest(body), `${what}: the backend got other bytes`);
  assert.equal(digest(received.body), digest(body), `${what}: the caller got ${received.body.length} other bytes`);
}

/**
 * Trailers right after the headers: Envoy sends no body message, and headers cannot change any more. And where the mode
 * may cut a body (the override to BUFFERED may have been ignored), one that trailers end looks like a part of it.
 */
function isRefused(mode: string, size: number): boolean {
  return mode !== 'duplex' && (size === 0 || mode === 'partial' || mode.startsWith('streamed'));
}

for (const mode of Object.keys(modes)) {
  describe(`bodies in ${mode}`, () => {
    for (const api of ['headers', 'reads'] as const) {
      test(`${api}: the same bytes arrive`, async (t) => {
        for (let round = 0; round < rounds; round++) {
          for (const size of sizes) {
            const body = randomBytes(size);
            const how = random() < 0.5 ? 'length' : 'chunked';
            assertSame(await post(`/${mode}/${api}`, body, how), body, `${size} bytes, ${how}, seed ${seed}`);
          }
        }
        t.diagnostic(`seed ${seed}: ${rounds} × ${sizes.length} sizes, in random pieces`);
      });
    }

    test('reads: trailers arrive too, or the request is refused', async () => {
      const session = connect(environment.envoy.url);
      try {
        for (const size of [0, 1, 70_000, 1_000_000]) {
          const body = randomBytes(size);
          const calls = environment.backend.calls;
          const received = await postWithTrailers(session, `/${mode}/reads`, body);
          const what = `${size} bytes with trailers, seed ${seed}`;
          if (isRefused(mode, size)) {
            assert.equal(received.status, 500, what);
            assert.equal(String(received.body), 'The body that a Lambda policy needs is not available.', what);
            assert.equal(environment.backend.calls, calls, `${what}: no policy was passed by`);
            continue;
          }
          assertSame(received, body, what);
          assert.equal(received.trailers['x-end'], 'of the answer', what);
          const request: BackendRequest | undefined = environment.backend.last;
          assert.equal(request?.trailers['x-end'], 'of the request', what);
        }
      } finally {
        session.destroy();
      }
    });

    test('answers: the Lambda gets the body, and its answer is the caller’s', async () => {
      for (const size of sizes) {
        const body = Buffer.from('é'.repeat(size / 2).padEnd(size > 2 ? 2 : size, 'x'));
        const calls = environment.backend.calls;
        const received = await post(`/${mode}/answers`, body, random() < 0.5 ? 'length' : 'chunked');
        assert.equal(received.status, 200, `${size}: ${received.body.toString('utf8', 0, 300)}`);
        assert.equal(digest(received.body), digest(body), `${size} bytes, seed ${seed}`);
        assert.equal(environment.backend.calls, calls, 'the backend is not called');
      }
    });

    test('a byte too many is a 413 with its key, with a length and without', async () => {
      for (const how of ['length', 'chunked'] as const) {
        const received = await post(`/${mode}/answers`, randomBytes(LIMIT + 1), how);
        assert.equal(received.status, 413, `${how}: ${received.body.toString('utf8', 0, 300)}`);
      }
    });
  });
}

test('duplex: the pieces of a response whose headers are not sent arrive', async () => {
  for (const size of sizes) {
    const body = randomBytes(size);
    assertSame(await post('/unseen', body, 'length'), body, `${size} bytes, seed ${seed}`);
  }
});

test('a new body in duplex takes the place of the one that comes, and is an error where trailers come alone', async () => {
  const received = await post('/replaces', randomBytes(70_000), 'chunked');
  assert.deepEqual([received.status, received.body.toString()], [200, 'new']);
  const { calls } = environment.backend;
  const session = connect(environment.envoy.url);
  try {
    const refused = await postWithTrailers(session, '/replaces', Buffer.alloc(0));
    assert.equal(refused.status, 500);
    assert.match(refused.body.toString(), /The body that a Lambda policy needs is not available/);
    assert.equal(environment.backend.calls, calls);
  } finally {
    session.close();
  }
});
