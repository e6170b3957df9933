// Traffic that is no plain request and response, and Envoy set-ups that would let a policy be passed by.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Environment, type EnvironmentOptions, startEnvironment } from '../support/environment.ts';
import { envoyConfig, type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';

let lambda: FaultStub;
let policies: object;

before(async () => {
  lambda = await FaultStub.start();
  const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint: lambda.endpoint };
  const set = { mutations: { headers: { set: { 'x-lambda': 'ran' } } } };
  policies = {
    version: 1,
    limits: { bodyBytes: 100_000 },
    apis: {
      'request-headers': { request: [{ configuration: { ...keys, function: 'f', ...set } }] },
      'request-body': {
        request: [{ configuration: { ...keys, function: 'f', payload: '{#request.content}', ...set } }],
      },
      'response-headers': { response: [{ configuration: { ...keys, function: 'f', ...set } }] },
      'response-body': {
        response: [{ configuration: { ...keys, function: 'f', payload: '{#response.content}', ...set } }],
      },
      'response-answers': { response: [{ configuration: { ...keys, function: 'f', sendToConsumer: true } }] },
      'response-status': { response: [{ configuration: { ...keys, function: 'f', mutations: { status: 404 } } }] },
      answers: { request: [{ configuration: { ...keys, function: 'f', sendToConsumer: true } }] },
      hangs: { request: [{ configuration: { ...keys, function: 'hangs' } }] },
    },
  };
});
after(() => lambda.stop());
beforeEach(() => {
  lambda.forget();
  lambda.script('f', { kind: 'answer', answer: { status: 200, body: '"ok"' }, runs: true });
  lambda.script('hangs', { kind: 'hang', after: 'nothing' });
});

const apis = [
  'request-headers',
  'request-body',
  'response-headers',
  'response-body',
  'response-answers',
  'response-status',
  'answers',
  'hangs',
];

interface Within extends Partial<EnvironmentOptions> {
  /** What the policies say of the Envoy; the truth by default. */
  readonly withEnvoy?: object;
}

function within({ withEnvoy, ...options }: Within, tests: (environment: () => Environment) => void): void {
  let environment: Environment;
  before(async () => {
    const told = withEnvoy === undefined ? policies : { ...policies, envoy: withEnvoy };
    environment = await startEnvironment({ policies: told, apis, ...options });
  });
  after(() => environment.stop());
  beforeEach(() => environment.backend.reset());
  tests(() => environment);
}

describe('traffic through the recommended Envoy', () => {
  within({ envoy: { connectionManager: { upgrade_configs: [{ upgrade_type: 'websocket' }] } } }, (environment) => {
    test('server-sent events pass a headers policy event by event', async () => {
      environment().backend.answerWith({
        headers: { 'content-type': 'text/event-stream' },
        body: (async function* () {
          for (const i of [1, 2, 3]) {
            yield `data: ${i}\n\n`;
            await sleep(60);
          }
        })(),
      });
      const response = await fetch(`${environment().envoy.url}/response-headers`);
      assert.equal(response.headers.get('x-lambda'), 'ran');
      const chunks: string[] = [];
      for await (const chunk of response.body ?? []) chunks.push(Buffer.from(chunk).toString());
      assert.ok(chunks.length >= 2, `events came as ${chunks.length} chunks`);
      assert.equal(chunks.join(''), 'data: 1\n\ndata: 2\n\ndata: 3\n\n');
    });

    test('a policy that needs the body of an endless stream is refused at once', async () => {
      environment().backend.answerWith({
        headers: { 'content-type': 'text/event-stream; charset=utf-8' },
        body: (async function* () {
          for (let i = 0; i < 100; i++) {
            yield 'data: x\n\n';
            await sleep(100);
          }
        })(),
      });
      const answer = await environment().call('/response-body');
      assert.equal(answer.status, 500);
      assert.match(answer.text, /body that a Lambda policy needs is not available/);
      assert.equal(lambda.requests.length, 0);
    });

    for (const [api, opened] of [
      ['request-headers', true],
      ['request-body', false],
    ] as const) {
      test(`a WebSocket upgrade ${opened ? 'passes' : 'is refused by'} ${api}`, async () => {
        const outcome = await upgrade(environment().envoy.port, `/${api}`);
        // The backend knows no upgrade: what matters is that it was asked, or that it was not.
        assert.equal(environment().backend.calls, opened ? 1 : 0);
        if (!opened) assert.equal(outcome, 500);
      });
    }

    test('a gRPC call gets a grpc-status, with and without a body policy', async () => {
      const headers = { 'content-type': 'application/grpc', te: 'trailers' };
      const answered = await environment().call('/request-body', { method: 'POST', headers, body: 'x' });
      assert.equal(answered.status, 200);
      // 500 has no counterpart of its own: UNKNOWN.
      assert.equal(answered.headers.get('grpc-status'), '2');
      const passed = await environment().call('/request-headers', { method: 'POST', headers, body: 'x' });
      assert.equal(passed.status, 200);
      assert.equal(environment().backend.last?.header('x-lambda'), 'ran');
    });

    test('a request that expects 100-continue is served', async () => {
      const status = await new Promise((resolve, reject) => {
        const outgoing = httpRequest(`${environment().envoy.url}/request-body`, {
          method: 'POST',
          headers: { expect: '100-continue', 'content-length': 5 },
        });
        outgoing.on('continue', () => outgoing.end('hello'));
        outgoing.on('response', (response) => resolve(response.statusCode));
        outgoing.on('error', reject);
        outgoing.flushHeaders();
      });
      assert.equal(status, 200);
      assert.equal(String(lambda.requests[0]?.body), 'hello');
    });

    test('trailers of a response survive a body policy', async () => {
      environment().backend.answerWith({ body: 'hello', trailers: { 'x-sum': '1' } });
      const answer = await environment().call('/response-body');
      assert.deepEqual([answer.status, answer.text, answer.headers.get('x-lambda')], [200, 'hello', 'ran']);
    });

    test('trailers without a body do not lead past a policy that reads the body', async () => {
      assert.equal(await trailersOnly(environment().envoy.url, '/request-body'), 500);
      assert.equal(environment().backend.calls, 0);
      assert.equal(await trailersOnly(environment().envoy.url, '/request-headers'), 200);
      assert.equal(environment().backend.last?.header('x-lambda'), 'ran');
    });

    test('a caller that goes away ends the invocation', async () => {
      const controller = new AbortController();
      const call = environment().call('/hangs', { signal: controller.signal });
      while (lambda.requests.length === 0) await sleep(10);
      assert.equal(lambda.open, 1);
      controller.abort();
      await assert.rejects(call);
      for (let i = 0; i < 100 && lambda.open > 0; i++) await sleep(20);
      assert.equal(lambda.open, 0, 'the connection of the invocation is closed');
    });

    test('a body over limits.bodyBytes is 413 with its key, and no Lambda runs', async () => {
      const answer = await environment().call('/request-body', { method: 'POST', body: 'x'.repeat(100_001) });
      assert.equal(answer.status, 413);
      assert.match(answer.text, /larger than the Lambda policy accepts/);
      environment().backend.answerWith({ body: 'x'.repeat(100_001) });
      assert.equal((await environment().call('/response-body')).status, 500);
      assert.equal(lambda.requests.length, 0);
    });
  });
});

describe('a backend that upgrades', () => {
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n');
    socket.write(`x-got: ${request.headers['x-lambda']}\r\n\r\n`);
    socket.pipe(socket);
  });
  let sidecar: RunningSidecar;
  let envoy: RunningEnvoy;
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    sidecar = await startSidecar({ config: { ...policies, envoy: { allowModeOverride: true } } });
    envoy = await startEnvoy({
      config: envoyConfig({
        sidecar: sidecar.addresses,
        backend: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        connectionManager: { upgrade_configs: [{ upgrade_type: 'websocket' }] },
        routes: apis.map((api) => ({ prefix: `/${api}`, name: api, metadata: { 'x-lambda-api': api } })),
      }),
    });
  });
  after(async () => {
    await envoy?.stop();
    await sidecar?.stop();
    server.closeAllConnections();
    server.close();
  });

  for (const [api, expected] of [
    ['request-headers', '101 ran undefined ping'],
    ['response-headers', '101 undefined ran ping'],
    ['request-body', '500'],
    ['response-body', '500'],
    ['response-answers', '500'],
    ['response-status', '500'],
  ] as const) {
    test(`${api}: ${expected}`, async () => {
      assert.equal(await ping(envoy.url, `/${api}`), expected);
    });
  }
});

describe('an Envoy without allow_mode_override', () => {
  within(
    {
      envoy: {
        allowModeOverride: false,
        processingMode: { request_header_mode: 'SEND', response_header_mode: 'SEND' },
      },
    },
    (environment) => {
      for (const [api, method, setting] of [
        ['request-body', 'POST', 'allowModeOverride: true'],
        ['response-headers', 'GET', 'responseHeaders: true'],
        ['response-body', 'GET', 'allowModeOverride: true'],
      ] as const) {
        test(`${api}: a request is refused at its headers, and the log has the line to write`, async () => {
          const answer = await environment().call(`/${api}`, { method, ...(method === 'POST' && { body: 'hello' }) });
          assert.equal(answer.status, 500);
          assert.equal(environment().backend.calls, 0);
          assert.equal(lambda.requests.length, 0);
          const { err, key } = await environment().sidecar.log(
            (each) => each.api === api && each.msg === 'request failed',
          );
          assert.equal(key, 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE');
          assert.ok((err as Error).message.includes(setting), (err as Error).message);
          const counted = await environment().sidecar.metric(`lambda_ext_proc_body_unavailable_total{api="${api}"}`);
          assert.equal(counted, 1);
        });
      }

      test('what cannot be passed by is served: no body, and policies of the request headers', async () => {
        assert.equal((await environment().call('/request-body')).status, 200);
        assert.equal(environment().backend.last?.header('x-lambda'), 'ran');
        await environment().call('/request-headers', { method: 'POST', body: 'hello' });
        assert.equal(environment().backend.last?.header('x-lambda'), 'ran');
        assert.equal((await environment().call('/answers', { method: 'POST', body: 'hello' })).text, '"ok"');
      });
    },
  );
});

describe('an Envoy without allow_mode_override that sends response headers, and is known to', () => {
  within(
    {
      withEnvoy: { responseHeaders: true },
      envoy: {
        allowModeOverride: false,
        processingMode: { request_header_mode: 'SEND', response_header_mode: 'SEND' },
      },
    },
    (environment) => {
      test('response policies run, except those that read a body', async () => {
        assert.equal((await environment().call('/response-headers')).headers.get('x-lambda'), 'ran');
        assert.equal((await environment().call('/response-body')).status, 500);
        assert.equal(environment().backend.calls, 1);
      });
    },
  );
});

describe('an Envoy without allow_mode_override of which somebody said that it has it', () => {
  within(
    {
      withEnvoy: { allowModeOverride: true },
      envoy: {
        allowModeOverride: false,
        processingMode: { request_header_mode: 'SEND', response_header_mode: 'SEND' },
      },
    },
    (environment) => {
      for (const api of ['request-body', 'response-body']) {
        test(`${api}: the policy is never passed by silently`, async () => {
          // One stream that ends without a body may be a caller that left: 20 in a row are evidence.
          const calls = api === 'request-body' ? 1 : 20;
          let answer = await environment().call(`/${api}`, { method: 'POST', body: 'hello' });
          for (let i = 1; i < calls; i++) answer = await environment().call(`/${api}`);
          // The response's stream ends after its caller has the answer.
          const line = await environment().sidecar.log(
            (each) => each.api === api && String(each.msg).includes('allow_mode_override'),
          );
          assert.equal(line.key, 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE');
          // A response has left before its body would have come; a request's caller is told.
          if (api === 'request-body') assert.equal(answer.status, 500);
          const counted = await environment().sidecar.metric(`lambda_ext_proc_body_unavailable_total{api="${api}"}`);
          assert.equal(counted, 1);
        });
      }
    },
  );
});

describe('an Envoy that sends whole bodies without being asked', () => {
  within(
    {
      envoy: {
        allowModeOverride: false,
        processingMode: {
          request_header_mode: 'SEND',
          response_header_mode: 'SEND',
          request_body_mode: 'BUFFERED',
          request_trailer_mode: 'SEND',
        },
      },
    },
    (environment) => {
      test('a body policy works, and trailers without a body do not lead past it', async () => {
        const answer = await environment().call('/request-body', { method: 'POST', body: 'hello' });
        assert.deepEqual([answer.status, environment().backend.last?.header('x-lambda')], [200, 'ran']);
        environment().backend.reset();
        assert.equal(await trailersOnly(environment().envoy.url, '/request-body'), 500);
        assert.equal(environment().backend.calls, 0);
      });
    },
  );
});

describe('an Envoy that runs the filter on every route', () => {
  within(
    {
      envoy: {
        routes: [
          { prefix: '/request-headers', name: 'request-headers', metadata: { 'x-lambda-api': 'request-headers' } },
          {
            prefix: '/direct',
            name: 'direct',
            metadata: { 'x-lambda-api': 'response-headers' },
            directResponse: { status: 403, body: 'no' },
          },
          { prefix: '/unnamed', metadata: {} },
        ],
        requestAttributes: ['xds.route_name', 'xds.virtual_host_name'],
        filter: {},
        connectionManager: {},
      },
    },
    (environment) => {
      test('a direct response of Envoy runs the policies of its route', async () => {
        const answer = await environment().call('/direct');
        assert.deepEqual([answer.status, answer.text], [403, 'no']);
      });

      test('an unnamed route without an API is refused', async () => {
        assert.equal((await environment().call('/unnamed')).status, 500);
        assert.equal(environment().backend.calls, 0);
      });
    },
  );
});

/** Upgrades and sends `ping`: the status, what the policies set on either side, and what came back. */
function ping(url: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const outgoing = httpRequest(url + path, {
      headers: { ...headers, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
      timeout: 10_000,
    });
    outgoing.on('upgrade', ({ statusCode, headers: got }, socket) => {
      socket.write('ping');
      socket.once('data', (chunk) => {
        resolve(`${statusCode} ${got['x-got']} ${got['x-lambda']} ${chunk}`);
        socket.destroy();
      });
    });
    outgoing.on('response', (response) => {
      resolve(String(response.statusCode));
      response.destroy();
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${path}`)));
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** The status of the answer to an HTTP/2 request of headers and trailers, with no body between. */
async function trailersOnly(url: string, path: string): Promise<number> {
  const client = connectHttp2(url);
  const stream = client.request({ ':method': 'POST', ':path': path }, { waitForTrailers: true } as object);
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }));
  stream.end();
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  stream.resume();
  await once(stream, 'end');
  client.close();
  return Number(headers[':status']);
}

/** The status of the answer to an upgrade; 0 when the connection ended without one. */
function upgrade(port: number, path: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: websocket\r\n`);
      socket.write('sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
    });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)));
    setTimeout(() => socket.destroy(), 5000).unref();
  });
}
