// What a stream tells the metrics, with a clock that the test moves.
import assert from 'node:assert/strict';
import { mock, type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { pino } from 'pino';
import { loadPolicies } from '../../../src/config/index.ts';
import { Capacity } from '../../../src/ext-proc/capacity.ts';
import type { StreamObserver } from '../../../src/ext-proc/observer.ts';
import { ProcessingStream } from '../../../src/ext-proc/stream.ts';
import type { ProcessingRequest } from '../../../src/ext-proc/wire/index.ts';
import { InvocationError, type LambdaInvoker } from '../../../src/lambda/index.ts';
import type { PolicySet } from '../../../src/policy/index.ts';

const policies = `
version: 1
apis:
  idle: {}
  both: {request: [{configuration: {function: f}}], response: [{configuration: {function: f}}]}
`;
/** Milliseconds. */
const replyTakes = 2;
const lambdaTakes = 1000;

interface Scene {
  readonly stream: ProcessingStream;
  readonly set: PolicySet;
  readonly ownSeconds: number[];
  readonly outcomes: string[];
  readonly grpcErrors: string[];
  wait(ms: number): void;
}

function open(t: TestContext, api: string, invoker: LambdaInvoker['invoke']): Scene {
  let clock = 0;
  const { set } = loadPolicies(policies, 'policies.yaml');
  mock.method(performance, 'now', () => clock);
  t.after(() => mock.restoreAll());
  const ownSeconds: number[] = [];
  const outcomes: string[] = [];
  const grpcErrors: string[] = [];
  const told: Partial<StreamObserver> = {
    sidecarTime: (seconds) => ownSeconds.push(seconds),
    streamClosed: (outcome) => outcomes.push(outcome),
  };
  const observer = new Proxy(told, { get: (all, name) => Reflect.get(all, name) ?? (() => {}) }) as StreamObserver;
  const metadata = new Metadata();
  metadata.set('x-lambda-api', api);
  const logger = pino({ level: 'silent' });
  const wait = (ms: number) => {
    clock += ms;
  };
  const node = { id: null, version: null, tenant: null, zone: null, shardingTags: [] };
  const invoke: LambdaInvoker['invoke'] = async (...all) => {
    wait(lambdaTakes);
    return await invoker(...all);
  };
  const stream: ProcessingStream = new ProcessingStream(
    {
      metadata,
      sendInitialMetadata() {},
      write() {
        wait(replyTakes);
        return true;
      },
      pause() {},
      resume() {},
      fail(status) {
        grpcErrors.push(status);
        stream.close();
      },
    },
    {
      set,
      runtime: { invoker: { invoke }, logger, observer, node },
      observer,
      capacity: new Capacity(),
      logger,
      now: Date.now,
    },
  );
  return { stream, set, ownSeconds, outcomes, grpcErrors, wait };
}

const requestHeaders = { request: 'request_headers', request_headers: { end_of_stream: true } } as ProcessingRequest;
const responseHeaders = { request: 'response_headers', response_headers: { end_of_stream: true } } as ProcessingRequest;
const succeeds: LambdaInvoker['invoke'] = async () => ({
  status: 200,
  payload: Buffer.alloc(0),
  attempts: 1,
  requestId: 'r',
});

test("the sidecar's own time is that of the whole stream, once, without Lambda and without waiting for Envoy", async (t) => {
  const { stream, ownSeconds, outcomes, wait } = open(t, 'both', succeeds);
  stream.receive(requestHeaders);
  await turn();
  wait(500);
  stream.receive(responseHeaders);
  await turn();
  wait(500);
  assert.deepEqual(ownSeconds, []);
  stream.close();
  stream.close();
  assert.deepEqual(ownSeconds, [(2 * replyTakes) / 1000]);
  assert.deepEqual(outcomes, ['completed']);
});

test('a stream without policies has a time of its own too', (t) => {
  const { stream, ownSeconds } = open(t, 'idle', succeeds);
  stream.receive(requestHeaders);
  stream.close();
  assert.deepEqual(ownSeconds, [replyTakes / 1000]);
});

test('where the caller leaves during an invocation its time counts once the invocation has ended', async (t) => {
  const hangs: LambdaInvoker['invoke'] = (_, signal) =>
    new Promise((_resolve, reject) => {
      const aborted = new InvocationError('aborted', { message: 'aborted' });
      signal?.addEventListener('abort', () => reject(aborted));
    });
  const { stream, ownSeconds, outcomes, wait } = open(t, 'both', hangs);
  stream.receive(requestHeaders);
  await turn();
  wait(300);
  stream.close();
  assert.deepEqual([outcomes, ownSeconds], [['aborted'], []]);
  await turn();
  assert.deepEqual(ownSeconds, [0]);
});

test('a stream that ends with a gRPC error of the server has failed: nobody got an answer', (t) => {
  const { stream, set, outcomes, grpcErrors, ownSeconds } = open(t, 'idle', succeeds);
  mock.method(set, 'byName', () => {
    throw new Error('unexpected');
  });
  stream.receive(requestHeaders);
  assert.deepEqual([grpcErrors, outcomes], [['INTERNAL'], ['failed']]);
  assert.equal(ownSeconds.length, 1);
});

test('a stream that breaks the protocol counts as a violation', (t) => {
  const { stream, outcomes, grpcErrors } = open(t, 'idle', succeeds);
  stream.receive(requestHeaders);
  stream.receive(requestHeaders);
  assert.deepEqual([grpcErrors, outcomes], [['INVALID_ARGUMENT'], ['violation']]);
});
