// deploy/envoy-gateway, deploy/istio and deploy/kgateway: valid objects, restricted containers, policies that `check` passes with them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkEnvoyFiles, formatProblem } from '../../../src/config/index.ts';
import { containersIn, deploy, findingsOf, manifestsOf, objectsOf, serveOptionsOf } from '../../support/deploy.ts';
import { load } from '../config/support.ts';

/** What kgateway has no field for. */
const UNAVOIDABLE = /GatewayExtension has no field for `metadata_options`/;

for (const name of ['envoy-gateway', 'istio', 'kgateway']) {
  const manifests = manifestsOf(name);
  const objects = manifests.flatMap(({ text }) => objectsOf(text));

  test(`${name}: each object is valid by the schema of its kind`, () => {
    assert.ok(objects.length >= 3);
    for (const object of objects) assert.deepEqual(findingsOf(object), [], object.metadata.name);
  });

  test(`${name}: check has nothing to say about policies and manifests`, () => {
    const file = join(deploy, name, 'policies.yaml');
    const loaded = load(readFileSync(file, 'utf8'), file);
    const files = manifests.map((one) => ({ name: one.file, text: one.text }));
    const problems = [...loaded.warnings, ...checkEnvoyFiles(files, loaded)];
    const lines = problems.map(formatProblem);
    assert.deepEqual(
      lines.filter((line) => name !== 'kgateway' || !UNAVOIDABLE.test(line)),
      [],
    );
  });

  test(`${name}: references among the objects lead somewhere`, () => {
    const known = new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
    const used = objects.flatMap(({ spec }) => referencesIn(spec));
    // What the reader brings: the backend, the chart's Service and ConfigMap.
    const brought = new Set(['Service lambda-ext-proc', 'ConfigMap lambda-ext-proc-patch']);
    assert.deepEqual(
      used.filter((one) => !known.has(one) && !brought.has(one)),
      [],
    );
    assert.ok(used.length > 0);
  });

  test(`${name}: containers keep the restricted policy`, () => {
    for (const container of objects.flatMap(containersIn)) {
      const { runAsGroup: _, ...context } = container.securityContext ?? {};
      assert.deepEqual(context, {
        runAsNonRoot: true,
        runAsUser: 1000,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      });
    }
  });
}

/** `{kind, name}` anywhere in an object. */
function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { kind, name } = value as { readonly kind?: unknown; readonly name?: unknown };
  const own = typeof kind === 'string' && typeof name === 'string' ? [`${kind} ${name}`] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}

test('envoy gateway: envoy finds the socket that the sidecar listens on', () => {
  const objects = manifestsOf('envoy-gateway').flatMap(({ text }) => objectsOf(text));
  const sidecar = objects.flatMap(containersIn).find(({ restartPolicy }) => restartPolicy === 'Always');
  assert.ok(sidecar);
  const options = serveOptionsOf(sidecar);
  const backend = objects.find(({ kind }) => kind === 'Backend');
  const [endpoint] = (backend?.spec?.endpoints ?? []) as { unix: { path: string } }[];
  assert.deepEqual(options.listen, [`unix:${endpoint?.unix.path}`]);
  // Where the probes ask, and what the table of times in docs/guides/life-in-a-pod.md says of a native sidecar.
  assert.deepEqual([options.admin, options.drainGraceMs, options.drainTimeoutMs], ['0.0.0.0:9464', 0, 20_000]);
  const mounts = JSON.stringify(objects).match(/"mountPath":"\/run\/lambda-ext-proc"/g);
  // The sidecar's and Envoy's.
  assert.equal(mounts?.length, 2);
});

test('a field that no schema knows is found', () => {
  const [object] = objectsOf(readFileSync(join(deploy, 'kgateway/orders.yaml'), 'utf8').split('---')[1] ?? '');
  assert.ok(object);
  const spoilt = structuredClone(object) as { spec: { extProc: Record<string, unknown> } } & typeof object;
  spoilt.spec.extProc.allowProcessingModeOverride = true;
  assert.match(findingsOf(spoilt).join(), /allowProcessingModeOverride/);
});
