// What a caller does, and could do at will, is told at level info, without advice about Envoy or an alarm. A backend's doing is an
// error.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import type { BodyMode } from '../support/envoy-config.ts';

const LIMIT = 1_000;
/** In each a caller may be slow. Long enough for what is not. */
const WAIT_MS = 1_500;
const both = (mode: BodyMode) => ({
  request_header_mode: 'SEND' as const,
  response_header_mode: 'SEND' as const,
  request_body_mode: mode,
  response_body_mode: mode,
  request_trailer_mode: 'SEND' as const,
  response_trailer_mode: 'SEND' as const,
});
const modes: Readonly<Record<string, BodyMode>> = {
  none: 'NONE',
  buffered: 'BUFFERED',
  duplex: 'FULL_DUPLEX_STREAMED',
};

let lambda: EchoLambda;
let environment: Environment;
let told = 0;
let since = '';

before(async () => {
  lambda = await startEchoLambda();
  const keys = { region: 'us-east-1', accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint: lambda.endpoint };
  const reads = (side: string) => [
    { configuration: { ...keys, function: 'echo', payload: `{#${side}.content}`, mutations: { body: 'new' } } },
  ];
  environment = await startEnvironment({
    policies: {
      version: 1,
      limits: { bodyBytes: LIMIT, bodyWaitMs: WAIT_MS },
      envoy: { allowModeOverride: true, responseHeaders: true },
      apis: Object.fromEntries(
        Object.keys(modes).flatMap((name) => [
          [`${name}-up`, { request: reads('request') }],
          [`${name}-down`, { response: reads('response') }],
        ]),
      ),
    },
    envoy: {
      connectionManager: {
        http_protocol_options: { enable_trailers: true },
        upgrade_configs: [{ upgrade_type: 'websocket' }],
      },
      routes: Object.entries(modes).flatMap(([name, mode]) =>
        ['up', 'down'].map((way) => ({
          prefix: `/${name}-${way}`,
          metadata: { 'x-lambda-api': `${name}-${way}` },
          processingMode: both(mode),
        })),
      ),
    },
  });
});
beforeEach(() => {
  environment.backend.reset();
  told = environment.sidecar.logs().length;
  since = new Date().toISOString();
});
after(async () => {
  await environment?.stop();
  lambda?.stop();
});

const bad = () =>
  environment.sidecar
    .logs()
    .slice(told)
    .filter(({ level }) => level === 'warn' || level === 'error');

async function isNobodysFault(api: string, key: string): Promise<void> {
  const line = await environment.sidecar.log(
    (each) => each.api === api && each.key === key && String(each.time) >= since,
  );
  assert.equal(line.level, 'info');
  assert.doesNotMatch(JSON.stringify(line), /allow_mode_override|per_connection_buffer_limit/);
  assert.deepEqual(bad(), []);
  assert.equal(await environment.sidecar.metric(`lambda_ext_proc_body_unavailable_total{api="${api}"}`), 0);
  assert.equal(environment.backend.calls, 0);
}

/** The status of what is answered to these bytes, with the connection kept open. */
async function raw(...lines: readonly string[]): Promise<number> {
  const socket = connect(environment.envoy.port, '127.0.0.1');
  socket.write(lines.join('\r\n'));
  const [head] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d+)/.exec(head.toString('latin1'))?.[1]);
}

const reached = (limit: string) => environment.sidecar.metric(`lambda_ext_proc_limit_reached_total{limit="${limit}"}`);

for (const name of Object.keys(modes)) {
  const api = `${name}-up`;

  test(`${name}: a request body over limits.bodyBytes, told, in pieces and decompressed`, async () => {
    const before = await reached('body');
    const post = (body: Uint8Array<ArrayBuffer> | ReadableStream, headers: Record<string, string>) =>
      environment.call(`/${api}`, { method: 'POST', body, headers, ...({ duplex: 'half' } as object) });
    const large = new Uint8Array(LIMIT + 1);
    assert.equal((await post(large, {})).status, 413);
    const pieces = new ReadableStream({
      start(controller) {
        controller.enqueue(large);
        controller.close();
      },
    });
    assert.equal((await post(pieces, {})).status, 413);
    assert.equal(await reached('body'), before + 2);
    assert.equal((await post(new Uint8Array(gzipSync(large)), { 'content-encoding': 'gzip' })).status, 413);
    await isNobodysFault(api, 'LAMBDA_EXT_PROC_BODY_TOO_LARGE');
  });

  test(`${name}: a slow upload is a 408`, async () => {
    const before = await reached('body_wait');
    assert.equal(await raw(`POST /${api} HTTP/1.1`, 'host: h', 'content-length: 100', '', 'half'), 408);
    assert.equal(await reached('body_wait'), before + 1);
    await isNobodysFault(api, 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE');
  });

  test(`${name}: a body that a caller makes endless: gRPC, an upgrade`, async () => {
    const grpc = await environment.call(`/${api}`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'application/grpc' },
    });
    assert.equal(grpc.headers.get('grpc-status'), '2');
    assert.equal(
      await raw(`GET /${api} HTTP/1.1`, 'host: h', 'connection: upgrade', 'upgrade: websocket', '', ''),
      500,
    );
    await isNobodysFault(api, 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE');
  });

  test(`${name}: trailers without a body`, async () => {
    const status = await raw(
      `POST /${api} HTTP/1.1`,
      'host: h',
      'transfer-encoding: chunked',
      'trailer: x-end',
      '',
      '0',
      'x-end: t',
      '',
      '',
    );
    assert.equal(status, 500);
    await isNobodysFault(api, 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE');
  });

  test(`${name}: a backend's body over limits.bodyBytes is an error`, async () => {
    environment.backend.answerWith({ body: 'x'.repeat(LIMIT + 1) });
    assert.equal((await environment.call(`/${name}-down`)).status, 500);
    const line = await environment.sidecar.log((each) => each.api === `${name}-down` && each.msg === 'request failed');
    assert.equal(line.level, 'error');
  });
}
