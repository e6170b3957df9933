// CONNECT: what follows its headers is no body, and a 2xx of whoever answers opens the tunnel.
import assert from 'node:assert/strict';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type EchoLambda, echoApis, startEchoLambda } from '../support/echo-lambda.ts';
import { envoyConfig, type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';

const set = { payload: 'ran', mutations: { headers: { set: { 'x-seen': '{#lambdaResponse.content}' } } } };
const apis: Readonly<Record<string, object>> = {
  headers: { request: [set], response: [set] },
  'request-reads': { request: [{ ...set, payload: '{#request.content}' }] },
  'request-body': { request: [{ payload: 'p', mutations: { body: 'new' } }] },
  'response-reads': { response: [{ ...set, payload: '{#response.content}' }] },
  'response-body': { response: [{ payload: 'p', mutations: { body: 'new' } }] },
  'response-status': { response: [{ payload: 'p', mutations: { status: 403 } }] },
  'opens-late': { response: [{ payload: 'p', mutations: { status: 200 } }] },
  sends: { request: [{ payload: 'p', sendToConsumer: true }] },
  refuses: { request: [{ payload: 'p', sendToConsumer: true, answer: { status: 403 } }] },
};

const proxy = createServer((_, response) => response.writeHead(500).end());
let lambda: EchoLambda;
let sidecar: RunningSidecar;
let envoy: RunningEnvoy;

before(async () => {
  lambda = await startEchoLambda();
  proxy.on('connect', (request, socket) => {
    if (request.headers['x-refuse'] !== undefined) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 2\r\n\r\nno');
      return;
    }
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  sidecar = await startSidecar({
    config: { version: 1, envoy: { allowModeOverride: true }, apis: echoApis(apis, lambda) },
  });
  envoy = await startEnvoy({
    config: envoyConfig({
      sidecar: sidecar.addresses,
      backend: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      connectionManager: { upgrade_configs: [{ upgrade_type: 'CONNECT' }] },
      routes: Object.keys(apis).map((api) => ({
        metadata: { 'x-lambda-api': api },
        extra: { match: { connect_matcher: {}, headers: [{ name: 'x-api', string_match: { exact: api } }] } },
      })),
    }),
  });
});
after(async () => {
  await envoy?.stop();
  await sidecar?.stop();
  lambda?.stop();
  proxy.closeAllConnections();
  proxy.close();
});

interface Connected {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What came back through the tunnel. */
  readonly echoed: string | undefined;
}

function connect(api: string, headers: Record<string, string> = {}): Promise<Connected> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: envoy.port,
      method: 'CONNECT',
      path: 'target:443',
      headers: { 'x-api': api, ...headers },
    });
    outgoing.on('connect', (response, socket) => {
      const { statusCode: status = 0, headers: received } = response;
      if (status !== 200) {
        socket.destroy();
        resolve({ status, headers: received, echoed: undefined });
        return;
      }
      socket.on('data', (chunk) => {
        socket.destroy();
        resolve({ status, headers: received, echoed: String(chunk) });
      });
      socket.write('ping');
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

test('policies of headers run, and the tunnel works', async () => {
  const { status, headers, echoed } = await connect('headers');
  assert.deepEqual([status, headers['x-seen'], echoed], [200, 'ran', 'ping']);
});

for (const api of ['request-reads', 'request-body', 'response-reads', 'response-body', 'response-status', 'sends']) {
  test(`${api}: refused at once, and no tunnel opens`, async () => {
    const { status } = await connect(api);
    assert.equal(status, 500);
    const { err } = await sidecar.log((line) => line.api === api && line.key === 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE');
    assert.match((err as Error).message, /upgraded connection|tunnel/);
  });
}

test('an answer that opens nothing is sent, and one of the proxy goes through policies', async () => {
  assert.equal((await connect('refuses')).status, 403);
  const refused = await connect('response-reads', { 'x-refuse': 'yes' });
  assert.deepEqual([refused.status, refused.headers['x-seen']], [407, 'no']);
  assert.equal((await connect('response-body', { 'x-refuse': 'yes' })).status, 407);
});

test('a refusal of the proxy cannot be made a success', async () => {
  assert.equal((await connect('opens-late', { 'x-refuse': 'yes' })).status, 500);
});
