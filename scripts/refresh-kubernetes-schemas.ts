// Updates test/long/kubernetes/schemas: JSON Schemas of the kinds that deploy/ uses, generated from Kubernetes's OpenAPI document and the
// control planes' custom resource definitions in the Go modules named here. Needs Go and the network.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { compact, type Json, strict } from './support/kubernetes-schema.ts';

const target = join(import.meta.dirname, '../test/long/kubernetes/schemas');

interface Source {
  readonly module: string;
  readonly files: readonly string[];
  readonly kinds: readonly string[];
}

const KUBERNETES = 'k8s.io/kubernetes@v1.37.2';
/** Names of definitions in Kubernetes's OpenAPI document, without `io.k8s.api.`. */
const BUILT_IN = [
  'apps.v1.Deployment',
  'autoscaling.v2.HorizontalPodAutoscaler',
  'core.v1.ConfigMap',
  'core.v1.Service',
  'core.v1.ServiceAccount',
  'networking.v1.NetworkPolicy',
  'policy.v1.PodDisruptionBudget',
];

const envoyGateway = 'charts/gateway-crds-helm/templates';
const custom: readonly Source[] = [
  {
    module: 'github.com/envoyproxy/gateway@v1.9.0',
    files: [
      `${envoyGateway}/standard-gatewayapi-crds.yaml`,
      ...['backends', 'backendtrafficpolicies', 'clienttrafficpolicies', 'envoyextensionpolicies', 'envoyproxies'].map(
        (name) => `${envoyGateway}/generated/gateway.envoyproxy.io_${name}.yaml`,
      ),
    ],
    kinds: [
      'GatewayClass',
      'Gateway',
      'HTTPRoute',
      'Backend',
      'BackendTrafficPolicy',
      'ClientTrafficPolicy',
      'EnvoyExtensionPolicy',
      'EnvoyProxy',
    ],
  },
  {
    module: 'istio.io/api@v1.32.0',
    files: ['kubernetes/customresourcedefinitions.gen.yaml'],
    kinds: ['EnvoyFilter'],
  },
  {
    module: 'github.com/kgateway-dev/kgateway/v2@v2.2.0',
    files: ['backendconfigpolicies', 'gatewayextensions', 'listenerpolicies', 'trafficpolicies'].map(
      (name) => `install/helm/kgateway-crds/templates/gateway.kgateway.dev_${name}.yaml`,
    ),
    kinds: ['BackendConfigPolicy', 'GatewayExtension', 'ListenerPolicy', 'TrafficPolicy'],
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    files: ['prometheusrules', 'servicemonitors'].map(
      (name) => `example/prometheus-operator-crd/monitoring.coreos.com_${name}.yaml`,
    ),
    kinds: ['PrometheusRule', 'ServiceMonitor'],
  },
  {
    module: 'github.com/cert-manager/cert-manager@v1.21.2',
    files: ['deploy/crds/cert-manager.io_certificates.yaml'],
    kinds: ['Certificate'],
  },
];

/** The directory of a Go module, which is downloaded first. */
function directoryOf(module: string): string {
  const scratch = mkdtempSync(join(tmpdir(), 'modules-'));
  try {
    const printed = execFileSync('go', ['mod', 'download', '-json', module], { cwd: scratch, encoding: 'utf8' });
    return String((JSON.parse(printed) as { Dir: string }).Dir);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function write(group: string, kind: string, version: string, schema: Json): void {
  // Istio's definitions do not contain these fields of Kubernetes.
  const object = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } };
  const whole = { ...schema, properties: { ...object, ...(schema.properties as Json) } };
  const name = `${group}_${kind.toLowerCase()}_${version}.json`;
  writeFileSync(join(target, name), `${JSON.stringify(compact(strict(whole)))}\n`);
}

interface Definition {
  readonly kind?: string;
  readonly spec?: {
    readonly group: string;
    /** Absent in other kinds that have a `spec`. */
    readonly names?: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: Json };
    }[];
  };
}

function writeCustom({ module, files, kinds }: Source): void {
  const directory = directoryOf(module);
  for (const file of files) {
    // Remove lines of Helm templates around whole documents.
    const text = readFileSync(join(directory, file), 'utf8').replaceAll(/^\s*\{\{.*\}\}\s*$/gm, '');
    for (const document of parseAllDocuments(text)) {
      const definition = document.toJS() as Definition | null;
      if (definition?.spec?.names === undefined || !kinds.includes(definition.spec.names.kind)) continue;
      const { group, names, versions } = definition.spec;
      for (const { name, storage, schema } of versions) {
        // Istio stores v1beta1 or v1, but also accepts the version in the examples.
        if (storage || names.kind === 'EnvoyFilter') write(group, names.kind, name, schema.openAPIV3Schema);
      }
    }
  }
}

function writeBuiltIn(): void {
  const file = join(directoryOf(KUBERNETES), 'api/openapi-spec/swagger.json');
  const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Record<string, Json> };
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const { $ref } = value as { readonly $ref?: string };
    if (typeof $ref === 'string') return resolve(definitions[$ref.replace('#/definitions/', '')] ?? {});
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
  };
  for (const name of BUILT_IN) {
    const [group = '', version = '', kind = ''] = name.split('.');
    // File names as kubeconform expects them: for kinds without a group, the version replaces the group.
    const full = { core: 'v1', networking: 'networking.k8s.io' }[group] ?? group;
    write(full, kind, version, resolve(definitions[`io.k8s.api.${name}`]) as Json);
  }
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
writeBuiltIn();
for (const source of custom) writeCustom(source);
