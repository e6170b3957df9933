// A real OpenTelemetry Collector, with the configuration of docs/guides/tracing.md, gets what a sidecar behind a real Envoy sends.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startChild, waitFor } from '../../scripts/support/child.ts';
import { freePort } from '../../scripts/support/free-port.ts';
import { goProgram, hasGo } from '../../scripts/support/go-tool.ts';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { startTracedScene } from '../support/traced-scene.ts';
import { tracingGuideBlock } from '../support/tracing-guide.ts';

const skip = hasGo() ? false : 'no Go here';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

test('a collector takes the spans of a request, and a sidecar waits for one that comes later', { skip }, async (t) => {
  const program = goProgram(join(import.meta.dirname, 'otel-collector'));
  const directory = temporaryDirectory('collector-');
  t.after(() => directory.remove());
  const port = await freePort();
  const config = join(directory.path, 'otel-collector.yaml');
  writeFileSync(config, tracingGuideBlock('otel-collector.yaml').replace('0.0.0.0:4318', `127.0.0.1:${port}`));
  const { environment } = await startTracedScene(t, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
  });
  const call = async (spanId: string): Promise<void> => {
    const headers = { traceparent: `00-${TRACE}-${spanId}-01` };
    assert.equal((await environment.call('/plain', { headers })).status, 200);
  };
  // Nobody listens yet: requests are served, and the exporter tries again.
  await call('00f067aa0ba902b7');
  const collector = startChild('collector', program, ['--config', `file:${config}`], {});
  t.after(() => collector.stop(10_000));
  await waitFor(collector, 'readiness', () => /Everything is ready/.test(collector.output()) || undefined, 30_000);
  await call('00f067aa0ba902b8');
  await waitFor(collector, 'spans', () => (spansIn(collector.output()).length >= 8 ? true : undefined), 30_000);
  const spans = spansIn(collector.output());
  assert.deepEqual([...new Set(spans)].sort(), [
    'Lambda.Invoke',
    'POST',
    'envoy.service.ext_proc.v3.ExternalProcessor/Process',
    'policy call-plain',
  ]);
  assert.match(collector.output(), /faas\.invoked_name: Str\(plain\)/);
  assert.match(collector.output(), /service\.name: Str\(lambda-ext-proc\)/);
  assert.equal(await environment.sidecar.metric('lambda_ext_proc_trace_spans_total{outcome="exported"}'), 8);
});

/** Names of the spans of the trace, as the exporter `debug` prints them. */
function spansIn(output: string): readonly string[] {
  const pattern = new RegExp(`Trace ID +: ${TRACE}[\\s\\S]*?Name +: (.+)`, 'g');
  return [...output.matchAll(pattern)].map(([, name = '']) => name.trim());
}
