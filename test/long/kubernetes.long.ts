// deploy/ by the programs that its users run: Helm renders every value set, kubeconform holds all objects against the schemas of
// their kinds, and Kubernetes's own code the pods against the restricted policy. Needs Go and the network for the first run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { goProgram, goTool, hasGo } from '../../scripts/support/go-tool.ts';
import type { Json } from '../../scripts/support/kubernetes-schema.ts';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { runMain } from '../support/command.ts';
import {
  type Container,
  chart,
  containersIn,
  deploy,
  type KubernetesObject,
  manifestsOf,
  objectsOf,
  schemas,
  serveOptionsOf,
} from '../support/deploy.ts';

const valueSets = readdirSync(join(chart, 'ci'));
const skip = hasGo() ? false : 'no Go here';

function helm(args: readonly string[]): {
  readonly text: string;
  readonly errors: string;
  readonly code: number | null;
} {
  const run = spawnSync(goTool('helm'), args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return { text: run.stdout, errors: run.stderr, code: run.status };
}

function rendered(valueSet: string): string {
  const run = helm(['template', 'shop', chart, '--namespace', 'edge', '--values', join(chart, 'ci', valueSet)]);
  assert.equal(run.code, 0, run.errors);
  return run.text;
}

function kubeconform(text: string): string {
  const location = `${schemas}/{{.Group}}_{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`;
  const run = spawnSync(goTool('kubeconform'), ['-strict', '-summary', '-schema-location', location, '-'], {
    input: text,
    encoding: 'utf8',
  });
  assert.equal(run.status, 0, run.stdout + run.stderr);
  return run.stdout;
}

/** The pods that an object makes, or adds its containers to. */
function podsOf(object: KubernetesObject): readonly { readonly metadata: Json; readonly spec: Json }[] {
  const of = (spec: unknown) => [{ metadata: { name: `${object.kind} ${object.metadata.name}` }, spec: spec as Json }];
  if (object.kind === 'Deployment') return of((object.spec as { readonly template: Json }).template.spec);
  const patch = object.data?.deployment;
  const source = patch === undefined ? object.spec : parse(patch).spec.template.spec;
  const containers = containersIn(source);
  if (containers.length === 0) return [];
  const { volumes, terminationGracePeriodSeconds } = (patch === undefined ? podIn(source) : source) as Json;
  return of({ initContainers: containers, containers: [], volumes, terminationGracePeriodSeconds });
}

interface Pod {
  readonly initContainers?: readonly Container[];
  readonly containers?: readonly Container[];
  readonly terminationGracePeriodSeconds?: number;
}

/** `pod` of an EnvoyProxy's deployment. */
function podIn(spec: unknown): Json {
  const { provider } = spec as { provider: { kubernetes: { envoyDeployment: { pod: Json } } } };
  return provider.kubernetes.envoyDeployment.pod;
}

function podSecurity(pods: readonly object[]): { readonly refused: string; readonly code: number | null } {
  const program = goProgram(join(import.meta.dirname, 'kubernetes/pod-security'));
  const run = spawnSync(program, [], { input: JSON.stringify(pods), encoding: 'utf8' });
  return { refused: run.stdout + run.stderr, code: run.status };
}

describe('the chart', { skip }, () => {
  test('has nothing that helm lint finds', () => {
    const run = helm(['lint', '--strict', chart]);
    assert.equal(run.code, 0, run.text + run.errors);
  });

  for (const valueSet of valueSets) {
    describe(valueSet, () => {
      let text = '';
      let objects: readonly KubernetesObject[] = [];
      before(() => {
        text = rendered(valueSet);
        objects = objectsOf(text);
      });

      test('every object is valid by the schema of its kind', () => {
        assert.match(kubeconform(text), /Invalid: 0, Errors: 0, Skipped: 0/);
        assert.ok(objects.length >= 1);
      });

      test('every pod keeps the restricted policy', () => {
        const pods = objects.flatMap(podsOf);
        assert.ok(pods.length === 1);
        assert.deepEqual(podSecurity(pods), { refused: '', code: 0 });
      });

      test('what check gets is what the values say, and it passes', async () => {
        const policies = objects.find(({ data }) => data?.['policies.yaml'] !== undefined)?.data?.['policies.yaml'];
        if (policies === undefined) return assert.match(valueSet, /bare/);
        const directory = temporaryDirectory('chart-');
        try {
          const file = join(directory.path, 'policies.yaml');
          writeFileSync(file, policies);
          const ran = await runMain(['check', '--strict', file]);
          assert.equal(ran.code, 0, ran.stdout);
        } finally {
          directory.remove();
        }
        const given = parse(readFileSync(join(chart, 'ci', valueSet), 'utf8')).policies ?? { version: 1, apis: {} };
        // A text stays as it is, so that the lines of findings are those of the file.
        if (typeof given === 'string') assert.equal(policies.trimEnd(), given.trimEnd());
        else assert.deepEqual(parse(policies), given);
      });

      test('serve understands what its container is given, and the pod has time for both drains', () => {
        const [pod] = objects.flatMap(podsOf);
        const { initContainers = [], containers = [], terminationGracePeriodSeconds } = (pod?.spec ?? {}) as Pod;
        const serving = [...initContainers, ...containers].filter(({ name }) => name === 'lambda-ext-proc');
        assert.equal(serving.length, 1);
        for (const { drainGraceMs, drainTimeoutMs, admin, listen } of serving.map(serveOptionsOf)) {
          assert.equal(admin, '0.0.0.0:9464');
          assert.equal(listen.length, 1);
          const isNative = containers.length === 0;
          assert.equal(drainGraceMs === 0, isNative);
          // Envoy Gateway sets the time of its pods itself: Envoy's drain and 300 s.
          const seconds = terminationGracePeriodSeconds ?? 360;
          assert.ok(seconds * 1000 > drainGraceMs + drainTimeoutMs, String(seconds));
        }
      });
    });
  }

  test('the patch makes a valid Deployment of one that has Envoy', () => {
    const patch = objectsOf(rendered('pod-values.yaml')).find(({ data }) => data?.deployment !== undefined);
    const { spec } = parse(patch?.data?.deployment ?? '') as { spec: { template: { spec: { containers: Json[] } } } };
    const labels = { app: 'gateway' };
    const containers = spec.template.spec.containers.map((container): Json => ({ ...container, image: 'proxy' }));
    const template = { metadata: { labels }, spec: { ...spec.template.spec, containers } };
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'gateway' } };
    kubeconform(JSON.stringify({ ...object, spec: { selector: { matchLabels: labels }, template } }));
    assert.deepEqual(
      containers.map(({ name }) => name),
      ['istio-proxy'],
    );
  });

  test('the example for Envoy Gateway is what the chart renders', () => {
    const policies = join(deploy, 'envoy-gateway/policies.yaml');
    const run = helm([
      'template',
      'lambda-ext-proc',
      chart,
      '--set',
      'mode=sidecar',
      '--set-file',
      `policies=${policies}`,
    ]);
    const ofChart = objectsOf(run.text).find(({ kind }) => kind === 'EnvoyProxy')?.spec;
    const example = readFileSync(join(deploy, 'envoy-gateway/sidecar.yaml'), 'utf8');
    const ofExample = objectsOf(example).find(({ kind }) => kind === 'EnvoyProxy')?.spec;
    // The default of Kubernetes for an image with a tag, and a variable that the check does not read.
    const rest = JSON.stringify(ofChart, (key, value) => {
      const isCheck = typeof value === 'object' && value !== null && value.name === 'lambda-ext-proc-check';
      return key === 'imagePullPolicy' ? undefined : isCheck ? { ...value, env: undefined } : value;
    });
    assert.deepEqual(JSON.parse(rest), ofExample);
  });

  test('the commands of the guide render', () => {
    const guide = readFileSync(join(chart, '../../docs/guides/helm.md'), 'utf8');
    const commands = [...guide.matchAll(/^```sh\n(.*)\n```$/gm)].map(([, command = '']) => command);
    assert.equal(commands.length, 4);
    for (const command of commands) {
      const shell = command.replace(/^helm /, `"${goTool('helm')}" `);
      const run = spawnSync('bash', ['-c', shell], { cwd: join(chart, '../..'), encoding: 'utf8' });
      assert.equal(run.status, 0, run.stderr);
      assert.match(kubeconform(run.stdout), /Invalid: 0, Errors: 0, Skipped: 0/, command);
    }
  });

  test('values that are misspelt are refused', () => {
    const run = helm(['template', 'shop', chart, '--set', 'mod=sidecar']);
    assert.notEqual(run.code, 0);
    assert.match(run.errors, /mod/);
  });

  test('a pod that has no time for the drain of Envoy is refused', () => {
    const args = ['template', 'shop', chart, '--set', 'mode=sidecar,sidecar.target=pod,drain.timeoutSeconds=20'];
    const rendering = (seconds: number) => helm([...args, '--set', `sidecar.terminationGracePeriodSeconds=${seconds}`]);
    assert.equal(rendering(26).code, 0);
    assert.match(rendering(25).errors, /leaves Envoy no time/);
  });

  test('a service monitor behind a network policy that admits nobody is refused', () => {
    const run = helm(['template', 'shop', chart, '--set', 'monitoring.serviceMonitor.enabled=true']);
    assert.notEqual(run.code, 0);
    assert.match(run.errors, /networkPolicy\.metricsFrom/);
  });
});

describe('the examples', { skip }, () => {
  for (const name of ['envoy-gateway', 'istio', 'kgateway']) {
    test(`${name}: every object is valid by the schema of its kind`, () => {
      const text = manifestsOf(name).map((one) => one.text);
      assert.match(kubeconform(text.join('\n---\n')), /Invalid: 0, Errors: 0, Skipped: 0/);
    });
  }

  test('the containers of envoy gateway keep the restricted policy', () => {
    const objects = manifestsOf('envoy-gateway').flatMap(({ text }) => objectsOf(text));
    const pods = objects.flatMap(podsOf);
    assert.equal(pods.length, 1);
    assert.deepEqual(podSecurity(pods), { refused: '', code: 0 });
  });
});

test('the restricted policy refuses a pod that breaks it', { skip }, () => {
  const container = { name: 'x', image: 'x', securityContext: { allowPrivilegeEscalation: true } };
  const { refused, code } = podSecurity([{ metadata: { name: 'bad' }, spec: { containers: [container] } }]);
  assert.equal(code, 1);
  assert.match(refused, /bad: .*allowPrivilegeEscalation.*runAsNonRoot.*seccompProfile/s);
});

test('a schema refuses a field that its kind does not have', { skip }, () => {
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndate: {}\n';
  assert.throws(() => kubeconform(text), /date/);
});
