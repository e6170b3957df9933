// A machine whose loopback interface swallows what is sent starts all the same, and nothing stays open.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EnvoyConnection } from '../../../src/warm-up/envoy-connection.ts';
import { headerBlock } from '../../../src/warm-up/http2-frames.ts';
import { socketPair } from '../../../src/warm-up/socket-pair.ts';

const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;

test('a connection that does not come about in time leaves nothing open', async () => {
  const before = openSockets();
  await assert.rejects(socketPair(AbortSignal.abort()), { name: 'AbortError' });
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.equal(openSockets(), before);
});

test('a stream ends when its connection is closed', async (t) => {
  const [near, far] = await socketPair(new AbortController().signal);
  t.after(() => far.destroy());
  const connection = new EnvoyConnection(near);
  const ended = new Promise<void>((resolve) => {
    void connection.open(headerBlock({ ':method': 'POST' }), { message: () => {}, ended: resolve });
  });
  connection.close();
  await ended;
});
