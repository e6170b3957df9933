import { mock, type TestContext } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
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
import {
  type ProcessingRequest,
  type ProcessingResponse,
  type Received,
  readRequest,
  writeRequest,
} from '../../../src/ext-proc/wire/index.ts';
import type { LambdaInvoker } from '../../../src/lambda/index.ts';
import { defaultLogging, type PolicySet } from '../../../src/policy/index.ts';
import { invokerOf } from '../../support/invoker-of.ts';

const policies = `
version: 1
envoy: {allowModeOverride: true, responseHeaders: true}
apis:
  idle: {}
  both: {request: [{configuration: {function: f}}], response: [{configuration: {function: f}}]}
`;
/** Milliseconds. */
export const replyTakes = 2;
const lambdaTakes = 1000;

/** What the peer throws on. */
interface Broken {
  write?: (reply: ProcessingResponse) => boolean;
  fail?: boolean;
}

export interface Scene {
  readonly stream: ProcessingStream;
  readonly set: PolicySet;
  readonly capacity: Capacity;
  /** What was written: the first field of each. */
  readonly replies: string[];
  readonly broken: Broken;
  readonly ownSeconds: number[];
  readonly outcomes: string[];
  readonly grpcErrors: string[];
  wait(ms: number): void;
}

/** A stream of an API, with a peer that can be told to throw, and a clock that the test moves. */
export function openStream(t: TestContext, api: string, invoker: LambdaInvoker['invoke'] = succeeds): Scene {
  let clock = 0;
  const { set } = loadPolicies(policies, 'policies.yaml');
  mock.method(performance, 'now', () => clock);
  t.after(() => mock.restoreAll());
  const ownSeconds: number[] = [];
  const outcomes: string[] = [];
  const replies: string[] = [];
  const broken: Broken = {};
  const capacity = new Capacity();
  const grpcErrors: string[] = [];
  const told: Partial<StreamObserver> = {
    sidecarTime: (_api, seconds) => ownSeconds.push(seconds),
    invocation: () => ({ end() {}, drop() {} }),
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
      authority: 'lambda-ext-proc',
      sendInitialMetadata() {},
      write(reply) {
        wait(replyTakes);
        if (broken.write?.(reply)) throw new Error('cannot be written');
        replies.push(Object.keys(reply)[0] ?? '');
        return true;
      },
      pause() {},
      resume() {},
      fail(status) {
        if (broken.fail) throw new Error('cannot be ended');
        grpcErrors.push(status);
        stream.close();
      },
    },
    {
      set,
      runtime: { invoker: invokerOf(invoke), logger, observer, logging: defaultLogging, node },
      observer,
      capacity,
      timing: realTiming,
      missingBodies: new MissingBodies(),
      hiddenHeaders: new HiddenHeaders(logger),
      logger,
      now: Date.now,
      monotonic: () => performance.now(),
      openAnswers: new OpenAnswers(),
      collectedAnswers: new CollectedAnswers(logger, observer),
    },
  );
  return { stream, set, capacity, replies, broken, ownSeconds, outcomes, grpcErrors, wait };
}

export function received(message: ProcessingRequest): Received {
  return readRequest(writeRequest(message));
}

export const requestHeaders = received({ request_headers: { end_of_stream: true } } as ProcessingRequest);
export const responseHeaders = received({ response_headers: { end_of_stream: true } } as ProcessingRequest);

const succeeds: LambdaInvoker['invoke'] = async () => ({
  status: 200,
  payload: Buffer.alloc(0),
  attempts: 1,
  requestId: 'r',
});
