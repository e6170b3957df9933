// Uploads that are broken off: the caller's doing is no failure of the sidecar, and no sign of a wrong Envoy.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import type { BodyMode } from '../support/envoy-config.ts';

const both = (mode: BodyMode) => ({
  request_header_mode: 'SEND' as const,
  response_header_mode: 'SKIP' as const,
  request_body_mode: mode,
  request_trailer_mode: mode === 'FULL_DUPLEX_STREAMED' ? ('SEND' as const) : ('SKIP' as const),
});
const modes: Readonly<Record<string, BodyMode>> = {
  none: 'NONE',
  buffered: 'BUFFERED',
  duplex: 'FULL_DUPLEX_STREAMED',
};

let lambda: EchoLambda;
let environment: Environment;

before(async () => {
  lambda = await startEchoLambda();
  const keys = { region: 'us-east-1', accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint: lambda.endpoint };
  const request = [{ configuration: { ...keys, function: 'echo', payload: '{#request.content}' } }];
  environment = await startEnvironment({
    policies: {
      version: 1,
      envoy: { allowModeOverride: true },
      apis: Object.fromEntries(Object.keys(modes).map((name) => [name, { request }])),
    },
    envoy: {
      routes: Object.entries(modes).map(([name, mode]) => ({
        prefix: `/${name}`,
        metadata: { 'x-lambda-api': name },
        processingMode: both(mode),
      })),
    },
  });
});
after(async () => {
  await environment?.stop();
  lambda?.stop();
});

const streams = (outcome: string) => environment.sidecar.metric(`lambda_ext_proc_streams_total{outcome="${outcome}"}`);
const opened = () => environment.sidecar.metric('lambda_ext_proc_messages_total{phase="request_headers"}');

/** Sends 1,000 bytes of 100,000, and leaves once the sidecar has the request. */
async function breakOff(path: string): Promise<void> {
  const before = await opened();
  const socket = connect(environment.envoy.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`POST ${path} HTTP/1.1\r\nhost: h\r\ncontent-length: 100000\r\n\r\n${'x'.repeat(1000)}`);
  await until(async () => (await opened()) > before);
  socket.destroy();
}

async function until(fits: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await fits()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail('it never came to that');
}

for (const name of Object.keys(modes)) {
  test(`${name}: uploads that are broken off are aborted, without an error line or an alarm`, async () => {
    const told = environment.sidecar.logs().length;
    const aborted = await streams('aborted');
    for (let i = 0; i < 10; i++) await breakOff(`/${name}`);
    await until(async () => (await streams('aborted')) === aborted + 10);
    assert.equal(await streams('failed'), 0);
    const lines = environment.sidecar
      .logs()
      .slice(told)
      .filter(({ level }) => level === 'warn' || level === 'error');
    assert.deepEqual(lines, []);
    assert.equal(await environment.sidecar.metric(`lambda_ext_proc_body_unavailable_total{api="${name}"}`), 0);
    assert.equal(environment.backend.calls, 0);
  });
}
