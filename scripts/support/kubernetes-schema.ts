import { createHash } from 'node:crypto';

export type Json = { readonly [key: string]: unknown };

/** The parts of OpenAPI that a validator of YAML files reads, without descriptions and CEL rules. */
const KEPT = new Set([
  'type',
  'properties',
  'additionalProperties',
  'items',
  'required',
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'anyOf',
  'allOf',
  'oneOf',
  'not',
]);

/** An OpenAPI schema of Kubernetes as a JSON Schema that refuses unknown fields, as `kubectl apply` does by default. */
export function strict(schema: Json): Json {
  if (isEither(schema)) return { type: ['integer', 'string'] };
  const kept = Object.entries(schema).filter(([key]) => KEPT.has(key));
  const result: Record<string, unknown> = Object.fromEntries(kept.map(([key, value]) => [key, inner(key, value)]));
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in schema;
  if (typeof schema.properties === 'object' && !isOpen) result.additionalProperties = false;
  if (schema.nullable === true && typeof schema.type === 'string') result.type = [schema.type, 'null'];
  return result;
}

function inner(key: string, value: unknown): unknown {
  if (key === 'properties') {
    return Object.fromEntries(Object.entries(value as Json).map(([name, item]) => [name, strict(item as Json)]));
  }
  // Alternatives only add `required` and similar rules to the enclosing object, which defines the fields.
  if (key === 'anyOf' || key === 'allOf' || key === 'oneOf') return (value as readonly Json[]).map(bare);
  if (key === 'not') return bare(value as Json);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return strict(value as Json);
  return value;
}

function bare(schema: Json): Json {
  const { additionalProperties: _, ...rest } = strict(schema);
  const { properties } = schema;
  if (typeof properties !== 'object') return rest;
  return {
    ...rest,
    properties: Object.fromEntries(
      Object.entries(properties as Json).map(([name, item]) => [name, bare(item as Json)]),
    ),
  };
}

/** Whether a value may be a number or a text: ports, percentages and quantities. */
function isEither(schema: Json): boolean {
  const description = String(schema.description ?? '');
  return (
    schema['x-kubernetes-int-or-string'] === true ||
    schema.format === 'int-or-string' ||
    description.startsWith('Quantity is a fixed-point representation')
  );
}

/** Repeated parts of at least this size are written once. */
const SHARED_FROM = 120;

/** The same schema with repeated parts as definitions. */
export function compact(schema: Json): Json {
  const seen = new Map<string, number>();
  count(schema, seen);
  const definitions: Record<string, unknown> = {};
  const share = (value: unknown, isRoot = false): unknown => {
    if (Array.isArray(value)) return value.map((item) => share(item));
    if (typeof value !== 'object' || value === null) return value;
    const text = JSON.stringify(value);
    const build = () => Object.fromEntries(Object.entries(value).map(([key, item]) => [key, share(item)]));
    if (isRoot || text.length < SHARED_FROM || (seen.get(text) ?? 0) < 2 || !isSchema(value)) return build();
    const name = createHash('sha256').update(text).digest('hex').slice(0, 8);
    definitions[name] ??= build();
    return { $ref: `#/definitions/${name}` };
  };
  const root = { $schema: 'http://json-schema.org/draft-07/schema#', ...(share(schema, true) as Json) };
  return Object.keys(definitions).length === 0 ? root : { ...root, definitions };
}

/** False for the map of an object's fields, which may have a field named `type`. */
function isSchema(value: object): boolean {
  return 'type' in value && (typeof value.type === 'string' || Array.isArray(value.type));
}

function count(value: unknown, seen: Map<string, number>): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) {
    const text = JSON.stringify(value);
    if (text.length >= SHARED_FROM) seen.set(text, (seen.get(text) ?? 0) + 1);
  }
  for (const item of Object.values(value)) count(item, seen);
}
