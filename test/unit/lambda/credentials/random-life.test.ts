import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RefreshingProvider } from '../../../../src/lambda/credentials/refreshing-provider.ts';
import type { ResolvedCredentials } from '../../../../src/lambda/resolved-credentials.ts';
import { ManualClock, settled } from './manual-clock.ts';

/** One stretch of time in the life of a process: how the source behaves, and how often requests come. */
const stretch = fc.record({
  source: fc.constantFrom('well', 'well', 'well', 'fails', 'hangs', 'stale'),
  lifeMs: fc.constantFrom(undefined, 1_500, 20_000, 900_000, 3_600_000),
  takesMs: fc.integer({ min: 0, max: 14_000 }),
  everyMs: fc.constantFrom(100, 3_000, 70_000),
  requests: fc.integer({ min: 1, max: 30 }),
  revokes: fc.boolean(),
});

test('whatever the source and the callers do no revoked keys are given nor expired ones for long and loads do not pile up', async () => {
  const life = fc.array(stretch, { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(life, fc.double({ min: 0, max: 1, noNaN: true }), async (stretches, chance) => {
      const clock = new ManualClock();
      clock.chance = chance;
      let now = stretches[0];
      let made = 0;
      /** When each key came from the source. */
      const came = new Map<string, number>();
      /** Start of each load that has not ended. */
      const running = new Set<number>();
      const load = (): Promise<ResolvedCredentials> => {
        const started = clock.time;
        running.add(started);
        const recent = [...running].filter((one) => clock.time - one < 60_000);
        assert.equal(recent.length, 1, 'two loads at once');
        const { promise, resolve, reject } = Promise.withResolvers<ResolvedCredentials>();
        made++;
        const found = { accessKeyId: `k${made}`, secretAccessKey: 's', expiration: expirationOf(now, clock) };
        const kind = now?.source;
        if (kind === 'hangs') return promise;
        clock.after(now?.takesMs ?? 0, () => {
          running.delete(started);
          if (kind === 'fails') reject(new Error('away'));
          else {
            came.set(found.accessKeyId, clock.time);
            resolve(found);
          }
        });
        return promise;
      };
      const provider = new RefreshingProvider({
        source: 'random',
        identity: 'random',
        load,
        clock,
        onRefresh: () => {},
      });
      const revoked = new Set<ResolvedCredentials>();
      const request = async (): Promise<boolean> => {
        const asked = clock.time;
        try {
          const found = await provider.get();
          const { expiration = Number.POSITIVE_INFINITY } = found;
          const cameAt = came.get(found.accessKeyId) ?? 0;
          assert.ok(expiration > clock.time || clock.time - cameAt <= 30_000, 'keys were given long after their end');
          assert.ok(!revoked.has(found), 'revoked keys were given');
          return true;
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          assert.ok(clock.time - asked <= 10_000, 'a caller waited for longer than ten seconds');
          return false;
        }
      };
      for (now of stretches) {
        for (let i = 0; i < now.requests; i++) {
          const asked = request();
          await settled();
          if (i === 3 && now.revokes) {
            const current = provider.get();
            if (!(current instanceof Promise)) {
              provider.invalidate(current);
              revoked.add(current);
            } else current.catch(() => {});
          }
          await clock.pass(now.everyMs);
          await clock.pass(Math.max(0, 10_000 - now.everyMs));
          await asked;
        }
      }
      // Whatever happened before: a source that is well serves again within a minute and the wait for one that hung.
      now = { source: 'well', lifeMs: 900_000, takesMs: 10, everyMs: 100, requests: 1, revokes: false };
      let serves = false;
      for (let i = 0; i < 75 && !serves; i++) {
        provider.prepare();
        await clock.pass(1_000);
        serves = provider.status().ok;
      }
      assert.ok(serves, 'a source that is well does not serve');
      assert.ok(await request());
      provider.close();
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 60) },
  );
});

function expirationOf(
  now: { readonly source: string; readonly lifeMs: number | undefined } | undefined,
  clock: ManualClock,
): number | undefined {
  if (now?.source === 'stale') return clock.time - 1;
  return now?.lifeMs === undefined ? undefined : clock.time + now.lifeMs;
}
