// The guides for control planes, as far as no cluster and no Go is needed: what a reader types on one machine.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { envoyBinary } from '../../scripts/support/tools.ts';
import { deploy, objectsOf } from '../support/deploy.ts';
import { startEnvironment } from '../support/environment.ts';
import { commandsOf, tryLocally } from '../support/local-guide.ts';
import { startLocalLambda } from '../support/local-lambda.ts';

test('the guide to Istio works on one machine as it is written', async (t) => {
  if (spawnSync('curl', ['--version']).error) return t.skip('no curl here');
  await tryLocally(t, 'istio', {
    skips: /^alias/,
    envoy: { from: '.local/venv/bin/envoy', to: envoyBinary() },
  });
});

test('the check of the guide to kgateway passes', () => {
  const commands = commandsOf('kgateway', '1. Check the files');
  assert.equal(commands.length, 1);
  for (const { line } of commands) {
    const shell = `lambda-ext-proc() { "${process.execPath}" src/main.ts "$@"; }; ${line}`;
    const run = spawnSync('bash', ['-c', shell], { cwd: join(deploy, '..'), encoding: 'utf8' });
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /: 0 errors, 1 warning$/m);
  }
});

interface GatewayExtension {
  readonly extProc: {
    readonly grpcService: { readonly authority: string };
    readonly failOpen: boolean;
    readonly messageTimeout: string;
    readonly processingMode: Readonly<Record<string, string>>;
  };
}

test('the extension of kgateway names its api by the authority, and its modes bring what policies read', async (t) => {
  const lambda = await startLocalLambda({ 'customer-tier': () => ({ tier: 'gold' }) });
  t.after(() => lambda.stop());
  const objects = objectsOf(readFileSync(join(deploy, 'kgateway/orders.yaml'), 'utf8'));
  const extension = objects.find(({ kind }) => kind === 'GatewayExtension');
  assert.ok(extension);
  const { extProc } = extension.spec as unknown as GatewayExtension;
  const modes = Object.entries(extProc.processingMode).map(([name, mode]) => {
    return [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), mode];
  });
  const env = { AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' };
  const environment = await startEnvironment(
    {
      policies: readFileSync(join(deploy, 'kgateway/policies.yaml'), 'utf8'),
      env,
      envoy: {
        routes: [{ prefix: '/orders', metadata: {} }],
        allowModeOverride: false,
        processingMode: Object.fromEntries(modes),
        messageTimeout: extProc.messageTimeout,
        requestAttributes: [],
        responseAttributes: [],
        filter: {
          failure_mode_allow: extProc.failOpen,
          grpc_service: { envoy_grpc: { cluster_name: 'sidecar', authority: extProc.grpcService.authority } },
          metadata_options: {},
        },
      },
    },
    t,
  );
  t.after(() => environment.backend.stop());
  const answer = await environment.call('/orders', { method: 'POST', body: '{"customer":"ada"}' });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(lambda.events, [{ customer: 'ada' }]);
  assert.equal(environment.backend.last?.header('x-tier'), 'gold');
});
