// Results that processes share by a real Redis server: what it may do, and what whoever writes to it cannot.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, type TestContext, test } from 'node:test';
import type { StoreSettings } from '../../../src/result-store/index.ts';
import { createCertificate } from '../../support/certificate.ts';
import { type RedisServer, startRedis, startRelay } from '../../support/redis-server.ts';
import { entry, SECRET, settingsOf, sourceOf, testStore, until } from '../../support/stores.ts';

let redis: RedisServer;
before(async () => {
  redis = await startRedis(undefined);
});
after(() => redis.stop());
beforeEach(() => redis.command('FLUSHALL'));

/** Two stores of one server, both connected. */
async function two(t: TestContext, more: Partial<StoreSettings> = {}) {
  const [a, b] = [testStore(t, settingsOf(redis.port)), testStore(t, settingsOf(redis.port, more))];
  await Promise.all([a.connected(), b.connected()]);
  return { a, b };
}

async function nameOfOnly(): Promise<string> {
  const [name, ...more] = await redis.names();
  assert.ok(name !== undefined && more.length === 0);
  return name;
}

async function valueAt(name: string): Promise<Buffer> {
  const value = await redis.command('GET', name);
  assert.ok(Buffer.isBuffer(value));
  return value;
}

describe('a value that another process has put', () => {
  for (const bytes of [0, 1, 16_000, 16_384 - 41, 16_385, 700_000, 1024 * 1024 - 41]) {
    test(`is found, ${bytes} bytes of it`, async (t) => {
      const { a, b } = await two(t);
      const text = 'x'.repeat(bytes);
      await a.put(entry('k'), text);
      assert.equal(await b.get(entry('k')), text);
      assert.equal(b.store.lookups.hit, 1);
      assert.equal(b.memory.taken, 0);
      await until(() => a.memory.taken === 0);
    });
  }

  test('is not there for another request, another configuration or another secret', async (t) => {
    const { a, b } = await two(t, { secret: 'another secret that is long enough' });
    await a.put(entry('k'), 'text');
    assert.equal(await a.get(entry('other')), undefined);
    assert.equal(await b.get(entry('k')), undefined);
    assert.equal(await a.get(entry('k', { configuration: 'another' })), undefined);
    assert.deepEqual([a.store.lookups.miss, a.store.lookups.rejected, b.store.lookups.miss], [1, 1, 1]);
  });

  test('is not longer than a value may be', async (t) => {
    const { a } = await two(t);
    a.store.put(entry('k'), [Buffer.alloc(1024 * 1024)], a.memory);
    assert.deepEqual(a.store.writes, { stored: 0, error: 0, skipped: 1 });
    assert.deepEqual(await redis.names(), []);
  });

  test('expires at the server, and shows neither request nor result', async (t) => {
    const { a } = await two(t);
    await a.put(entry('the digest of a request'), 'the result of a function');
    const name = await nameOfOnly();
    assert.match(name, /^lambda-ext-proc:[\w-]{43}$/);
    const ttl = Number(await redis.command('PTTL', name));
    assert.ok(ttl > 0 && ttl <= 60_000, String(ttl));
    const value = await valueAt(name);
    assert.ok(!value.includes('result') && !value.includes('digest') && !value.includes('configuration'));
  });

  test('is kept no longer than it was when it was made', async (t) => {
    let now = 1_000_000;
    const a = testStore(t, settingsOf(redis.port), { wallClock: () => now });
    await a.connected();
    await a.put(entry('k'), 'text');
    now += 45_000;
    const hit = await a.store.get(entry('k'), String, a.memory);
    assert.equal(hit?.ttlMs, 15_000);
  });
});

describe('while a secret is changed', () => {
  const next = { secret: 'the next secret, also long enough', previousSecret: SECRET };

  test('values of the one before are read, and none is written', async (t) => {
    const { a, b } = await two(t, next);
    await a.put(entry('k'), 'before');
    assert.equal(await b.get(entry('k')), 'before');
    await b.put(entry('new'), 'after');
    assert.equal(await a.get(entry('new')), undefined);
    assert.equal((await redis.names()).length, 2);
  });

  test('a forged value under the new name does not hide the good one under the old', async (t) => {
    const { a, b } = await two(t, next);
    await b.put(entry('k'), 'new');
    await redis.command('SET', await nameOfOnly(), 'forged');
    await a.put(entry('k'), 'old');
    assert.equal(await b.get(entry('k')), 'old');
  });
});

describe('whoever writes to the server', () => {
  test('changes no byte of a value', async (t) => {
    const { a, b } = await two(t);
    await a.put(entry('k'), 'allow: false');
    const name = await nameOfOnly();
    const value = await valueAt(name);
    for (let at = 0; at < value.length; at++) {
      const forged = Buffer.from(value);
      forged[at] = (forged[at] ?? 0) ^ 1;
      await redis.command('SET', name, forged);
      assert.equal(await b.get(entry('k')), undefined, `byte ${at}`);
    }
    for (const forged of [value.subarray(1), value.subarray(0, -1), Buffer.concat([value, Buffer.from('x')])]) {
      await redis.command('SET', name, forged);
      assert.equal(await b.get(entry('k')), undefined);
    }
    assert.equal(b.store.lookups.hit, 0);
    assert.equal(b.memory.taken, 0);
  });

  test('moves no value to another name', async (t) => {
    const { a, b } = await two(t);
    await a.put(entry('admin'), 'allow: true');
    const admin = await nameOfOnly();
    await a.put(entry('guest'), 'allow: false');
    const guest = (await redis.names()).find((name) => name !== admin) ?? '';
    await redis.command('SET', guest, await valueAt(admin));
    assert.equal(await b.get(entry('guest')), undefined);
    assert.equal(b.store.lookups.rejected, 1);
  });

  test('replays no value after it has expired, nor lets one live longer', async (t) => {
    let now = Date.now();
    const a = testStore(t, settingsOf(redis.port), { wallClock: () => now });
    await a.connected();
    await a.put(entry('k'), 'allow: true');
    const name = await nameOfOnly();
    const value = await valueAt(name);
    await redis.command('PERSIST', name);
    now += 59_999;
    assert.equal(await a.get(entry('k')), 'allow: true');
    now++;
    assert.equal(await a.get(entry('k')), undefined);
    const later = Buffer.from(value);
    later.writeBigUInt64BE(BigInt(now + 30_000), 5);
    await redis.command('SET', name, later);
    assert.equal(await a.get(entry('k')), undefined);
    assert.equal(a.store.lookups.rejected, 2);
  });

  test('gains nothing by a sidecar whose clock is ahead', async (t) => {
    const a = testStore(t, settingsOf(redis.port), { wallClock: () => Date.now() + 3_600_000 });
    const b = testStore(t, settingsOf(redis.port));
    await Promise.all([a.connected(), b.connected()]);
    await a.put(entry('k'), 'text');
    assert.equal(await b.get(entry('k')), undefined);
    assert.equal(b.store.lookups.rejected, 1);
  });

  test('puts what is not text, or nothing at all, and it is a miss', async (t) => {
    const { a } = await two(t);
    await a.put(entry('k'), 'text');
    const name = await nameOfOnly();
    const others: readonly (readonly (string | Uint8Array)[])[] = [
      ['LPUSH', name, 'a', 'b'],
      ['HSET', name, 'a', 'b'],
      ['SADD', name, 'a'],
      ['ZADD', name, '1', 'a'],
      ['XADD', name, '*', 'a', 'b'],
      ['SETBIT', name, '7', '1'],
      ['SET', name, ''],
      ['SET', name, Buffer.from([1])],
      ['SET', name, Buffer.alloc(40, 1)],
      ['SET', name, Buffer.alloc(20_000, 1)],
    ];
    for (const parts of others) {
      await redis.command('DEL', name);
      await redis.command(...parts);
      assert.equal(await a.get(entry('k')), undefined, parts.join(' '));
    }
    assert.equal(a.store.lookups.error, 0);
    assert.equal(a.memory.taken, 0);
    // The next result takes its place.
    await a.put(entry('k'), 'text');
    assert.equal(await a.get(entry('k')), 'text');
  });

  test('has no more of a value read than a result may have', async (t) => {
    const { a } = await two(t);
    await a.put(entry('k'), 'x'.repeat(20_000));
    const name = await nameOfOnly();
    const begin = (await valueAt(name)).subarray(0, 25);
    // 100 MB, beginning with what is said of a value: of 20,000 bytes, of the largest, and of a larger one.
    for (const length of [20_041, 1024 * 1024, 1024 * 1024 + 1, 2 ** 32 - 1]) {
      begin.writeUInt32BE(length, 1);
      await redis.command('DEL', name);
      await redis.command('SETRANGE', name, String(100 * 1024 * 1024 - 1), 'x');
      await redis.command('SETRANGE', name, '0', begin);
      const before = await sent();
      assert.equal(await a.get(entry('k')), undefined);
      await until(() => a.store.isConnected);
      assert.ok((await sent()) - before < 1_200_000);
    }
    assert.ok(a.memory.peak < 2_300_000, String(a.memory.peak));
    assert.equal(a.memory.taken, 0);
  });
});

/** Bytes that the server has sent. */
async function sent(): Promise<number> {
  return Number(/total_net_output_bytes:(\d+)/.exec(String(await redis.command('INFO', 'stats')))?.[1]);
}

describe('a server that does not serve', () => {
  test('is not waited for when it is away, and is used again when it is back', async (t) => {
    const server = await startRedis(t);
    const a = testStore(t, settingsOf(server.port));
    await a.connected();
    await a.put(entry('k'), 'text');
    await server.kill();
    await until(() => !a.store.isConnected);
    assert.equal(await a.get(entry('k')), undefined);
    a.store.put(entry('k'), [Buffer.from('text')], a.memory);
    assert.deepEqual([a.store.lookups.skipped, a.store.writes.skipped], [1, 1]);
    await server.restart();
    await a.connected();
    assert.equal(await a.get(entry('k')), undefined);
    await a.put(entry('k'), 'text');
    assert.equal(await a.get(entry('k')), 'text');
    const told = a.log.map(({ msg }) => msg);
    assert.deepEqual(told, [
      'the result store cannot be used: functions are called instead',
      'the result store is connected again',
    ]);
  });

  test('costs a lookup its time and no more when it hangs, is left alone after some, and frees all memory', async (t) => {
    const server = await startRedis(t);
    const a = testStore(t, settingsOf(server.port), { lookupMs: 20 });
    await a.connected();
    server.signal('SIGSTOP');
    a.store.put(entry('k'), [Buffer.alloc(500_000)], a.memory);
    for (let i = 0; i < 10 && a.store.isConnected; i++) assert.equal(await a.get(entry('k')), undefined);
    assert.equal(a.store.isConnected, false);
    assert.ok(a.store.lookups.timeout >= 5, JSON.stringify(a.store.lookups));
    assert.equal(await a.get(entry('k')), undefined);
    assert.equal(a.store.lookups.skipped, 1);
    await until(() => a.memory.taken === 0);
    assert.equal(a.store.writes.error, 1);
    server.signal('SIGCONT');
    await a.connected();
    await a.put(entry('k'), 'text');
    assert.equal(await a.get(entry('k')), 'text');
  });

  test('is reported once, without the password that it refuses', async (t) => {
    const server = await startRedis(t, '--requirepass', 'right-password');
    const good = testStore(t, settingsOf(server.port, { password: 'right-password' }));
    await good.connected();
    await good.put(entry('k'), 'text');
    for (const password of ['wrong-password', undefined]) {
      const a = testStore(t, settingsOf(server.port, { password }));
      await until(() => a.log.length > 0);
      assert.equal(await a.get(entry('k')), undefined);
      assert.equal(a.store.isConnected, false);
      const text = JSON.stringify(a.log);
      assert.match(text, password === undefined ? /NOAUTH/ : /WRONGPASS/);
      assert.ok(!text.includes('password"') && !text.includes('-password'), text);
    }
  });

  test('needs a user with no more rights than to read and to write under the prefix', async (t) => {
    const rights = ['on', '>pass-word', '~lambda-ext-proc:*', '+getrange', '+set'];
    await redis.command('ACL', 'SETUSER', 'sidecar', ...rights);
    t.after(() => redis.command('ACL', 'DELUSER', 'sidecar'));
    const a = testStore(t, settingsOf(redis.port, { username: 'sidecar', password: 'pass-word' }));
    await a.connected();
    await a.put(entry('k'), 'text');
    assert.equal(await a.get(entry('k')), 'text');
  });

  test('sends without end and loses its connection', async (t) => {
    const flood = await startRelay(t, 0, {
      answers(socket) {
        let isAsked = false;
        const chunk = Buffer.alloc(64 * 1024, 120);
        const more = (): void => {
          while (socket.write(chunk));
        };
        socket.on('data', () => {
          if (isAsked) {
            socket.write('$536870912\r\n');
            socket.on('drain', more);
            return more();
          }
          isAsked = true;
          socket.write('+PONG\r\n');
        });
      },
    });
    const a = testStore(t, settingsOf(flood.port), { lookupMs: 20_000 });
    await a.connected();
    const before = process.memoryUsage().rss;
    assert.equal(await a.get(entry('k')), undefined);
    await until(() => !a.store.isConnected);
    assert.ok(process.memoryUsage().rss - before < 50_000_000);
    assert.match(JSON.stringify(a.log), /more than was requested/);
  });

  test('answers what is not RESP, lists in lists, or what was not asked', async (t) => {
    for (const answer of [
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      '*1\r\n'.repeat(100_000),
      '*1\r\n$1\r\nx\r\n',
      ':5\r\n',
      '+OK\r\n',
    ]) {
      let isAsked = false;
      const server = await startRelay(t, 0, {
        answers(socket) {
          socket.on('data', () => {
            socket.write(isAsked ? answer : '+PONG\r\n');
            isAsked = true;
          });
        },
      });
      const a = testStore(t, settingsOf(server.port));
      await a.connected();
      assert.equal(await a.get(entry('k')), undefined, answer.slice(0, 20));
      assert.equal(a.store.lookups.hit, 0);
      assert.equal(a.memory.taken, 0);
    }
  });
});

describe('TLS', () => {
  const authority = createCertificate({ commonName: 'a test authority', authority: true });
  const { cert, key } = createCertificate({ commonName: 'redis', names: ['127.0.0.1'], issuer: authority });

  test('is used where the settings say so, and asks for a certificate that is trusted', async (t) => {
    const relay = await startRelay(t, redis.port, { tls: { cert, key } });
    const tls = { ca: authority.cert, cert: undefined, key: undefined };
    const a = testStore(t, settingsOf(relay.port, { tls }));
    await a.connected();
    await a.put(entry('k'), 'text');
    assert.equal(await a.get(entry('k')), 'text');
    const b = testStore(t, settingsOf(relay.port, { tls: { ...tls, ca: undefined } }));
    await until(() => b.log.length > 0);
    assert.equal(b.store.isConnected, false);
    const c = testStore(t, settingsOf(redis.port, { tls }));
    await until(() => c.log.length > 0);
    assert.equal(c.store.isConnected, false);
  });

  test('brings the client certificate that the server asks for', async (t) => {
    const client = createCertificate({ commonName: 'a sidecar', issuer: authority });
    const relay = await startRelay(t, redis.port, { tls: { cert, key, ca: authority.cert, requestCert: true } });
    const a = testStore(t, settingsOf(relay.port, { tls: { ca: authority.cert, cert: client.cert, key: client.key } }));
    await a.connected();
    const b = testStore(t, settingsOf(relay.port, { tls: { ca: authority.cert, cert: undefined, key: undefined } }));
    await until(() => b.log.length > 0);
    assert.equal(b.store.isConnected, false);
  });
});

describe('other settings', () => {
  test('close the old connection and open another one; the same ones keep it', async (t) => {
    const first = await startRelay(t, redis.port);
    const second = await startRelay(t, redis.port);
    const a = testStore(t, settingsOf(first.port));
    await a.connected();
    a.store.follow(sourceOf(settingsOf(first.port)));
    assert.equal(a.store.isConnected, true);
    await a.put(entry('k'), 'text');
    assert.equal(first.connections(), 1);
    a.store.follow(sourceOf(settingsOf(second.port)));
    assert.equal(a.store.isConnected, false);
    await a.connected();
    assert.equal(await a.get(entry('k')), 'text');
    a.store.follow(undefined);
    assert.equal(a.store.isConnected, false);
    assert.equal(await a.get(entry('k')), undefined);
    assert.deepEqual([first.connections(), second.connections()], [1, 1]);
  });

  test('that cannot be read are reported once, and are read again', async (t) => {
    const a = testStore(t, undefined);
    let problem: string | undefined = 'resultStore.secret cannot be read';
    a.store.follow({
      refresh: () => undefined,
      read() {
        if (problem !== undefined) throw new Error(problem);
        return settingsOf(redis.port);
      },
    });
    assert.equal(await a.get(entry('k')), undefined);
    assert.equal(a.log.length, 1);
    assert.equal(a.log[0]?.reason, problem);
    problem = undefined;
    await until(async () => {
      await a.get(entry('k'));
      return a.store.isConnected;
    });
  });
});
