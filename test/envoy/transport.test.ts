// What HTTP/2 and gRPC lose between Envoy and the server: it must be told, and must never select other policies.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type Environment, startEnvironment } from '../support/environment.ts';

const cases: readonly {
  readonly what: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The API whose policies run; undefined: none, the caller gets a 500, with this key in the log. */
  readonly runs?: string;
  readonly key?: string;
}[] = [
  { what: 'a name', metadata: { 'x-lambda-api': 'first' }, runs: 'first' },
  { what: 'a blank after a name', metadata: { 'x-lambda-api': 'first ' }, runs: 'first' },
  { what: 'a blank before a name', metadata: { 'x-lambda-api': ' first' }, runs: 'first' },
  { what: 'tabs around a name', metadata: { 'x-lambda-api': '\tfirst\t' }, runs: 'first' },
  { what: 'a key in capitals', metadata: { 'X-Lambda-Api': 'first' }, runs: 'first' },
  { what: 'a blank after an unknown name', metadata: { 'x-lambda-api': 'other ' }, key: 'LAMBDA_EXT_PROC_UNKNOWN_API' },
  { what: 'a tab within a name', metadata: { 'x-lambda-api': 'my\tapi' }, key: 'LAMBDA_EXT_PROC_UNKNOWN_API' },
  { what: 'blanks alone', metadata: { 'x-lambda-api': '  ' }, key: 'LAMBDA_EXT_PROC_UNKNOWN_API' },
  { what: 'a percent sign', metadata: { 'x-lambda-api': 'fir%73t' }, key: 'LAMBDA_EXT_PROC_UNKNOWN_API' },
  { what: 'a very long name', metadata: { 'x-lambda-api': 'n'.repeat(16_000) }, key: 'LAMBDA_EXT_PROC_UNKNOWN_API' },
  {
    what: 'blanks alone as policies',
    metadata: { 'x-lambda-policies': ' \t' },
    key: 'LAMBDA_EXT_PROC_INVALID_POLICIES',
  },
  { what: 'a binary key', metadata: { 'x-lambda-api-bin': 'Zmlyc3Q=' }, key: 'LAMBDA_EXT_PROC_INVALID_POLICIES' },
  // These Envoy does not send, or the server would never see them.
  { what: 'a control character', metadata: { 'x-lambda-api': 'fi\u0001rst' } },
  { what: 'a deletion character', metadata: { 'x-lambda-api': 'fi\u007frst' } },
  { what: 'a blank after the key', metadata: { 'x-lambda-api ': 'first' } },
  { what: 'a control character in the key', metadata: { 'x-lambda-\u0001api': 'first' } },
  { what: 'a misspelt key', metadata: { 'x-lambda-apis': 'first' }, key: 'LAMBDA_EXT_PROC_INVALID_POLICIES' },
];

let lambda: Server;
let environment: Environment;
const tunnel = 'outbound|50051||lambda.default.svc.cluster.local';

before(async () => {
  lambda = createServer((request, response) => {
    request.resume();
    response.end('{}');
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  const saying = (name: string) => ({
    request: [
      {
        configuration: {
          function: 'f',
          endpoint,
          accessKey: 'AKIDEXAMPLE',
          secretKey: 'secret',
          mutations: { headers: { set: { 'x-ran': name } } },
        },
      },
    ],
  });
  environment = await startEnvironment({
    // `default` is what an unnoticed loss would run instead.
    policies: { version: 1, apis: { default: saying('default'), first: saying('first'), 'my api': saying('my api') } },
    envoy: {
      routes: [
        ...cases.map(({ metadata }, index) => ({ prefix: `/case${index}-`, metadata })),
        {
          prefix: '/authority',
          metadata: { 'x-lambda-api': 'first' },
          overrides: { grpc_service: { envoy_grpc: { cluster_name: 'sidecar', authority: tunnel } } },
        },
      ],
    },
  });
});
after(async () => {
  await environment.stop();
  lambda.closeAllConnections();
  lambda.close();
});

for (const [index, { what, runs, key }] of cases.entries()) {
  test(`${what} ${runs === undefined ? `is a 500 ${key ?? 'of Envoy'}` : `selects ${runs}`}`, async () => {
    const { backend, sidecar } = environment;
    const calls = backend.calls;
    const logged = sidecar.logs().length;
    const { status } = await environment.call(`/case${index}-`);
    if (runs !== undefined) {
      assert.equal(status, 200);
      assert.equal(backend.last?.header('x-ran'), runs);
      return;
    }
    assert.equal(status, 500);
    assert.equal(backend.calls, calls);
    if (key === undefined) return;
    await sidecar.log((line) => line.key === key && sidecar.logs().indexOf(line) >= logged);
  });
}

test('an authority that HTTP/2 refuses is counted and logged with the line to write; others are served on', async () => {
  const { sidecar } = environment;
  for (let i = 0; i < 5; i++) assert.equal((await environment.call('/authority')).status, 500);
  const line = await sidecar.log(({ reason }) => reason === 'http2');
  assert.match(line.msg, /authority: lambda-ext-proc/);
  const series = 'lambda_ext_proc_refused_streams_total{reason="http2"}';
  while ((await sidecar.metric(series)) < 5) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await sidecar.metric(series), 5);
  assert.equal(sidecar.logs().filter(({ reason }) => reason === 'http2').length, 1);
  assert.equal((await environment.call('/case0-')).status, 200);
  assert.equal(await sidecar.metric('lambda_ext_proc_refused_connections_total{reason="http2"}'), 0);
});
