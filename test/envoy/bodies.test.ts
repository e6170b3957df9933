// Bodies of every size in random pieces, in both modes in which a policy reads them: not a byte may change.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';

const KIB = 1024;
const limit = 6 * KIB * KIB;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const around = [16 * KIB, 64 * KIB, KIB * KIB, 4 * KIB * KIB].flatMap((size) => [size - 1, size, size + 1]);
const sizes = [0, 1, ...around, limit - 1, limit, limit + 1];

const modes = {
  BUFFERED: {},
  FULL_DUPLEX_STREAMED: {
    processingMode: {
      request_header_mode: 'SEND',
      response_header_mode: 'SKIP',
      request_body_mode: 'FULL_DUPLEX_STREAMED',
      request_trailer_mode: 'SEND',
    },
  },
} as const;

for (const [mode, settings] of Object.entries(modes)) {
  describe(`bodies in mode ${mode}, seed ${seed}`, () => {
    let lambda: FaultStub;
    let environment: Environment;
    before(async () => {
      lambda = await FaultStub.start();
      lambda.script('f', { kind: 'answer', answer: { status: 200, body: '"ok"' }, runs: true });
      const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint: lambda.endpoint };
      environment = await startEnvironment({
        policies: {
          version: 1,
          apis: {
            reads: { request: [{ configuration: { ...keys, function: 'f', payload: '{#request.content.length()}' } }] },
          },
        },
        apis: ['reads'],
        envoy: { ...settings, perConnectionBufferLimitBytes: 8 * KIB * KIB, accessLog: false },
      });
    });
    after(async () => {
      await environment.stop();
      await lambda.stop();
    });

    for (const length of ['content-length', 'chunked'] as const) {
      test(`${sizes.length} sizes with ${length} reach the backend as they were sent`, async () => {
        const random = generator(seed);
        for (const size of sizes) {
          environment.backend.reset();
          const calls = lambda.requests.length;
          const body = randomBytes(size);
          const status = await send(`${environment.envoy.url}/reads`, body, length === 'chunked', random);
          if (size > limit) {
            assert.deepEqual([size, status, environment.backend.calls], [size, 413, 0]);
            continue;
          }
          assert.deepEqual([size, status, lambda.requests.length - calls], [size, 200, 1]);
          const arrived = environment.backend.last?.body ?? Buffer.alloc(0);
          assert.deepEqual([arrived.length, digest(arrived)], [size, digest(body)], `${size} bytes`);
        }
      });
    }
  });
}

/** Sends the body in pieces of random lengths; the status of the answer. */
async function send(url: string, body: Buffer, chunked: boolean, random: () => number): Promise<number> {
  const headers = chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    for (let at = 0; at < body.length; ) {
      const next = at + 1 + Math.floor(random() ** 3 * Math.max(1, body.length / 4));
      outgoing.write(body.subarray(at, next));
      at = next;
    }
    outgoing.end();
  });
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
