import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { check, only, spoilt, withField } from './envoy-checks.ts';
import { goodEnvoy } from './envoy-fixture.ts';

const istio = '"outbound|50051||lambda.default.svc.cluster.local"';
const renamed = goodEnvoy
  .replace('cluster_name: lambda-ext-proc, authority', `cluster_name: ${istio}, authority`)
  .replace('- name: lambda-ext-proc\n      type', `- name: ${istio}\n      type`)
  .replace('        cluster_name: lambda-ext-proc\n', `        cluster_name: ${istio}\n`);

test('a cluster of any name is right with an authority', () => {
  assert.ok(renamed.includes(`- name: ${istio}`));
  assert.deepEqual(check(renamed), []);
});

test('a cluster whose name is not an authority is an error without one', () => {
  const filter = spoilt(`cluster_name: ${istio}, authority: lambda-ext-proc`, `cluster_name: ${istio}`, renamed);
  only(check(filter), 'error', 'envoy_grpc.authority: ', 'outbound|50051', '`authority: lambda-ext-proc`');
  const health = spoilt('ExternalProcessor, authority: lambda-ext-proc', 'ExternalProcessor', renamed);
  only(check(health), 'error', 'grpc_health_check.authority: ', '`authority: lambda-ext-proc`');
});

test('a health check may have the name of its endpoint', () => {
  const text = spoilt('ExternalProcessor, authority: lambda-ext-proc', 'ExternalProcessor', renamed);
  const endpoint = spoilt(
    'endpoint: {address: {pipe',
    'endpoint: {health_check_config: {hostname: sidecar}, address: {pipe',
    text,
  );
  assert.deepEqual(check(endpoint), []);
});

test('an authority of its own may be wrong too, on a route as well', () => {
  const own = spoilt('lambda-ext-proc, authority: lambda-ext-proc}\n', 'lambda-ext-proc, authority: a/b}\n');
  only(check(own), 'error', 'envoy_grpc.authority: is not a valid :authority');
  const route = spoilt(
    'overrides:\n',
    'overrides:\n                                grpc_service: {envoy_grpc: {cluster_name: lambda-ext-proc, authority: "a b"}}\n',
  );
  only(check(route), 'error', 'route orders: grpc_service.envoy_grpc.authority: is not a valid');
});

test('what is treated as an authority is what node takes', async (t) => {
  const server = createServer();
  const seen = new Set<string>();
  server.on('stream', (stream, headers) => {
    seen.add(String(headers[':authority']));
    stream.respond({ ':status': 200 });
    stream.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => {
    session.destroy();
    server.close();
  });
  for (let code = 0x21; code < 0x7f; code++) {
    const authority = `a${String.fromCharCode(code)}b`;
    const stream = session.request({ ':authority': authority });
    stream.on('error', () => undefined);
    stream.resume();
    await new Promise((resolve) => stream.on('close', resolve));
    const text = spoilt(
      'lambda-ext-proc, authority: lambda-ext-proc}\n',
      `x, authority: ${JSON.stringify(authority)}}\n`,
    );
    const isTaken = !check(text).some((line) => line.includes('is not a valid :authority'));
    assert.equal(isTaken, seen.has(authority), authority);
  }
});

test('google grpc needs room for the largest answer', () => {
  const google = (rest: string): string => {
    const target = 'envoy_grpc: {cluster_name: lambda-ext-proc, authority: lambda-ext-proc}';
    return spoilt(target, `google_grpc: {target_uri: "127.0.0.1:50051", stat_prefix: x${rest}}`);
  };
  const args = (bytes: number): string => {
    return `, channel_args: {args: {grpc.max_receive_message_length: {int_value: ${bytes}}}}`;
  };
  only(check(google('')), 'warning', 'channel_args', '4194304 bytes are a 500', 'int_value: 6422528');
  only(check(google(args(5_000_000))), 'warning', '5000000 bytes are a 500');
  assert.deepEqual(check(google(args(6_422_528))), []);
  assert.deepEqual(check(google(args(-1))), []);
});

test('a localhost that may be ipv6 is reported', () => {
  const there = 'type: STATIC\n      load_assignment:\n        cluster_name: lambda-ext-proc';
  const pipe = 'pipe: {path: /run/lambda-ext-proc.sock}';
  const dns = spoilt(there, there.replace('STATIC', 'STRICT_DNS')).replace(
    pipe,
    'socket_address: {address: localhost, port_value: 50051}',
  );
  only(check(dns), 'warning', 'may resolve to ::1', 'dns_lookup_family: V4_ONLY');
  assert.deepEqual(check(dns.replace('STRICT_DNS', 'STRICT_DNS\n      dns_lookup_family: V4_ONLY')), []);
  assert.deepEqual(check(dns.replace('address: localhost', 'address: sidecar.internal')), []);
});

test('bodies that are sent without waiting are reported', () => {
  only(check(withField('send_body_without_waiting_for_header_response: true')), 'warning', 'remove it');
});
