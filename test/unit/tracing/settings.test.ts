import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTracingSettings } from '../../../src/tracing/settings.ts';

const ON = { OTEL_TRACES_EXPORTER: 'otlp' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  return readTracingSettings(environment).problems.map(
    ({ variable, message, fatal }) => `${fatal ? 'off' : 'on'} ${variable}: ${message}`,
  );
}

test('traces are off where nothing asks for them', () => {
  for (const environment of [
    {},
    { OTEL_SERVICE_NAME: 'edge', OTEL_TRACES_SAMPLER: 'always_on', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://collector:4318/v1/metrics' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: '  ' },
    { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' },
    { ...ON, OTEL_SDK_DISABLED: 'TRUE' },
  ]) {
    assert.deepEqual(readTracingSettings(environment), { settings: undefined, problems: [] });
  }
});

test('an endpoint, or the exporter, switches them on, with the defaults of the specification', () => {
  const { settings, problems } = readTracingSettings(ON);
  assert.deepEqual(problems, []);
  assert.deepEqual(settings, {
    exporter: {
      url: 'http://localhost:4318/v1/traces',
      headers: {},
      timeoutMs: 10_000,
      compression: 'none',
      ca: undefined,
      cert: undefined,
      key: undefined,
    },
    sampler: { name: 'parentbased_traceidratio', parentBased: true, root: 'ratio', ratio: 1 },
    batch: { delayMs: 5_000, timeoutMs: 30_000, queue: 2_048, batch: 512 },
    resource: {},
  });
  for (const [variable, text, url] of [
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318', 'http://collector:4318/v1/traces'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://collector/otlp/', 'https://collector/otlp/v1/traces'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'https://collector/mine', 'https://collector/mine'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'https://collector', 'https://collector/'],
  ] as const) {
    const choice = readTracingSettings({ [variable]: text });
    assert.deepEqual([choice.settings?.exporter.url, choice.problems], [url, []]);
  }
});

test('the variables of traces go before those of all signals, and headers of both are sent', () => {
  const { settings, problems } = readTracingSettings({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all:4318',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:4318/v1/traces',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a, Authorization=Basic%20eDp5',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-tenant=b',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2000',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.01',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_BSP_MAX_QUEUE_SIZE: '64',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=no,deployment.environment.name=pro%20d',
    OTEL_SERVICE_NAME: 'edge',
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(settings?.exporter, {
    url: 'http://traces:4318/v1/traces',
    headers: { 'x-tenant': 'b', authorization: 'Basic eDp5' },
    timeoutMs: 2_000,
    compression: 'gzip',
    ca: undefined,
    cert: undefined,
    key: undefined,
  });
  assert.deepEqual(settings?.sampler, { name: 'traceidratio', parentBased: false, root: 'ratio', ratio: 0.01 });
  assert.deepEqual(settings?.batch, { delayMs: 100, timeoutMs: 30_000, queue: 64, batch: 64 });
  assert.deepEqual(settings?.resource, { 'service.name': 'edge', 'deployment.environment.name': 'pro d' });
});

test('what cannot be keeps traces off, and says what to do', () => {
  for (const [environment, expected] of [
    [
      { OTEL_TRACES_EXPORTER: 'zipkin' },
      'off OTEL_TRACES_EXPORTER: "zipkin" is neither otlp nor none; no traces are sent',
    ],
    [
      { ...ON, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'off OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" is a protocol that this server does not have: set it to http/protobuf, which collectors accept on port 4318; no traces are sent',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
      'off OTEL_EXPORTER_OTLP_ENDPOINT: it is not a URL of http or https, such as http://localhost:4318; no traces are sent',
    ],
    [
      { ...ON, OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/ca.pem' },
      'off OTEL_EXPORTER_OTLP_CERTIFICATE: the file "/nowhere/ca.pem" cannot be read (ENOENT); no traces are sent',
    ],
  ] as const) {
    assert.equal(readTracingSettings(environment).settings, undefined);
    assert.deepEqual(problemsOf(environment), [expected]);
  }
});

test('a header that is written as HTTP has it is ignored, and its value not told', () => {
  const environment = {
    ...ON,
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization: Basic c2VjcmV0LXBhc3M==,x-tenant=a%0Ab,x-kept=1',
  };
  assert.deepEqual(readTracingSettings(environment).settings?.exporter.headers, { 'x-kept': '1' });
  assert.deepEqual(problemsOf(environment), [
    'on OTEL_EXPORTER_OTLP_HEADERS: it has a header whose name is not valid in HTTP: write name=value, percent-encoded; it is ignored',
    'on OTEL_EXPORTER_OTLP_HEADERS: the header "x-tenant" has a value that HTTP does not allow; it is ignored',
  ]);
});

test('a client certificate without its key keeps traces off', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'otel-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'pem');
  writeFileSync(file, 'PEM');
  const alone = { ...ON, OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: file };
  assert.match(problemsOf(alone)[0] ?? '', /^off OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: .*requires its key/);
  const { settings } = readTracingSettings({ ...alone, OTEL_EXPORTER_OTLP_CLIENT_KEY: file });
  assert.deepEqual([String(settings?.exporter.cert), String(settings?.exporter.key)], ['PEM', 'PEM']);
});

test('a value that is unknown is ignored, and told', () => {
  for (const [environment, expected] of [
    [{ OTEL_SDK_DISABLED: 'yes' }, 'on OTEL_SDK_DISABLED: "yes" is none of true, false; it is ignored'],
    [{ OTEL_TRACES_EXPORTER: 'otlp,console' }, 'on OTEL_TRACES_EXPORTER: of "otlp,console" only otlp is used'],
    [
      { OTEL_TRACES_SAMPLER: 'parentbased_jaeger_remote' },
      'on OTEL_TRACES_SAMPLER: "parentbased_jaeger_remote" is none of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio; it is ignored',
    ],
    [
      { OTEL_TRACES_SAMPLER_ARG: '1.5' },
      'on OTEL_TRACES_SAMPLER_ARG: "1.5" is not a number from 0 to 1; it is ignored',
    ],
    [
      { OTEL_TRACES_SAMPLER_ARG: 'NaN' },
      'on OTEL_TRACES_SAMPLER_ARG: "NaN" is not a number from 0 to 1; it is ignored',
    ],
    [
      { OTEL_BSP_MAX_QUEUE_SIZE: '1e9' },
      'on OTEL_BSP_MAX_QUEUE_SIZE: "1e9" is not a whole number from 1 to 65536; it is ignored',
    ],
    [
      { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4096' },
      'on OTEL_BSP_MAX_EXPORT_BATCH_SIZE: 4096 is more than OTEL_BSP_MAX_QUEUE_SIZE, 2048; it is ignored',
    ],
    [
      { OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' },
      'on OTEL_EXPORTER_OTLP_COMPRESSION: "zstd" is none of gzip, none; it is ignored',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317' },
      'on OTEL_EXPORTER_OTLP_ENDPOINT: port 4317 is that of OTLP over gRPC by convention, and this server sends protobuf over HTTP: try 4318',
    ],
  ] as const) {
    const environment_ = { ...ON, ...environment };
    assert.deepEqual(problemsOf(environment_), [expected]);
    assert.notEqual(readTracingSettings(environment_).settings, undefined);
  }
});

test('no problem quotes a value that may be a secret', () => {
  const secret = 'hunter2';
  const problems = problemsOf({
    OTEL_EXPORTER_OTLP_ENDPOINT: `ftp://user:${secret}@collector`,
    OTEL_EXPORTER_OTLP_HEADERS: `${secret},x=%zz${secret},a b=${secret},ok=${secret}%0d%0a`,
    OTEL_RESOURCE_ATTRIBUTES: secret,
  });
  assert.equal(problems.length, 6);
  assert.doesNotMatch(problems.join('\n'), /hunter2/);
});
