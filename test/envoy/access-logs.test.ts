// docs/guides/access-logs.md: Envoy's recipe as it stands there, and the way from a line of it to the sidecar's and the function's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { findingsOf, type KubernetesObject } from '../support/deploy.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';

const page = readFileSync(new URL('../../docs/guides/access-logs.md', import.meta.url), 'utf8');
const [envoy, gateway, provider] = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, code = '']) => parse(code));
const recipe = envoy.access_log as readonly Recipe[];

interface Recipe {
  readonly typed_config: { readonly log_format: { readonly json_format: Readonly<Record<string, string>> } };
}

const REQUEST_ID = '0f5c1f4e-6d1c-4f3a-9d0e-3f1f5b0c7a11';
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

let lambda: FaultStub;
let environment: Environment;

before(async () => {
  lambda = await FaultStub.start();
  lambda.script('tier', { kind: 'answer', answer: { status: 200, body: '{"tier": "gold"}' } });
  lambda.script('gone', { kind: 'error', type: 'ResourceNotFoundException', headers: { 'x-amzn-requestid': 'aws-1' } });
  const step = (name: string) => ({
    name,
    configuration: { function: name, endpoint: lambda.endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' },
  });
  environment = await startEnvironment({
    policies: { version: 1, apis: { orders: { request: [step('tier')] }, lost: { request: [step('gone')] } } },
    apis: ['orders', 'lost'],
    envoy: { connectionManager: { access_log: recipe } },
  });
});
after(async () => {
  await environment?.stop();
  await lambda?.stop();
});

async function lineOf(path: string): Promise<Readonly<Record<string, unknown>>> {
  const headers = { 'x-request-id': REQUEST_ID, traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` };
  await environment.call(path, { headers });
  return { ...(await environment.envoy.accessLog((entry) => entry.path === path)) };
}

test('a request that continued: its policies with ids and times, and Envoy’s own view of the sidecar', async () => {
  const line = await lineOf('/orders/7');
  const { tier } = line.policies as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  assert.equal(tier?.status, 200);
  assert.ok(Number(tier?.durationMs) > 0);
  assert.deepEqual([line.details, line.error_key, line.status], ['via_upstream', null, 200]);
  assert.match(JSON.stringify(line.ext_proc), /\d/);
  const logged = await environment.sidecar.log(({ msg, api }) => msg === 'invocation' && api === 'orders');
  assert.deepEqual([logged.requestId, logged.traceId], [line.request_id, String(line.traceparent).split('-')[1]]);
  assert.equal(logged.awsRequestId, tier?.requestId);
});

test('one that failed: its key, and ids that lead to the reason', async () => {
  const line = await lineOf('/lost/7');
  assert.equal(line.details, 'lambda_ext_proc{AWS_LAMBDA_INVALID_RESPONSE}');
  assert.equal(line.error_key, 'AWS_LAMBDA_INVALID_RESPONSE');
  assert.equal(line.request_id, REQUEST_ID);
  const failed = await environment.sidecar.log(
    ({ msg, requestId, api }) => msg === 'request failed' && requestId === REQUEST_ID && api === 'lost',
  );
  assert.deepEqual([failed.kind, failed.traceId, failed.awsRequestId], ['not_found', TRACE_ID, 'aws-1']);
});

test('the formats for Envoy Gateway and Istio are Envoy’s', () => {
  const format = recipe[0]?.typed_config.log_format.json_format ?? {};
  const { ext_proc: own, ...shared } = format;
  const [setting] = gateway.spec.telemetry.accessLog.settings;
  assert.deepEqual(setting.format.json, shared);
  const { labels } = provider.extensionProviders[0].envoyFileAccessLog.logFormat;
  // The filter has another name there.
  assert.deepEqual(labels, { ...shared, ext_proc: own?.replace('envoy.filters.http.ext_proc', 'lambda-ext-proc') });
  assert.deepEqual(findingsOf(gateway as KubernetesObject), []);
});
