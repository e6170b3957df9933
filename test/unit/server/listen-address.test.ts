import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListenError, parseListenAddress } from '../../../src/server/index.ts';

test('addresses are read as written', () => {
  assert.deepEqual(parseListenAddress('unix:/run/a.sock'), {
    kind: 'unix',
    text: 'unix:/run/a.sock',
    path: '/run/a.sock',
  });
  assert.deepEqual(parseListenAddress('unix:///run/a.sock').kind, 'unix');
  assert.deepEqual(parseListenAddress('127.0.0.1:50051'), {
    kind: 'tcp',
    text: '127.0.0.1:50051',
    host: '127.0.0.1',
    port: 50_051,
  });
  const v6 = parseListenAddress('[::1]:80');
  assert.deepEqual(v6.kind === 'tcp' && [v6.host, v6.port], ['::1', 80]);
});

test('{worker} becomes the number of the worker, in paths and in ports', () => {
  const socket = parseListenAddress('unix:/run/w{worker}/s{worker}.sock', 3);
  assert.equal(socket.kind === 'unix' && socket.path, '/run/w3/s3.sock');
  const port = parseListenAddress('localhost:5005{worker}', 2);
  assert.equal(port.kind === 'tcp' && port.port, 50_052);
});

for (const [text, problem] of [
  ['unix:relative.sock', /must be absolute/],
  ['unix:/run/', /is a directory/],
  ['unix:', /must be absolute/],
  [`unix:/${'x'.repeat(200)}`, /too long for a Unix socket \(201 bytes, at most \d+\)/],
  ['unix:/a\0b', /zero byte/],
  ['50051', /expected unix:\/path or host:port/],
  [':50051', /expected/],
  ['host', /expected/],
  ['::1:80', /expected/],
  ['host:99999', /out of range/],
  ['host:-1', /expected/],
  ['', /expected/],
] as const) {
  test(`${JSON.stringify(text.slice(0, 30))} is refused with its reason`, () => {
    assert.throws(
      () => parseListenAddress(text),
      (error) => error instanceof ListenError && problem.test(error.message),
    );
  });
}
