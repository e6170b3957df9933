import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { createConnector, limitConnector } from '../../../src/lambda/transport/connector.ts';
import type { NetworkParts } from '../../../src/lambda/transport/race-connect.ts';
import { ManualClock } from './credentials/manual-clock.ts';

const lambda = { hostname: 'lambda.example', protocol: 'http:', port: '80' };

/** When an address answers (milliseconds after it is tried), or with what error. */
type Address = readonly [address: string, answersAfter: number, error?: string];

/** A network whose addresses answer as they are told, by a clock of its own. */
function network(addresses: readonly Address[]) {
  const clock = new ManualClock();
  const start = clock.time;
  const tried: string[] = [];
  const sockets = new Map<string, Socket>();
  const parts: NetworkParts = {
    lookup: (_host, done) => {
      const found = addresses.map(([address]): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }));
      clock.after(0, () => done(found.length === 0 ? new Error('getaddrinfo ENOTFOUND') : null, found));
    },
    connect: (address) => {
      tried.push(`${clock.time - start} ${address}`);
      const socket = new Socket();
      sockets.set(address, socket);
      const [, ms = Number.POSITIVE_INFINITY, code] = addresses.find(([one]) => one === address) ?? [];
      if (Number.isFinite(ms)) {
        clock.after(ms, () => {
          if (socket.destroyed) return;
          if (code === undefined) socket.emit('connect');
          else socket.destroy(Object.assign(new Error(`connect ${code} ${address}`), { code }));
        });
      }
      return socket;
    },
    after: clock.after,
  };
  return { clock, start, parts, tried, sockets };
}

/** How the attempt ended and after how many milliseconds. */
async function connect({ clock, start, parts, sockets }: ReturnType<typeof network>, timeoutMs: number) {
  let ended: { at: number; error: Error | null; address: string | undefined } | undefined;
  createConnector(
    undefined,
    timeoutMs,
    parts,
  )(lambda, (error, socket) => {
    assert.equal(ended, undefined, 'told twice');
    const address = [...sockets].find(([, one]) => one === socket)?.[0];
    ended = { at: clock.time - start, error, address };
  });
  await clock.pass(60_000);
  return ended;
}

const eight = Array.from({ length: 8 }, (_, i): Address => [`10.0.0.${i + 1}`, 400]);

test('an address that takes 400 ms is not given up for the next one', async () => {
  const far = network(eight);
  const ended = await connect(far, 2_000);
  assert.deepEqual([ended?.error, ended?.at, ended?.address], [null, 400, '10.0.0.1']);
  assert.deepEqual(far.tried, ['0 10.0.0.1', '250 10.0.0.2'], 'the second was begun beside the first');
  assert.equal(far.sockets.get('10.0.0.2')?.destroyed, true, 'and is closed, for the first has won');
});

for (const roundTrip of [50, 300, 700, 1_500, 1_900]) {
  test(`a round trip of ${roundTrip} ms is served within a limit of 2,000 ms`, async () => {
    const ended = await connect(network(eight.map(([address]): Address => [address, roundTrip])), 2_000);
    assert.deepEqual([ended?.error, ended?.at], [null, roundTrip]);
  });
}

for (const [name, addresses, expected] of [
  [
    'a dead address before a good one costs a quarter of a second',
    [
      ['10.0.0.1', Infinity],
      ['10.0.0.2', 30],
    ],
    280,
  ],
  [
    'one that refuses costs nothing',
    [
      ['10.0.0.1', 5, 'ECONNREFUSED'],
      ['10.0.0.2', 30],
    ],
    35,
  ],
  [
    'three dead ones cost three quarters',
    [
      ['10.0.0.1', Infinity],
      ['10.0.0.2', Infinity],
      ['10.0.0.3', Infinity],
      ['10.0.0.4', 30],
    ],
    780,
  ],
  [
    'a refusal after the next was begun does not end it',
    [
      ['10.0.0.1', 400, 'ECONNREFUSED'],
      ['10.0.0.2', 300],
    ],
    550,
  ],
] as const) {
  test(name, async () => {
    const ended = await connect(network(addresses), 2_000);
    assert.deepEqual([ended?.error, ended?.at], [null, expected]);
  });
}

test('families take turns beginning with the resolvers first', async () => {
  const mixed = network([
    ['fd00::1', Infinity],
    ['fd00::2', Infinity],
    ['10.0.0.1', Infinity],
    ['10.0.0.2', Infinity],
    ['10.0.0.3', Infinity],
  ]);
  await connect(mixed, 2_000);
  assert.deepEqual(
    mixed.tried.map((one) => one.split(' ')[1]),
    ['fd00::1', '10.0.0.1', 'fd00::2', '10.0.0.2', '10.0.0.3'],
  );
});

test('the error names every address that refused', async () => {
  const ended = await connect(
    network([
      ['10.0.0.1', 5, 'ECONNREFUSED'],
      ['10.0.0.2', 5, 'EHOSTUNREACH'],
    ]),
    2_000,
  );
  assert.match(ended?.error?.message ?? '', /ECONNREFUSED 10\.0\.0\.1.*EHOSTUNREACH 10\.0\.0\.2/);
  const single = await connect(network([['10.0.0.1', 5, 'ECONNREFUSED']]), 2_000);
  assert.equal(single?.error?.message, 'connect ECONNREFUSED 10.0.0.1');
  const none = await connect(network([]), 2_000);
  assert.match(none?.error?.message ?? '', /ENOTFOUND/);
});

for (const limit of [1, 100, 500, 1_000, 2_345]) {
  test(`a limit of ${limit} ms is kept to the millisecond and closes all that was begun`, async () => {
    const dead = network(eight.map(([address]): Address => [address, Infinity]));
    const ended = await connect(dead, limit);
    assert.equal(ended?.at, limit);
    assert.equal((ended?.error as NodeJS.ErrnoException | undefined)?.code, 'UND_ERR_CONNECT_TIMEOUT');
    assert.match(ended?.error?.message ?? '', new RegExp(`lambda\\.example:80 within ${limit} ms`));
    assert.ok([...dead.sockets.values()].every(({ destroyed }) => destroyed));
    assert.equal(dead.clock.pending, 0);
  });
}

test('no limit is none', async () => {
  const ended = await connect(network([['10.0.0.1', 50_000]]), 0);
  assert.deepEqual([ended?.error, ended?.at], [null, 50_000]);
});

test('a tunnel that is opened after the limit is closed', async () => {
  const { clock, parts } = network([]);
  const late = new Socket();
  const limited = limitConnector((_options, callback) => void clock.after(700, () => callback(null, late)), 500, parts);
  const told: unknown[] = [];
  limited(lambda, (...[error]) => void told.push((error as NodeJS.ErrnoException | null)?.code));
  await clock.pass(1_000);
  assert.deepEqual(told, ['UND_ERR_CONNECT_TIMEOUT']);
  assert.equal(late.destroyed, true);
});
