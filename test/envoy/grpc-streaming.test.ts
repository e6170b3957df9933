// A gRPC call whose messages go to and fro while it runs: headers policies work on it and hold nothing back.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { envoyConfig, type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';

const server = createServer();
let lambda: EchoLambda;
let sidecar: RunningSidecar;
let envoy: RunningEnvoy;
let session: ClientHttp2Session;

before(async () => {
  server.on('stream', (stream, headers) => {
    // Envoy resets the call that it answers itself.
    stream.on('error', () => {});
    stream.respond(
      { 'content-type': 'application/grpc', 'x-got': String(headers['x-lambda']) },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.on('data', (chunk) => stream.write(chunk));
    stream.on('end', () => stream.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  lambda = await startEchoLambda();
  const keys = { region: 'us-east-1', accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint: lambda.endpoint };
  const step = (extra: object = {}) => ({
    configuration: { ...keys, function: 'echo', mutations: { headers: { set: { 'x-lambda': 'ran' } } }, ...extra },
  });
  const apis = {
    both: { request: [step()], response: [step()] },
    'reads-response': { response: [step({ payload: '{#response.content}' })] },
  };
  sidecar = await startSidecar({ config: { version: 1, envoy: { allowModeOverride: true }, apis } });
  envoy = await startEnvoy({
    config: envoyConfig({
      sidecar: sidecar.addresses,
      backend: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      backendHttp2: true,
      routes: Object.keys(apis).map((api) => ({ prefix: `/${api}`, name: api, metadata: { 'x-lambda-api': api } })),
    }),
  });
  session = connect(envoy.url);
});
after(async () => {
  session?.destroy();
  await envoy?.stop();
  await sidecar?.stop();
  lambda?.stop();
  server.close();
});

function open(path: string) {
  return session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' });
}

test('each message is answered before the next is sent, and the trailers come', async () => {
  const stream = open('/both');
  const response = once(stream, 'response');
  const trailers = once(stream, 'trailers');
  for (const message of ['one', 'two', 'three']) {
    stream.write(message);
    const [echoed] = await once(stream, 'data');
    assert.equal(String(echoed), message);
  }
  stream.end();
  const [headers] = (await response) as [IncomingHttpHeaders];
  assert.deepEqual([headers['x-got'], headers['x-lambda']], ['ran', 'ran']);
  assert.equal((await trailers)[0]['grpc-status'], '0');
});

test('a policy that reads the response of a running call is refused with a grpc-status', async () => {
  const stream = open('/reads-response');
  stream.write('one');
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  assert.equal(headers['grpc-status'], '2');
  assert.match(String(headers['grpc-message']), /body that a Lambda policy needs/);
  stream.destroy();
});
