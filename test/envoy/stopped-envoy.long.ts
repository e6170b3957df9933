// Envoy stands still in the middle of a streamed answer: so do the function's stream and the sidecar's memory.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { streamingCallers } from '../support/streaming-callers.ts';
import { startStreaming } from '../support/streaming-environment.ts';

const CHUNK = Buffer.alloc(64 * 1024, 'chunk ');
const CHUNKS = 200;
const STREAMS = 10;

function rssMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

for (const [protocol, caller] of Object.entries(streamingCallers)) {
  test(`with Envoy stopped no more is read of ${STREAMS} functions, and the rest comes when it continues: ${protocol}`, async (t) => {
    const streaming = { maxBytes: 2 ** 30, bytesPerSecond: 2 ** 30, burstBytes: 2 ** 30 };
    const environment = await startStreaming({ apis: { raw: { streaming } }, built: true }, t);
    const { envoy, sidecar, stub } = environment;
    try {
      let sent = 0;
      const stopped = Promise.withResolvers<void>();
      environment.on('raw', async (stream) => {
        for (let i = 0; i < CHUNKS; i++) {
          // None is at its end before Envoy stands still.
          if (i === 1) await stopped.promise;
          await stream.chunk(CHUNK);
          sent += CHUNK.length;
        }
        await stream.complete();
      });
      const answers = await Promise.all(Array.from({ length: STREAMS }, () => caller(envoy.url, '/duplex/raw')));
      await Promise.all(answers.map((answer) => answer.until(1)));
      envoy.signal('SIGSTOP');
      stopped.resolve();
      // What is on its way settles: the functions' sockets are full.
      let before = -1;
      while (before !== sent) {
        before = sent;
        await sleep(500);
      }
      const memory = rssMiB(sidecar.pid);
      await sleep(5_000);
      const grown = rssMiB(sidecar.pid) - memory;
      t.diagnostic(`${Math.round(sent / 1024)} KiB sent of ${STREAMS} functions, memory ${grown.toFixed(1)} MiB`);
      assert.equal(sent, before, 'a function goes on though Envoy takes nothing');
      assert.ok(sent < STREAMS * CHUNKS * CHUNK.length, 'everything was sent before Envoy stopped');
      assert.ok(grown < 2, `the memory grows by ${grown} MiB`);
      assert.equal(stub.open, STREAMS);
      envoy.signal('SIGCONT');
      for (const answer of answers) {
        assert.equal(await answer.ended, 'end');
        assert.equal(answer.body().length, CHUNKS * CHUNK.length);
      }
    } finally {
      envoy.signal('SIGCONT');
      await environment.stop();
    }
  });
}
