// docs/guides/tracing.md names the variables that are read, and no others. test/envoy/tracing.test.ts holds its spans and Envoy's part.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTracingSettings } from '../../../src/tracing/settings.ts';
import { codeOf, tracingGuideBlock, tracingGuideTable } from '../../support/tracing-guide.ts';

/** All that is read where traces are on and nothing else is set. */
function variablesRead(): ReadonlySet<string> {
  const read = new Set<string>();
  const environment: Record<string, string> = { OTEL_TRACES_EXPORTER: 'otlp' };
  const watched = new Proxy(environment, {
    get(target, name) {
      read.add(String(name));
      return Reflect.get(target, name);
    },
  });
  const { settings } = readTracingSettings(watched);
  assert.ok(settings);
  return read;
}

test('the table of variables is complete', () => {
  const told = tracingGuideTable('Variable').flatMap(([variables]) => codeOf(variables));
  assert.deepEqual([...told].sort(), [...variablesRead()].sort());
});

test('the environment of the page switches traces on, and nothing of it is wrong', () => {
  const lines = tracingGuideBlock('environment of the sidecar').trim().split('\n');
  const environment = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const { settings, problems } = readTracingSettings(environment);
  assert.deepEqual(problems, []);
  assert.deepEqual(settings?.sampler, {
    name: 'parentbased_traceidratio',
    parentBased: true,
    root: 'ratio',
    ratio: 0.01,
  });
});

test('the defaults of the page are those of the code', () => {
  const defaults = new Map(
    tracingGuideTable('Variable').flatMap(([variables, , value = '']) =>
      codeOf(variables).map((variable) => [variable, codeOf(value)[0] ?? value.trim()]),
    ),
  );
  const { settings } = readTracingSettings({ OTEL_TRACES_EXPORTER: 'otlp' });
  const { exporter, sampler, batch } = settings ?? {};
  assert.deepEqual(
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: exporter?.url.replace('/v1/traces', ''),
      OTEL_EXPORTER_OTLP_TIMEOUT: String(exporter?.timeoutMs),
      OTEL_EXPORTER_OTLP_COMPRESSION: exporter?.compression,
      OTEL_TRACES_SAMPLER: sampler?.name,
      OTEL_TRACES_SAMPLER_ARG: String(sampler?.ratio),
      OTEL_BSP_SCHEDULE_DELAY: String(batch?.delayMs),
      OTEL_BSP_EXPORT_TIMEOUT: String(batch?.timeoutMs),
      OTEL_BSP_MAX_QUEUE_SIZE: String(batch?.queue),
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(batch?.batch),
    },
    Object.fromEntries(
      [
        'OTEL_EXPORTER_OTLP_ENDPOINT',
        'OTEL_EXPORTER_OTLP_TIMEOUT',
        'OTEL_EXPORTER_OTLP_COMPRESSION',
        'OTEL_TRACES_SAMPLER',
        'OTEL_TRACES_SAMPLER_ARG',
        'OTEL_BSP_SCHEDULE_DELAY',
        'OTEL_BSP_EXPORT_TIMEOUT',
        'OTEL_BSP_MAX_QUEUE_SIZE',
        'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
      ].map((variable) => [variable, defaults.get(variable)]),
    ),
  );
});
