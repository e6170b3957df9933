/** Fields by which other files are known, and what to do with them. */
const KINDS: readonly (readonly [fields: readonly string[], message: string])[] = [
  [
    ['static_resources', 'staticResources', 'dynamic_resources', 'dynamicResources', 'resources', 'configs'],
    'this is an Envoy configuration, not policies.yaml: pass it with `--envoy`, in addition to the policies',
  ],
  [
    ['apiVersion'],
    'this is a Kubernetes object, not policies.yaml: pass it with `--envoy`, in addition to the policies; for a ConfigMap, pass the text in its data',
  ],
  [['tests'], 'this is a test file, not policies.yaml: run it with `lambda-ext-proc test`'],
  [
    ['definitionVersion', 'gravitee', 'definition', 'api', 'proxy'],
    'this is an API definition of Gravitee, not policies.yaml: convert it with `lambda-ext-proc import-gravitee`',
  ],
];

/** The field that tells of another kind of file, and what to do with it. */
export function foreignField(data: unknown): { readonly field: string; readonly message: string } | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || Object.hasOwn(data, 'apis')) return undefined;
  for (const [fields, message] of KINDS) {
    const field = fields.find((name) => Object.hasOwn(data, name));
    if (field !== undefined) return { field, message };
  }
  return undefined;
}
