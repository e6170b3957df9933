// A machine whose loopback interface swallows what is sent starts all the same, and nothing stays open.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExternalProcessor } from '../../../src/ext-proc/index.ts';
import { createLogger, Metrics } from '../../../src/observability/index.ts';
import { ReplyQueue } from '../../../src/trial/index.ts';
import { EnvoyConnection } from '../../../src/warm-up/envoy-connection.ts';
import { socketPair } from '../../../src/warm-up/socket-pair.ts';
import { scriptedInvoker } from '../../support/scripted-invoker.ts';

const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;

test('a connection that does not come about in time leaves nothing open', async () => {
  const before = openSockets();
  await assert.rejects(socketPair(AbortSignal.abort()), { name: 'AbortError' });
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.equal(openSockets(), before);
});

test('a waiting request gets an error when the connection is closed', async (t) => {
  const [near, far] = await socketPair(new AbortController().signal);
  t.after(() => far.destroy());
  const metrics = new Metrics();
  t.after(() => metrics.stop());
  const logger = createLogger({ level: 'info', destination: { write: () => {} } });
  const policies = {
    current: () => {
      throw new Error('nobody asks');
    },
  };
  const processor = createExternalProcessor({
    policies,
    invoker: scriptedInvoker(),
    metrics,
    logger,
    node: { id: null, version: '1', tenant: null, zone: null, shardingTags: [] },
  });
  const connection = new EnvoyConnection(near, processor.definition);
  const replies = new ReplyQueue(new Map(), 'envoy');
  connection.open('orders', replies);
  connection.close();
  await assert.rejects(replies.next(), /the stream ended with/);
});
