// A result store that is attacked with half a gigabyte, and one whose server comes and goes under load.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '../support/redis-server.ts';
import { entry, settingsOf, testStore, until } from '../support/stores.ts';

test('a value of 512 MB is rejected, and takes no memory here', async (t) => {
  const redis = await startRedis(t);
  const a = testStore(t, settingsOf(redis.port));
  await a.connected();
  await a.put(entry('k'), 'x'.repeat(100_000));
  const [name = ''] = await redis.names();
  const begin = (await redis.command('GETRANGE', name, '0', '24')) as Buffer;
  await redis.command('SETRANGE', name, String(512 * 1024 * 1024 - 1), 'x');
  const before = process.memoryUsage().rss;
  for (const length of [0, 41, 100_041, 1024 * 1024, 2 ** 29, 2 ** 32 - 1]) {
    begin.writeUInt32BE(length, 1);
    await redis.command('SETRANGE', name, '0', begin);
    assert.equal(await a.get(entry('k')), undefined);
  }
  assert.equal(a.store.lookups.rejected, 6);
  assert.ok(process.memoryUsage().rss - before < 30_000_000, `${process.memoryUsage().rss - before} bytes more`);
  assert.equal(a.memory.taken, 0);
});

test('a server that is killed, stopped and started again under load: no wrong value, no failure, no memory held', async (t) => {
  const redis = await startRedis(t);
  const a = testStore(t, settingsOf(redis.port), { lookupMs: 20 });
  await a.connected();
  const end = performance.now() + 30_000;
  let asked = 0;
  let slowest = 0;
  const load = async (): Promise<void> => {
    while (performance.now() < end) {
      const place = entry(`k${asked++ % 500}`);
      const text = place.digest.repeat(1 + (asked % 5) * 5_000);
      const begun = performance.now();
      const found = await a.store.get(place, String, a.memory);
      slowest = Math.max(slowest, performance.now() - begun);
      if (found === undefined) a.store.put(place, [Buffer.from(text)], a.memory);
      else assert.ok(found.value.startsWith(place.digest) && found.value.length % place.digest.length === 0);
      await sleep(1);
    }
  };
  const trouble = async (): Promise<void> => {
    for (let i = 0; performance.now() < end - 4_000; i++) {
      await sleep(1_000);
      if (i % 2 === 0) {
        await redis.kill();
        await sleep(300);
        await redis.restart();
      } else {
        redis.signal('SIGSTOP');
        await sleep(500);
        redis.signal('SIGCONT');
      }
    }
  };
  await Promise.all([trouble(), ...Array.from({ length: 20 }, load)]);
  console.log(`${asked} lookups, the slowest ${Math.round(slowest)} ms: ${JSON.stringify(a.store.lookups)}`);
  assert.equal(
    Object.values(a.store.lookups).reduce((sum, count) => sum + count),
    asked,
  );
  for (const result of ['hit', 'miss', 'timeout', 'skipped'] as const) assert.ok(a.store.lookups[result] > 0, result);
  assert.equal(a.store.lookups.rejected, 0);
  await until(() => a.memory.taken === 0);
});
