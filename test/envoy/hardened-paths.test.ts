// Ways around a route, through the real Envoy with the examples' own listener: paths that a backend takes for /orders,
// headers that it takes for the policy's, and an address that the caller has made up.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { importDefinition } from '../../src/import/index.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import type { Json } from '../support/envoy-config.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';

const SOCKET = '/run/lambda-ext-proc/';
const examples = join(import.meta.dirname, '../../envoy');

/** A function that answers what it gets: every request that a policy has seen carries its marks. */
const policies = (endpoint: string) => ({
  version: 1,
  apis: {
    orders: {
      request: [
        {
          configuration: {
            function: 'echo',
            endpoint,
            accessKey: 'a',
            secretKey: 's',
            payload: '"x"',
            mutations: { headers: { set: { 'x-tier': 'checked', 'x-seen-address': '{#request.remoteAddress}' } } },
          },
        },
      ],
    },
  },
});

interface Answer {
  readonly status: number;
  readonly headers: string;
}

/** Raw bytes: an HTTP client would tidy the path up. */
async function send(port: number, path: string, headers = ''): Promise<Answer> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${headers}\r\n`);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), headers: text.slice(0, text.indexOf('\r\n\r\n')) };
}

/** What many backends make of a path. */
function resolved(path: string): string {
  const [bare = ''] = path.split('?');
  return new URL(decodeURIComponent(bare).replaceAll('\\', '/').replaceAll(/\/+/g, '/'), 'http://a').pathname;
}

const aroundOrders = [
  '/./orders',
  '/x/../orders',
  '/%6frders',
  '//orders',
  '/\\orders',
  '/x%2f..%2forders',
  '/x%2F..%2Forders',
  '/x%5c..%5corders',
  '/x/%2e%2e/orders',
  '/%2e/orders',
  '/.%2e/orders',
  '/x//..//orders',
  '///orders/1',
  '/%6F%72ders?a=b',
  '/x/..\\orders',
  '/%2forders',
];

for (const name of ['unix-socket.yaml', 'envoy.yaml']) {
  describe(`the listener of ${name}`, () => {
    let backend: Backend;
    let lambda: EchoLambda;
    let sidecar: RunningSidecar;
    let envoy: RunningEnvoy;

    before(async () => {
      backend = await startBackend();
      lambda = await startEchoLambda();
      sidecar = await startSidecar({ config: policies(lambda.endpoint) });
      const text = readFileSync(join(examples, name), 'utf8')
        .replace(/port_value: (?:10000|9901)/g, 'port_value: 0')
        .replace('port_value: 8080', `port_value: ${backend.address.replace(/.*:/, '')}`)
        .replaceAll(new RegExp(`${SOCKET}\\d\\.sock`, 'g'), sidecar.address.slice('unix:'.length));
      const admin = text.includes('\nadmin:')
        ? ''
        : 'admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}\n';
      envoy = await startEnvoy({ config: admin + text });
    });
    after(async () => {
      await envoy?.stop();
      await sidecar?.stop();
      lambda?.stop();
      await backend?.stop();
    });

    test('a request for the route is seen by its policy', async () => {
      backend.reset();
      assert.equal((await send(envoy.port, '/orders')).status, 200);
      assert.equal(backend.last?.header('x-tier'), 'checked');
    });

    for (const path of aroundOrders) {
      test(`${JSON.stringify(path)} does not go around the policy`, async () => {
        backend.reset();
        let answer = await send(envoy.port, path);
        // A caller follows where it is sent.
        if (answer.status === 307) {
          const location = /\r\nlocation: (?:http:\/\/a)?(\S+)/i.exec(answer.headers)?.[1] ?? '';
          assert.notEqual(location, '');
          answer = await send(envoy.port, location);
        }
        for (const request of backend.requests) {
          const isOrders = resolved(request.path).startsWith('/orders');
          assert.ok(!isOrders || request.header('x-tier') === 'checked', `the backend got ${request.path}`);
        }
        assert.ok([200, 400, 404].includes(answer.status), String(answer.status));
      });
    }

    test('a header with an underscore does not stand beside the one that the policy sets', async () => {
      backend.reset();
      assert.equal((await send(envoy.port, '/orders', 'x_tier: platinum\r\n')).status, 400);
      assert.equal(backend.calls, 0);
    });

    test('a made up address is not the one that policies see', async () => {
      backend.reset();
      assert.equal((await send(envoy.port, '/orders', 'x-forwarded-for: 1.2.3.4\r\n')).status, 200);
      assert.equal(backend.last?.header('x-seen-address'), '127.0.0.1');
    });
  });
}

test('what the importer writes is as hard', () => {
  const definition = {
    gravitee: '2.0.0',
    name: 'a',
    proxy: { virtual_hosts: [{ path: '/' }], groups: [{ endpoints: [{ name: 'b', target: 'http://127.0.0.1:1' }] }] },
  };
  const imported = managerOf(parse(importDefinition(JSON.stringify(definition), 'api.json').envoy));
  const example = managerOf(parse(readFileSync(join(examples, 'unix-socket.yaml'), 'utf8')));
  for (const [field, value] of Object.entries(example)) {
    if (['@type', 'route_config', 'http_filters'].includes(field)) continue;
    assert.deepEqual(imported[field], value, field);
  }
});

interface Bootstrap {
  readonly static_resources: {
    readonly listeners: readonly { filter_chains: readonly { filters: readonly { typed_config: Json }[] }[] }[];
  };
}

function managerOf(config: Bootstrap): Json {
  const found = config.static_resources.listeners[0]?.filter_chains[0]?.filters[0]?.typed_config;
  assert.ok(found);
  return found;
}
