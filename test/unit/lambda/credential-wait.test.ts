// The span of a request that waits for credentials.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { within } from '../../../src/lambda/deadline.ts';
import { InvocationError } from '../../../src/lambda/index.ts';
import { DirectInvoker } from '../../../src/lambda/invoker.ts';
import type { TraceSpan } from '../../../src/tracing/index.ts';
import { invocation } from '../../support/invocation.ts';

test('tells why there were none', async () => {
  const failed: string[] = [];
  let ended = 0;
  const span: TraceSpan = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    isRecorded: true,
    outgoing: { traceparent: '', tracestate: undefined, xAmznTraceId: '' },
    child: (name) => (name === 'wait for credentials' ? span : assert.fail(name)),
    redact() {},
    set() {},
    fail: (errorType) => void failed.push(errorType),
    end: () => void ended++,
  };
  const get = () => Promise.reject(new InvocationError('no-credentials', { message: 'no source gives any' }));
  const invoker = new DirectInvoker({
    environment: {},
    credentialsFor: () => ({ identity: 'nobody', account: undefined, get }),
    trustFor: () => assert.fail('nothing is to be connected'),
    userAgent: 'test',
    now: Date.now,
    random: () => 0,
  });
  await assert.rejects(invoker.invoke({ ...invocation(), span }), { failure: 'no-credentials' });
  await invoker.close();
  assert.deepEqual([failed, ended], [['no-credentials'], 1]);
});

test('a source that fails after the caller left is not an unhandled rejection', async (t) => {
  const unhandled: unknown[] = [];
  const listener = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', listener);
  t.after(() => process.off('unhandledRejection', listener));
  const { promise, reject } = Promise.withResolvers<never>();
  const deadline = { callEnd: Number.POSITIVE_INFINITY, signal: AbortSignal.abort(new Error('gone')) };
  await assert.rejects(within(promise, deadline, 0, 'credentials-timeout'), { failure: 'aborted' });
  reject(new Error('no source gives any'));
  // Node tells of unhandled rejections after the microtasks.
  await new Promise(setImmediate);
  assert.deepEqual(unhandled, []);
});
