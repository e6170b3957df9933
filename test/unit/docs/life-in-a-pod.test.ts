// docs/guides/life-in-a-pod.md: its times and probes are those of the flags and the manifests, and its command says what it says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { serveDefinition } from '../../../src/commands/definitions.ts';
import { startSidecar } from '../../support/sidecar.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const guide = read('docs/guides/life-in-a-pod.md');
const blocks = [...guide.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, language, code = '']) => ({
  language,
  code,
}));
const yaml = blocks.filter(({ language }) => language === 'yaml').map(({ code }) => parse(code));

const fallbackOf = (name: string): string | undefined =>
  serveDefinition.flags.find((flag) => flag.name === name)?.fallback;

interface Container {
  readonly args: readonly string[];
  readonly securityContext: object;
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

interface Probe {
  readonly httpGet: { readonly path: string };
  readonly periodSeconds: number;
  readonly failureThreshold?: number;
}

/** The native sidecar of the manifests for Envoy Gateway. */
function sidecarOfManifest(): Container {
  const [proxy] = parseAllDocuments(read('deploy/envoy-gateway/sidecar.yaml'))
    .map((document) => document.toJS())
    .filter(({ kind }) => kind === 'EnvoyProxy');
  const { initContainers } = proxy.spec.provider.kubernetes.envoyDeployment;
  return initContainers.find(({ name }: { readonly name: string }) => name === 'lambda-ext-proc');
}

test('the defaults of the table are those of the flags, and fit into what Kubernetes gives', () => {
  const [grace, timeout] = ['drain-grace', 'drain-timeout'].map((name) => Number(fallbackOf(name)));
  assert.ok(grace !== undefined && timeout !== undefined);
  const cells = (row: string): string[] => {
    const line = guide.split('\n').find((text) => text.startsWith(`| ${row}`));
    assert.ok(line !== undefined, row);
    return line.split('|').map((cell) => cell.trim());
  };
  assert.deepEqual(cells('`--drain-grace` |').slice(2, 5), ['`0`', "Envoy's drain + 5", `\`${grace}\` (default)`]);
  assert.deepEqual(new Set(cells('`--drain-timeout` |').slice(2, 5)), new Set([`\`${timeout}\` (default)`]));
  assert.ok(grace + timeout + 5 <= 30, 'the default of terminationGracePeriodSeconds');
});

test('the manifests have the times, the probes and the rights of the guide', () => {
  const container = sidecarOfManifest();
  assert.ok(container.args.includes('--drain-grace=0'), container.args.join(' '));
  const [probes, security] = yaml;
  for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
    const { httpGet, periodSeconds, failureThreshold } = container[name];
    const told = probes[name] as Probe;
    assert.deepEqual(
      [httpGet.path, periodSeconds, failureThreshold],
      [told.httpGet.path, told.periodSeconds, told.failureThreshold],
      name,
    );
  }
  assert.deepEqual(container.securityContext, security.securityContext);
});

test('the command of the guide prints the state of a server', async (t) => {
  const sidecar = await startSidecar({ test: t, built: true, args: ['--inline-functions', 'f'] });
  const [command] = blocks.filter(({ code }) => code.includes('kubectl exec')).map(({ code }) => code);
  const [, script = ''] = /node -e "(.*)"$/m.exec(command ?? '') ?? [];
  const { port } = new URL(sidecar.adminUrl);
  assert.ok(script.includes(':9464/'));
  const run = spawnSync(process.execPath, ['-e', script.replace('9464', port)], { encoding: 'utf8' });
  assert.match(run.stdout, /^200 \{\n {2}"ready": true/);
});
