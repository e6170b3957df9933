import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RefreshingProvider } from '../../../../src/lambda/credentials/refreshing-provider.ts';
import { InvocationError } from '../../../../src/lambda/invocation-error.ts';
import type { ResolvedCredentials } from '../../../../src/lambda/resolved-credentials.ts';
import { ManualClock, settled } from './manual-clock.ts';
import { ScriptedSource } from './scripted-source.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

function make(lifeMs?: number) {
  const clock = new ManualClock();
  const source = new ScriptedSource(clock, lifeMs);
  const told: string[] = [];
  const loads: boolean[] = [];
  let stamp = 'a';
  const provider = new RefreshingProvider({
    source: 'a source',
    identity: 'an identity',
    load: source.load,
    stamp: async () => stamp,
    clock,
    onRefresh: (name, error) => told.push(error === undefined ? `${name} is well` : error.message),
    onLoad: (_name, ok) => loads.push(ok),
  });
  return {
    clock,
    source,
    provider,
    told,
    loads,
    changeSource: () => {
      stamp += 'b';
    },
  };
}

/** What is there at once; a test fails where a caller would have to wait. */
function now(provider: RefreshingProvider): ResolvedCredentials {
  const found = provider.get();
  if (found instanceof Promise) {
    found.catch(() => {});
    assert.fail('a caller would have to wait');
  }
  return found;
}

async function failure(found: ResolvedCredentials | Promise<ResolvedCredentials>): Promise<InvocationError> {
  try {
    await found;
  } catch (error) {
    assert.ok(error instanceof InvocationError);
    return error;
  }
  return assert.fail('credentials were given');
}

test('who comes first waits and all that come meanwhile wait for the same load', async () => {
  const { provider, source, clock } = make(hour);
  source.takesMs = 100;
  const waiting = Array.from({ length: 50 }, () => provider.get());
  await clock.pass(100);
  const found = await Promise.all(waiting);
  assert.equal(source.loads, 1);
  assert.equal(new Set(found).size, 1);
});

test('each load is reported by how it went, also one that gives what the service has refused', async () => {
  const { provider, source, clock, loads } = make(hour);
  const first = await provider.get();
  provider.invalidate(first);
  source.next = 'same';
  await failure(provider.get());
  source.next = new Error('no answer');
  await clock.pass(minute);
  await failure(provider.get());
  assert.deepEqual([loads[0], ...new Set(loads.slice(1))], [true, false]);
  assert.equal(loads.length, source.loads);
});

test('credentials that are there are given at once and stay one object until they are refreshed', async () => {
  const { provider, source, clock } = make(hour);
  const first = await provider.get();
  for (let i = 0; i < 40; i++) {
    await clock.pass(minute);
    assert.equal(now(provider), first);
  }
  assert.equal(source.loads, 1);
});

for (const [name, lifeMs, step] of [
  ['two_second', 2 * second, 50],
  ['three_second', 3 * second, 50],
  ['one_minute', minute, 500],
  ['fifteen_minute', 15 * minute, 5 * second],
  ['one_hour', hour, 10 * second],
  ['twelve_hour', 12 * hour, minute],
] as const) {
  for (const chance of [0, 0.5, 1]) {
    test(`${name} sessions are replaced in the background before they expire (chance ${chance})`, async () => {
      const { provider, source, clock } = make(lifeMs);
      clock.chance = chance;
      source.takesMs = Math.min(400, lifeMs / 10);
      provider.prepare();
      await clock.pass(source.takesMs);
      for (let i = 0; i < (20 * lifeMs) / step; i++) {
        await clock.pass(step);
        const { expiration = 0 } = now(provider);
        assert.ok(expiration - clock.time > Math.min(10 * second, lifeMs / 10) - step, 'not so near to the end');
      }
      assert.ok(source.loads > 15 && source.loads < 60, `${source.loads} loads for 20 lives`);
    });
  }
}

test('processes that started together do not refresh together', async () => {
  const moments = new Set<number>();
  for (let i = 0; i <= 20; i++) {
    const { provider, source, clock } = make(hour);
    clock.chance = i / 20;
    const start = clock.time;
    await provider.get();
    while (source.loads === 1) await clock.pass(second);
    moments.add(clock.time - start);
  }
  assert.ok(moments.size > 15);
  assert.ok(Math.max(...moments) - Math.min(...moments) > 2 * minute);
  assert.ok(Math.max(...moments) < hour - 4 * minute);
});

test('credentials that are still valid are used while a refresh fails and nobody waits', async () => {
  const { provider, source, clock, told } = make(hour);
  const first = await provider.get();
  source.next = new Error('STS is away');
  const end = clock.time + hour - 10 * second;
  while (clock.time < end - second) {
    await clock.pass(second);
    assert.equal(now(provider), first);
  }
  const tries = source.loads - 1;
  assert.ok(tries >= 8 && tries <= 60, `${tries} tries in the last minutes, with growing pauses`);
  assert.deepEqual(new Set(told), new Set(['no credentials from a source: STS is away']));
  assert.equal(provider.status().ok, true);
  assert.equal(provider.status().reason, 'no credentials from a source: STS is away');
});

test('expired credentials are never given and the margin is ten seconds or a tenth of the life', async () => {
  for (const [lifeMs, marginMs] of [
    [2 * second, 200],
    [50 * second, 5 * second],
    [hour, 10 * second],
  ] as const) {
    const { provider, source, clock } = make(lifeMs);
    await provider.get();
    source.next = new Error('away');
    await clock.pass(lifeMs - marginMs - 1);
    now(provider);
    await clock.pass(1);
    const error = await failure(provider.get());
    assert.equal(error.kind, 'credentials');
    assert.equal(error.mayHaveRun, false);
    assert.equal(error.attempts, 0);
    assert.equal(error.details, 'Service: Lambda, No credentials');
    assert.equal(provider.status().ok, false);
  }
});

test('an outage that ends shortly before the credentials do fails nobody', async () => {
  for (const chance of [0, 0.5, 1]) {
    const { provider, source, clock } = make(hour);
    clock.chance = chance;
    await provider.get();
    source.next = new Error('away');
    await clock.pass(hour - 14 * second);
    source.next = 'session';
    for (let i = 0; i < 200; i++) {
      await clock.pass(100);
      now(provider);
    }
    assert.equal(provider.status().reason, undefined);
  }
});

test('a refresh that failed is tried again though no request comes', async () => {
  const { provider, source, clock } = make(hour);
  await provider.get();
  source.next = new Error('away');
  await clock.pass(hour - 4 * minute);
  assert.notEqual(provider.status().reason, undefined);
  source.next = 'session';
  await clock.pass(minute);
  assert.equal(provider.status().reason, undefined);
  assert.ok((provider.status().expiresAt ?? 0) > clock.time + 55 * minute);
});

test('after an outage the first load that goes well serves again within seconds', async () => {
  const { provider, source, clock, told } = make(minute);
  await provider.get();
  source.next = new Error('away');
  for (let i = 0; i < 600; i++) {
    await clock.pass(second);
    await Promise.resolve(provider.get()).catch(() => {});
  }
  assert.ok(source.loads < 250, `${source.loads} loads in ten minutes of failing requests`);
  source.next = 'session';
  let waited = 0;
  for (; provider.status().ok === false; waited += 100) {
    await clock.pass(100);
    await Promise.resolve(provider.get()).catch(() => {});
  }
  assert.ok(waited <= 5 * second, `${waited} ms`);
  assert.equal(told.at(-1), 'a source is well');
  assert.equal(provider.status().reason, undefined);
});

test('a source that has just failed is not asked by every request', async () => {
  const { provider, source } = make(hour);
  source.next = new Error('denied');
  for (let i = 0; i < 1000; i++) await failure(provider.get());
  assert.equal(source.loads, 1);
});

test('a source that hangs fails its callers after ten seconds and is not asked twice at once', async () => {
  const { provider, source, clock } = make(hour);
  source.next = 'hang';
  const failing = failure(provider.get());
  await clock.pass(10 * second);
  assert.equal((await failing).message, 'no credentials from a source: a source gave no credentials within 10 s');
  for (let i = 0; i < 49; i++) {
    await clock.pass(second);
    await failure(provider.get());
  }
  assert.equal(source.loads, 1);
  source.next = 'session';
  await clock.pass(2 * second);
  provider.prepare();
  await settled();
  assert.equal(source.loads, 2, 'after a minute it is given up');
  now(provider);
});

test('who waits no longer is told what the source has met by then', async () => {
  const clock = new ManualClock();
  const { load } = Object.assign(new ScriptedSource(clock), { next: 'hang' });
  const options = { source: 'a source', identity: 'an identity', load, clock, onRefresh: () => {} };
  const provider = new RefreshingProvider({ ...options, progress: () => 'container: no answer' });
  const failing = failure(provider.get());
  await clock.pass(10 * second);
  const told = 'no credentials from a source: a source gave no credentials within 10 s: container: no answer';
  assert.equal((await failing).message, told);
});

test('a load that ends late is still of use', async () => {
  const { provider, source, clock } = make(hour);
  source.takesMs = 15 * second;
  const failing = failure(provider.get());
  await clock.pass(10 * second);
  await failing;
  await clock.pass(5 * second);
  now(provider);
  assert.equal(source.loads, 1);
});

test('what the service calls expired is not given again and is replaced once for all callers', async () => {
  const { provider, source } = make(hour);
  const first = await provider.get();
  for (let i = 0; i < 10; i++) provider.invalidate(first);
  const replaced = await Promise.all(Array.from({ length: 10 }, () => provider.get()));
  assert.equal(source.loads, 2);
  assert.notEqual(replaced[0], first);
  provider.invalidate(first);
  assert.equal(now(provider), replaced[0], 'one that comes late with the old ones changes nothing');
});

test('a source that repeats what the service called expired is an error for a minute', async () => {
  const { provider, source, clock } = make();
  const first = await provider.get();
  source.next = 'same';
  provider.invalidate(first);
  const error = await failure(provider.get());
  assert.match(error.message, /the source still returns the credentials that the service reported as expired/);
  await clock.pass(minute);
  assert.deepEqual(await provider.get(), first, 'the service may have been wrong');
});

test('what one endpoint or region calls expired or does not know serves all others on', async () => {
  const { provider, source, clock, told } = make();
  const first = await provider.get();
  source.next = 'same';
  for (let i = 0; i < 600; i++) {
    const others = provider.renew(first);
    assert.equal(now(provider), first, 'while the source is asked');
    assert.equal(await others, first, 'the same object: who sent it does not send it again');
    assert.equal(now(provider), first);
    await clock.pass(100);
  }
  assert.ok(source.loads >= 10 && source.loads <= 15, `${source.loads} loads in a minute`);
  assert.deepEqual([provider.status().ok, provider.status().reason, told], [true, undefined, []]);
  source.next = 'session';
  const next = await provider.renew(first);
  assert.notEqual(next, first);
  assert.equal(now(provider), next);
  assert.equal(await provider.renew(first), next, 'who comes late with the old ones gets those that are there');
});

test('a source that is away when one endpoint wants others takes nothing from anybody', async () => {
  const { provider, source } = make(hour);
  const first = await provider.get();
  source.next = new Error('away');
  assert.equal(await provider.renew(first), first);
  assert.equal(now(provider), first);
});

test('one endpoint that calls all keys expired does not keep AWS from being believed', async () => {
  const { provider, source } = make(hour);
  const first = await provider.get();
  source.next = 'same';
  for (let i = 0; i < 20; i++) await provider.renew(first);
  source.next = 'session';
  provider.invalidate(first);
  assert.notEqual(await provider.get(), first);
});

test('a source that failed is asked again at once when the clock was set back', async () => {
  const { provider, source, clock } = make(hour);
  source.next = new Error('away');
  await failure(provider.get());
  source.next = 'session';
  clock.time -= 90 * minute;
  const found = await provider.get();
  assert.equal(found.accessKeyId, 'key-2');
  clock.time -= 90 * minute;
  assert.equal(now(provider), found);
  await settled();
  assert.equal(now(provider).accessKeyId, 'key-3', 'its end was told by a clock that was wrong');
});

test('keys that have just come are used though they look expired and the source is soon asked again', async () => {
  const { provider, source, clock, told } = make(-90 * minute);
  const first = await provider.get();
  assert.match(provider.status().reason ?? '', /^the credentials of a source: expired at 20.* but are still used$/);
  assert.equal(provider.status().ok, true);
  assert.equal(provider.status().pastExpiry, true);
  source.next = 'same';
  for (let i = 0; i < 60; i++) {
    await clock.pass(second);
    assert.equal(now(provider), first);
  }
  assert.ok(source.loads >= 4 && source.loads <= 7, `${source.loads} loads in a minute`);
  assert.equal(told.length, 1, 'told once');
  source.next = 'session';
  source.lifeMs = hour;
  await clock.pass(11 * second);
  assert.notEqual(now(provider), first);
  assert.equal(provider.status().reason, undefined);
  assert.equal(told.at(-1), 'a source is well');
});

test('keys that looked expired when they came are not kept when their source goes away', async () => {
  const { provider, source, clock } = make(-1);
  await provider.get();
  source.next = new Error('away');
  await clock.pass(31 * second);
  assert.match((await failure(provider.get())).message, /away/);
});

test('keys of an instance outlive their source and are refreshed in the background', async () => {
  const { provider, source, clock } = make(hour);
  source.outlivesSource = true;
  const first = await provider.get();
  source.next = new Error('the metadata service is away');
  for (let i = 0; i < 3 * 60; i++) {
    await clock.pass(minute);
    assert.equal(now(provider), first);
  }
  assert.ok(source.loads < 450, `${source.loads} loads in two hours without a source`);
  const { ok, reason = '', pastExpiry } = provider.status();
  assert.deepEqual([ok, pastExpiry], [true, true]);
  assert.match(reason, /metadata service is away; the credentials of a source: expired at .* but are still used$/);
  source.next = 'session';
  await clock.pass(minute);
  assert.notEqual(now(provider), first);
  assert.equal(provider.status().reason, undefined);
  assert.equal(provider.status().pastExpiry, false);
});

test('who comes after the end of keys of an instance waits for its source first', async () => {
  const { provider, source, clock } = make(2 * hour);
  source.outlivesSource = true;
  const first = await provider.get();
  // Nobody has used them for long, so that they were not refreshed.
  await clock.pass(5 * hour);
  source.takesMs = 100;
  const found = Promise.resolve(provider.get());
  await clock.pass(100);
  assert.notEqual(await found, first);
});

test('a source of an instance that hangs makes nobody wait twice', async () => {
  const { provider, source, clock } = make(2 * hour);
  source.outlivesSource = true;
  const first = await provider.get();
  await clock.pass(5 * hour);
  source.next = 'hang';
  const found = Promise.resolve(provider.get());
  await clock.pass(10 * second);
  assert.equal(await found, first);
  assert.equal(now(provider), first);
});

test('what the service refuses of an instance is not sent again while the source is away', async () => {
  const { provider, source, clock } = make(hour);
  source.outlivesSource = true;
  await provider.get();
  source.next = new Error('away');
  await clock.pass(2 * hour);
  provider.invalidate(now(provider));
  assert.match((await failure(provider.get())).message, /away/);
});

test('a service that calls all keys expired does not have the source asked by every request', async () => {
  const { provider, source, clock } = make();
  await provider.get();
  for (let i = 0; i < 600; i++) {
    provider.invalidate(await provider.get());
    await clock.pass(100);
  }
  assert.ok(source.loads >= 10 && source.loads <= 15, `${source.loads} loads in a minute`);
});

test('a source that gives the same until shortly before the end is asked again in time', async () => {
  const { provider, source, clock } = make(6 * hour);
  const first = await provider.get();
  source.next = 'same';
  await clock.pass(6 * hour - 5 * minute);
  assert.equal(now(provider), first, 'unchanged keys stay the same object');
  source.next = 'session';
  for (let i = 0; i < 10 * 60; i++) {
    await clock.pass(second);
    now(provider);
  }
  assert.notEqual(now(provider), first);
});

test('keys without an expiry are asked for again every five minutes and stay one object', async () => {
  const { provider, source, clock } = make();
  const first = await provider.get();
  source.next = 'same';
  for (let i = 0; i < 30; i++) {
    await clock.pass(minute);
    assert.equal(now(provider), first);
  }
  await settled();
  assert.equal(source.loads, 7);
});

test('a change of the source is taken over within seconds while the old keys serve', async () => {
  const { provider, source, clock, changeSource } = make();
  const first = await provider.get();
  for (let i = 0; i < 20; i++) {
    await clock.pass(second);
    assert.equal(now(provider), first);
  }
  changeSource();
  await clock.pass(5 * second);
  assert.equal(now(provider), first);
  await settled();
  await settled();
  assert.notEqual(now(provider), first);
  assert.equal(source.loads, 2);
});

test('who is not used for an hour is not refreshed any more', async () => {
  const { provider, source, clock } = make(15 * minute);
  await provider.get();
  await clock.pass(24 * hour);
  assert.ok(source.loads >= 5 && source.loads <= 8, `${source.loads} loads in a day`);
  assert.equal(clock.pending, 0);
  await provider.get();
});

test('a closed provider has no timers left and still serves who holds it', async () => {
  const { provider, source, clock } = make(15 * minute);
  await provider.get();
  provider.close();
  assert.equal(clock.pending, 0);
  await clock.pass(hour);
  assert.equal(source.loads, 1);
  await provider.get();
  assert.equal(source.loads, 2);
  assert.equal(clock.pending, 0);
});

test('the status tells when credentials were obtained and when they expire', async () => {
  const { provider, clock } = make(hour);
  const empty = {
    source: 'a source',
    ok: false,
    worked: false,
    reason: undefined,
    obtainedAt: undefined,
    expiresAt: undefined,
    pastExpiry: false,
  };
  assert.deepEqual(provider.status(), empty);
  const start = clock.time;
  await provider.get();
  const full = {
    source: 'a source',
    ok: true,
    worked: true,
    reason: undefined,
    obtainedAt: start,
    expiresAt: start + hour,
    pastExpiry: false,
  };
  assert.deepEqual(provider.status(), full);
});
