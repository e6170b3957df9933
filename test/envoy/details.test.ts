// What Envoy itself says where it and the sidecar do not work together, as docs/guides/troubleshoot.md has it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Environment, startEnvironment } from '../support/environment.ts';
import type { Json } from '../support/envoy-config.ts';
import { FaultStub } from '../support/fault-stub.ts';

const page = readFileSync(new URL('../../docs/guides/troubleshoot.md', import.meta.url), 'utf8');
const section = page.slice(page.indexOf('## By the details of Envoy'), page.indexOf('## What you see'));
/** The first column of the section's table: what the details begin with, of several versions of Envoy. */
const told = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, details = '']) => details),
);

let lambda: FaultStub;
let environment: Environment;

const configuration = (name: string, extra: object = {}) => ({
  configuration: { function: name, endpoint: lambda.endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret', ...extra },
});
const setting = (headers: Json) => configuration('ok', { mutations: { headers: { set: headers } } });

before(async () => {
  lambda = await FaultStub.start();
  lambda.script('hang', { kind: 'hang', after: 'nothing' });
  const through = (prefix: string, cluster: object) => ({
    prefix,
    metadata: { 'x-lambda-api': 'reads' },
    overrides: { grpc_service: { envoy_grpc: cluster } },
  });
  environment = await startEnvironment({
    policies: {
      version: 1,
      envoy: { allowModeOverride: true },
      apis: {
        hang: { request: [configuration('hang')] },
        large: {
          request: [setting({ 'x-one': "{#request.headers['x-in'][0]}", 'x-two': "{#request.headers['x-in'][0]}" })],
        },
        forbidden: { request: [setting({ 'x-envoy-retry-on': '5xx' })] },
        reads: { request: [configuration('ok', { payload: '{"length":{#request.content.length()}}' })] },
      },
    },
    envoy: {
      messageTimeout: '1s',
      perConnectionBufferLimitBytes: 16_384,
      filter: { mutation_rules: { disallow_is_error: true } },
      routes: [
        ...['hang', 'large', 'forbidden'].map((api) => ({ prefix: `/${api}`, metadata: { 'x-lambda-api': api } })),
        { prefix: '/reads', metadata: { 'x-lambda-api': 'reads' }, processingMode: { request_body_mode: 'BUFFERED' } },
        through('/nobody', { cluster_name: 'nobody' }),
        through('/no-endpoint', { cluster_name: 'no-endpoint' }),
        through('/authority', { cluster_name: 'sidecar', authority: 'outbound|50051||sidecar' }),
        through('/http1', { cluster_name: 'http1' }),
      ],
    },
    changeEnvoy,
  });
});
after(async () => {
  await environment?.stop();
  await lambda?.stop();
});

/** Ways to a sidecar that lead nowhere. */
function changeEnvoy(config: Json): Json {
  const { clusters } = config.static_resources as { readonly clusters: Json[] };
  const sidecar = clusters.find(({ name }) => name === 'sidecar') ?? {};
  const { endpoints } = sidecar.load_assignment as Json;
  const like = (name: string, to: unknown, more: Json = {}) =>
    clusters.push({ ...sidecar, name, load_assignment: { cluster_name: name, endpoints: to }, ...more });
  like('nobody', [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: '/nobody/listens/here.sock' } } } }] }]);
  like('no-endpoint', []);
  like('http1', endpoints, { typed_extension_protocol_options: {} });
  return config;
}

async function detailsOf(
  path: string,
  init?: RequestInit,
): Promise<{ readonly status: number; readonly details: string }> {
  const { status } = await environment.call(path, init);
  const { details } = await environment.envoy.accessLog((entry) => entry.path === path);
  return { status, details: details ?? '' };
}

/** The row of the page that the details begin with, by its first text. */
const rowOf = (details: string): string | undefined =>
  told.find((starts) => starts.some((start) => details.startsWith(start)))?.[0];

const cases: readonly {
  readonly path: string;
  readonly row: RegExp;
  readonly status: number;
  readonly init?: RequestInit;
}[] = [
  { path: '/nobody', row: /14.*remote_connection_failure$/, status: 500 },
  { path: '/no-endpoint', row: /14\{no_healthy_upstream$/, status: 500 },
  { path: '/authority', row: /14.*protocol_error$/, status: 500 },
  { path: '/http1', row: /14.*protocol_error$/, status: 500 },
  {
    path: '/large',
    row: /^header_mutation_result_exceeds_limit$/,
    status: 500,
    init: { headers: { 'x-in': 'v'.repeat(40_000) } },
  },
  { path: '/forbidden', row: /^header_mutation_set_headers_failed$/, status: 500 },
  {
    path: '/reads',
    row: /^request_payload_too_large$/,
    status: 413,
    init: { method: 'POST', body: 'x'.repeat(40_000) },
  },
  { path: '/hang', row: /per-message_timeout_exceeded$/, status: 504 },
];

for (const { path, row, status, init } of cases) {
  test(`${path} is ${status} with the details of the guide`, async () => {
    const answer = await detailsOf(path, init);
    assert.equal(answer.status, status);
    assert.match(rowOf(answer.details) ?? '', row, answer.details);
  });
}

test('a sidecar that is killed in the middle of a request has details of its own, and so has one that is gone', async () => {
  const called = lambda.attempts('hang');
  const asked = detailsOf('/hang?killed');
  while (lambda.attempts('hang') === called) await new Promise((resolve) => setTimeout(resolve, 10));
  environment.sidecar.signal('SIGKILL');
  assert.match(rowOf((await asked).details) ?? '', /13\{upstream_reset_after_response_started$/);
  const gone = await detailsOf('/hang?gone');
  assert.match(rowOf(gone.details) ?? '', /14.*remote_connection_failure$/);
  assert.match(gone.details, /Connection_refused/);
});
