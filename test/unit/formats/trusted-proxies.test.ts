import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventOf } from '../../support/aws-events.ts';

/** `sourceIp` of a request over a connection from `source`. */
async function sourceIp(
  source: string | null,
  forwarded: string | readonly string[] | undefined,
  trustedProxies?: unknown,
) {
  const lines = forwarded === undefined ? [] : [forwarded].flat();
  const headers = lines.map((value) => ['x-forwarded-for', value] as const);
  const event = await eventOf('function-url', { headers, head: { remoteAddress: source }, format: { trustedProxies } });
  return event.requestContext.http.sourceIp;
}

test('without trusted proxies nothing that a caller writes counts', async () => {
  assert.equal(await sourceIp('203.0.113.9', '1.1.1.1'), '203.0.113.9');
  assert.equal(await sourceIp('2001:db8::7', undefined), '2001:db8::7');
  for (const unknown of [null, '', '/run/envoy.sock', 'example.com']) {
    assert.equal(await sourceIp(unknown, '1.1.1.1'), '0.0.0.0');
  }
});

describe('a number of proxies', () => {
  const cases: readonly (readonly [number, string | readonly string[] | undefined, string])[] = [
    [1, '198.51.100.1', '198.51.100.1'],
    [1, '6.6.6.6, 198.51.100.1', '198.51.100.1'],
    [1, '6.6.6.6, 198.51.100.1, 10.0.0.1', '198.51.100.1'],
    [2, '6.6.6.6, 198.51.100.1, 10.0.0.2, 10.0.0.1', '198.51.100.1'],
    [2, ['6.6.6.6', '198.51.100.1, 10.0.0.2', '10.0.0.1'], '198.51.100.1'],
    [2, '198.51.100.1', '10.0.0.1'],
    [1, undefined, '10.0.0.1'],
    [1, 'unknown', '10.0.0.1'],
    [1, '198.51.100.1:4711', '198.51.100.1'],
    [1, '[2001:db8::1]:4711', '2001:db8::1'],
    [1, '', '10.0.0.1'],
  ];
  for (const [count, forwarded, expected] of cases) {
    test(`${count} of ${forwarded}`, async () => assert.equal(await sourceIp('10.0.0.1', forwarded, count), expected));
  }
});

describe('networks of proxies', () => {
  const networks = ['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.7'];
  const cases: readonly (readonly [string, string | undefined, string])[] = [
    ['203.0.113.9', '1.1.1.1', '203.0.113.9'],
    ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '6.6.6.6, 198.51.100.1, 10.0.0.2, 192.0.2.7, 10.0.0.1', '198.51.100.1'],
    ['10.0.0.1', '6.6.6.6, 198.51.100.1, 2001:db8:1::5', '198.51.100.1'],
    ['2001:db8:1::1', '198.51.100.1', '198.51.100.1'],
    ['2001:db8:2::1', '198.51.100.1', '2001:db8:2::1'],
    ['10.0.0.1', '198.51.100.1, garbage, 10.0.0.2', '10.0.0.2'],
    ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['10.0.0.1', undefined, '10.0.0.1'],
  ];
  for (const [source, forwarded, expected] of cases) {
    test(`${forwarded} from ${source}`, async () =>
      assert.equal(await sourceIp(source, forwarded, networks), expected));
  }
});
