// Callers that go away at random moments, through a real Envoy: no invocation goes on for nobody, and nothing is kept.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { after, before, test } from 'node:test';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { seededRandom } from '../support/seeded-random.ts';

const callers = Number(process.env.VANISHING_CALLERS ?? 1_500);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const random = seededRandom(seed);
const LAMBDA_MS = 40;
/** Some invocations take longer than anyone waits: only an abort ends them. */
let hangs = true;

let lambda: Server;
let environment: Environment;
/** Invocations that the Lambda works on, and what became of all. */
const open = new Set<object>();
const seen = { begun: 0, finished: 0, aborted: 0 };
/** Callers that leave only once an invocation has begun: on a busy machine the others may all be gone before. */
const waiting: (() => void)[] = [];
const invocationBegun = (): Promise<void> =>
  Promise.race([new Promise<void>((resolve) => waiting.push(resolve)), pause(LAMBDA_MS * 50)]);

before(async () => {
  lambda = createServer((request, response) => {
    request.resume();
    open.add(response);
    seen.begun++;
    waiting.shift()?.();
    const timer = setTimeout(
      () => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"some":"answer"}'.padEnd(2_000));
      },
      hangs && random() < 0.2 ? 60_000 : random() * LAMBDA_MS,
    );
    response.on('close', () => {
      clearTimeout(timer);
      open.delete(response);
      if (response.writableFinished) seen.finished++;
      else seen.aborted++;
    });
  });
  lambda.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  const keys = { function: 'f', endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
  const body = { ...keys, payload: '{#request.content}' };
  environment = await startEnvironment({
    policies: {
      version: 1,
      apis: {
        headers: { request: [{ configuration: keys }], response: [{ configuration: keys }] },
        body: {
          request: [{ configuration: body }],
          response: [{ configuration: { ...keys, payload: '{#response.content}' } }],
        },
        sends: { request: [{ configuration: { ...body, sendToConsumer: true } }] },
      },
    },
    apis: ['headers', 'body', 'sends'],
    envoy: { accessLog: false },
  });
});
after(async () => {
  await environment.stop();
  lambda.closeAllConnections();
  lambda.close();
});

const inFlight = (): Promise<number> => environment.sidecar.metric('lambda_ext_proc_streams_in_flight');
const descriptors = (): number => readdirSync(`/proc/${environment.sidecar.pid}/fd`).length;
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const request = (path: string): Buffer => {
  const body = 'x'.repeat(Math.floor(random() * 20_000));
  return Buffer.from(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
};

/** HTTP/1.1: the connection is closed or reset, after a part of the request or after all of it. */
async function vanishHttp1(path: string): Promise<string> {
  const socket = connect(environment.envoy.port, '127.0.0.1');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  const bytes = request(path);
  const cut = random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length;
  socket.write(bytes.subarray(0, cut));
  if (cut === bytes.length && random() < 0.5) await invocationBegun();
  else await pause(random() * LAMBDA_MS * 2);
  if (random() < 0.5) socket.resetAndDestroy();
  else socket.destroy();
  return cut < bytes.length ? 'HTTP/1.1, in the middle of the request' : 'HTTP/1.1, after the request';
}

/** HTTP/2: the stream is reset, the connection goes on. */
async function vanishHttp2(session: ReturnType<typeof connectHttp2>, path: string): Promise<string> {
  const stream = session.request({ ':method': 'POST', ':path': path });
  stream.on('error', () => {});
  stream.resume();
  const whole = random() < 0.7;
  stream.write('y'.repeat(Math.floor(random() * 20_000)));
  if (whole) stream.end();
  if (whole && random() < 0.5) await invocationBegun();
  else await pause(random() * LAMBDA_MS * 2);
  stream.close(8);
  return whole ? 'HTTP/2, after the request' : 'HTTP/2, in the middle of the request';
}

async function settled(what: string, fits: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await fits()) return;
    await pause(25);
  }
  assert.fail(`${what}: not within 5 s`);
}

test(`${callers} callers vanish and nothing of them stays (seed ${seed})`, async (t) => {
  const session = connectHttp2(environment.envoy.url);
  session.on('error', () => {});
  t.after(() => session.destroy());
  const classes = new Map<string, number>();
  const wave = async (count: number): Promise<void> => {
    let left = count;
    const caller = async (): Promise<void> => {
      while (left > 0) {
        left--;
        const path = `/${pick(['headers', 'body', 'sends'])}`;
        const how = random() < 0.5 ? await vanishHttp1(path) : await vanishHttp2(session, path);
        classes.set(how, (classes.get(how) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 50 }, caller));
    await settled('streams are gone', async () => (await inFlight()) === 0);
    await settled('no invocation goes on', () => open.size === 0);
  };
  await wave(Math.ceil(callers / 3));
  const before = descriptors();
  await wave(Math.floor((callers * 2) / 3));
  assert.equal(await environment.sidecar.metric('lambda_ext_proc_buffered_bytes'), 0);
  // What is pooled may stay: a connection for each invocation at a time.
  assert.ok(descriptors() <= before + 60, `${before} descriptors, then ${descriptors()}`);
  assert.ok(seen.aborted > callers / 20, JSON.stringify(seen));
  for (const [how, count] of [...classes].sort()) t.diagnostic(`${how}: ${count}`);
  t.diagnostic(`invocations: ${JSON.stringify(seen)}`);
  hangs = false;
  const answer = await environment.call('/sends', { method: 'POST', body: 'x' });
  assert.equal(answer.status, 200);
});
