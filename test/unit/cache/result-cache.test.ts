import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CacheRequest, type Kept, ResultCache, resultKey } from '../../../src/cache/index.ts';

interface Value extends Kept {
  readonly text: string;
}

interface Scene {
  readonly cache: ResultCache;
  /** Bytes that are taken. */
  held(): number;
  pass(ms: number): void;
  request(key: string, load: CacheRequest<Value>['load'], other?: Partial<CacheRequest<Value>>): CacheRequest<Value>;
}

function scene({ bytes = 1_000_000, share = 1, room = Number.POSITIVE_INFINITY } = {}): Scene {
  let now = 1_000;
  let held = 0;
  const memory = {
    take(count: number): boolean {
      if (held + count > room) return false;
      held += count;
      return true;
    },
    give(count: number): void {
      held -= count;
    },
    shortage: 'test',
  };
  return {
    cache: new ResultCache(
      () => ({ bytes, share: () => share }),
      memory,
      () => now,
    ),
    held: () => held,
    pass(ms) {
      now += ms;
    },
    request: (key, load, other = {}) => ({
      key,
      owner: 'a',
      space: 'a1',
      maxEntries: 1_000,
      ttlMs: 60_000,
      signal: new AbortController().signal,
      load,
      ...other,
    }),
  };
}

const value = (text: string, bytes = 10) => ({ text, bytes });
const give = (text: string, bytes?: number) => async (): Promise<Value> => value(text, bytes);
const never = async (): Promise<Value> => assert.fail('it was to be kept');

describe('a result', () => {
  test('is loaded once and kept until its time is over', async () => {
    const { cache, pass, request, held } = scene();
    assert.deepEqual(await cache.fetch(request('k', give('one'))), { value: value('one'), source: 'loaded' });
    pass(59_999);
    assert.deepEqual(await cache.fetch(request('k', never)), { value: value('one'), source: 'kept' });
    pass(1);
    assert.equal((await cache.fetch(request('k', give('two')))).value.text, 'two');
    assert.equal(cache.entries, 1);
    assert.equal(cache.bytes, held());
    assert.deepEqual(cache.lookups, { hit: 1, miss: 2, shared: 0, uncacheable: 0 });
    assert.equal(cache.evictions.expired, 1);
  });

  test('over 1 MiB is given and not kept', async () => {
    const { cache, request, held } = scene({ bytes: 16 << 20 });
    await cache.fetch(request('exact', give('x', 1 << 20)));
    assert.equal(cache.entries, 1);
    const found = await cache.fetch(request('over', give('x', (1 << 20) + 1)));
    assert.equal(found.value.text, 'x');
    assert.equal(cache.entries, 1);
    assert.equal(cache.bytes, held());
  });

  test('that fails is for all who wait, and not kept', async () => {
    const { cache, request } = scene();
    const failing = request('k', async () => Promise.reject(new Error('no')));
    const results = await Promise.allSettled([cache.fetch(failing), cache.fetch(request('k', never))]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(cache.entries, 0);
    assert.equal((await cache.fetch(request('k', give('good')))).source, 'loaded');
  });

  test('of an account without room is given and not kept', async () => {
    const { cache, request } = scene({ room: 100 });
    assert.equal((await cache.fetch(request('k', give('one')))).value.text, 'one');
    assert.equal(cache.entries, 0);
    assert.equal(cache.bytes, 0);
  });

  test('that is not requested is dropped when its time is over', async () => {
    const { cache, request, pass, held } = scene();
    for (const key of ['a', 'b', 'c']) await cache.fetch(request(key, give(key)));
    pass(60_000);
    cache.sweep();
    assert.equal(cache.entries, 0);
    assert.equal(held(), 0);
  });
});

describe('requests of the same key at one time', () => {
  test('share one load', async () => {
    const { cache, request } = scene();
    const { promise, resolve } = Promise.withResolvers<Value>();
    const waiting = [1, 2, 3].map((n) => cache.fetch(request('k', n === 1 ? () => promise : never)));
    resolve(value('one'));
    const sources = (await Promise.all(waiting)).map(({ source }) => source);
    assert.deepEqual(sources, ['loaded', 'shared', 'shared']);
  });

  test('get the result though the first one has left', async () => {
    const { cache, request } = scene();
    const { promise, resolve } = Promise.withResolvers<Value>();
    const leaving = new AbortController();
    let signal: AbortSignal | undefined;
    const load = (given: AbortSignal): Promise<Value> => {
      signal = given;
      return promise;
    };
    const first = cache.fetch(request('k', load, { signal: leaving.signal }));
    const second = cache.fetch(request('k', never));
    leaving.abort(new Error('gone'));
    await assert.rejects(first, /gone/);
    assert.equal(signal?.aborted, false);
    resolve(value('one'));
    assert.equal((await second).value.text, 'one');
    assert.equal(cache.entries, 1);
  });

  test('end the load when all have left, and the next one begins another', async () => {
    const { cache, request } = scene();
    const leaving = new AbortController();
    const ended = Promise.withResolvers<void>();
    const load = (signal: AbortSignal): Promise<Value> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          ended.resolve();
          reject(new Error('aborted'));
        });
      });
    const waiting = [1, 2].map(() => cache.fetch(request('k', load, { signal: leaving.signal })));
    leaving.abort(new Error('gone'));
    for (const one of waiting) await assert.rejects(one, /gone/);
    await ended.promise;
    assert.equal((await cache.fetch(request('k', give('new')))).source, 'loaded');
  });

  test('wait for one load up to a thousand, then for another', async () => {
    const { cache, request } = scene();
    const { promise, resolve } = Promise.withResolvers<Value>();
    let loads = 0;
    const load = (): Promise<Value> => {
      loads++;
      return promise;
    };
    const waiting = Array.from({ length: 1_500 }, () => cache.fetch(request('k', load)));
    assert.equal(loads, 2);
    resolve(value('one'));
    assert.equal((await Promise.all(waiting)).length, 1_500);
    assert.equal(cache.entries, 1);
  });

  test('who has left already begins nothing', async () => {
    const { cache, request } = scene();
    const signal = AbortSignal.abort(new Error('gone'));
    await assert.rejects(cache.fetch(request('k', never, { signal })), /gone/);
  });
});

describe('memory', () => {
  test('of one step has its number of entries: what was used longest ago goes', async () => {
    const { cache, request } = scene();
    for (const key of ['a', 'b']) await cache.fetch(request(key, give(key), { maxEntries: 2 }));
    await cache.fetch(request('a', never, { maxEntries: 2 }));
    await cache.fetch(request('c', give('c'), { maxEntries: 2 }));
    assert.equal((await cache.fetch(request('a', never, { maxEntries: 2 }))).source, 'kept');
    assert.equal((await cache.fetch(request('b', give('b'), { maxEntries: 2 }))).source, 'loaded');
    assert.equal(cache.entries, 2);
    assert.equal(cache.evictions.entries, 2);
  });

  test('is shared: a flood of one API evicts its own results, and none of another with less', async () => {
    const { cache, request, held } = scene({ bytes: 100_000, share: 0.8 });
    const quiet = (n: number, load: CacheRequest<Value>['load']) =>
      request(`quiet${n}`, load, { owner: 'quiet', space: 'q1' });
    for (let n = 0; n < 10; n++) await cache.fetch(quiet(n, give('q', 1_000)));
    for (let n = 0; n < 1_000; n++) await cache.fetch(request(`flood${n}`, give('f', 1_000)));
    for (let n = 0; n < 10; n++) assert.equal((await cache.fetch(quiet(n, never))).source, 'kept');
    assert.ok(cache.bytes <= 100_000, `${cache.bytes}`);
    assert.equal(cache.bytes, held());
    assert.ok(cache.evictions.bytes >= 900, `${cache.evictions.bytes}`);
  });

  test('is given back whole, whatever came and went', async () => {
    const { cache, request, held, pass } = scene({ bytes: 50_000, share: 0.7 });
    for (let n = 0; n < 500; n++) {
      const owner = `o${n % 3}`;
      const other = { owner, space: `${owner}.${n % 2}`, maxEntries: 5 + (n % 7), ttlMs: 100 * (n % 5) };
      await cache.fetch(request(`${owner}${n % 40}`, give('v', (n * 37) % 4_000), other));
      pass(13);
      assert.equal(cache.bytes, held());
      assert.ok(held() <= 50_000);
    }
    cache.retain(() => false);
    assert.equal(held(), 0);
    assert.equal(cache.entries, 0);
  });
});

describe('other policies', () => {
  test('drop the results of steps that are no more, and keep those of others', async () => {
    const { cache, request } = scene();
    await cache.fetch(request('k', give('one')));
    await cache.fetch(request('l', give('two'), { space: 'b1' }));
    cache.retain((space) => space === 'b1');
    assert.equal(cache.entries, 1);
    assert.equal(cache.evictions.reload, 1);
    assert.equal((await cache.fetch(request('l', never, { space: 'b1' }))).source, 'kept');
  });

  test('do not keep what was under way for a step that is no more', async () => {
    const { cache, request } = scene();
    const { promise, resolve } = Promise.withResolvers<Value>();
    const waiting = cache.fetch(request('k', () => promise));
    cache.retain(() => false);
    resolve(value('one'));
    assert.equal((await waiting).value.text, 'one');
    assert.equal(cache.entries, 0);
  });
});

describe('keys', () => {
  test('tell parts apart wherever they end, and absent from empty', () => {
    const lists = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc'],
      ['abc', ''],
      ['abc', undefined],
      ['', 'abc'],
      [undefined, 'abc'],
      ['2:ab;', 'c'],
      ['a', '1:b;', 'c'],
      [Buffer.from('abc')],
      [Buffer.from('ab'), Buffer.from('c')],
      [Buffer.from('ab'), 'c'],
      ['ab', Buffer.from('c')],
      ['\ud800', 'x'],
      ['\ud801', 'x'],
      ['\ufffd', 'x'],
    ];
    assert.equal(new Set(lists.map(resultKey)).size, lists.length);
    assert.equal(resultKey(['ab', undefined, Buffer.from('c')]), resultKey(['ab', undefined, Buffer.from('c')]));
  });

  test('hold nothing of what they are made of', () => {
    assert.match(resultKey(['Bearer secret-token']), /^[A-Za-z0-9+/]{43}=$/);
  });
});
