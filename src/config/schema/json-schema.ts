import { z } from 'zod';
import { documentSchema } from './document.ts';

/** The JSON Schema of policies.yaml, made of the same definitions by which documents are checked. */
export function policiesJsonSchema(version: string): Record<string, unknown> {
  return jsonSchemaOf(documentSchema, 'policies.schema.json', version);
}

/**
 * A schema for editors, which the package of that version has as schema/`file`. Its `$id` is where the registry's files are served
 * from: for documents that name the schema by an address. The comments that `init` writes name a file, and nothing is fetched.
 */
export function jsonSchemaOf(definition: z.ZodType, file: string, version: string): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(definition, {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => joinNull(jsonSchema),
  });
  return { $schema, $id: `https://unpkg.com/lambda-ext-proc@${version}/schema/${file}`, ...schema };
}

/** `anyOf: [{type: integer}, {type: null}]` becomes `type: [integer, null]`, which editors show as one thing. */
function joinNull(schema: z.core.JSONSchema.BaseSchema): void {
  const [first, second, ...rest] = schema.anyOf ?? [];
  if (first?.type === undefined || second?.type !== 'null' || rest.length > 0) return;
  delete schema.anyOf;
  const { type, enum: values, const: only, ...rules } = first;
  const joined: Record<string, unknown> = { ...rules, type: [type, 'null'] };
  const allowed = values ?? (only === undefined ? undefined : [only]);
  if (allowed !== undefined) joined.enum = [...allowed, null];
  for (const [key, value] of Object.entries(joined)) if (schema[key] === undefined) schema[key] = value;
}
