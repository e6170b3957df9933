// Where nobody asks for traces no SDK is loaded; where somebody does, what is no request is not recorded.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startOtlpReceiver } from '../../support/otlp-receiver.ts';
import { startSidecar } from '../../support/sidecar.ts';

const root = join(import.meta.dirname, '../../..');

/** Prints each module of OpenTelemetry's SDK that is loaded. prom-client brings the API by itself. */
const hook = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) {
  if (/@opentelemetry.(?!api.)/.test(url)) process.stderr.write('loaded ' + url + '\\n');
  return next(url, context);
} });`;
const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`];
const config = {
  version: 1,
  apis: { default: { request: [{ configuration: { function: 'f', region: 'us-east-1' } }] } },
};

test('no SDK is loaded where traces are off', async (t) => {
  const sidecar = await startSidecar({ config, nodeArgs, env: { OTEL_SERVICE_NAME: 'edge' }, test: t });
  await sidecar.stop();
  assert.doesNotMatch(sidecar.output(), /loaded file:|traces are/);
});

test('the warm-up of a server that traces is not recorded, and a wrong variable keeps no server from serving', async (t) => {
  const receiver = await startOtlpReceiver(t);
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
    OTEL_TRACES_SAMPLER: 'always_on',
    OTEL_BSP_SCHEDULE_DELAY: 'soon',
  };
  const sidecar = await startSidecar({ config, nodeArgs, env, args: ['--warm-up', '200'], test: t });
  await sidecar.stop();
  assert.match(sidecar.output(), /loaded file:\S+sdk-trace/);
  const said = sidecar.logs().filter(({ msg }) => /trace|OpenTelemetry/.test(msg));
  assert.deepEqual(
    said.map(({ level, msg, variable }) => [level, msg, variable]),
    [
      ['warn', 'a variable of OpenTelemetry cannot be used as it is', 'OTEL_BSP_SCHEDULE_DELAY'],
      ['info', 'traces are on', undefined],
    ],
  );
  assert.deepEqual(receiver.spans, []);
});

test('no command but serve has traces', () => {
  const files = globSync('src/**/*.ts', { cwd: root }).filter((file) =>
    readFileSync(join(root, file), 'utf8').includes('startTracing('),
  );
  assert.deepEqual(files.sort(), ['src/commands/serving-node.ts', 'src/tracing/start-tracing.ts']);
});
