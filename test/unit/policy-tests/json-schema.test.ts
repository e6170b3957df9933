// The JSON Schema that editors get is the one by which files of tests are checked.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { version } from '../../../src/commands/version.ts';
import { policyTestsJsonSchema } from '../../../src/policy-tests/index.ts';

const root = join(import.meta.dirname, '../../..');

interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const published: Schema = JSON.parse(readFileSync(join(root, 'schema/policy-tests.schema.json'), 'utf8'));
const schemaOf = (schema: object): z.ZodType =>
  z.fromJSONSchema({ ...schema, $defs: published.$defs } as Parameters<typeof z.fromJSONSchema>[0]);

test('the published schema is the one that files of tests are checked by', () => {
  assert.deepEqual(published, policyTestsJsonSchema(version()), 'run `node scripts/generate-schema.ts`');
});

/** Every field, with the way to it. */
function* fieldsOf(schema: Schema, path: string): Generator<readonly [string, Schema]> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    yield [`${path}.${name}`, field];
    yield* fieldsOf(field, `${path}.${name}`);
  }
  const { items, anyOf = [], additionalProperties, $defs = {} } = schema;
  if (typeof additionalProperties === 'object') yield* fieldsOf(additionalProperties, `${path}.*`);
  if (items !== undefined) yield* fieldsOf(items, `${path}[]`);
  for (const option of anyOf) yield* fieldsOf(option, path);
  for (const [name, definition] of Object.entries($defs)) yield* fieldsOf(definition, name);
}

test('every field has a title, a description and examples that are valid', () => {
  const fields = [...fieldsOf(published, '')];
  assert.ok(fields.length > 50, `${fields.length} fields`);
  for (const [path, field] of fields) {
    assert.ok(field.title && field.description && field.examples?.length, path);
    for (const value of [...field.examples, ...('default' in field ? [field.default] : [])]) {
      assert.ok(schemaOf(field).safeParse(value).success, `${path}: ${JSON.stringify(value)}`);
    }
  }
});

test("the demo's tests fit it, and what check refuses does not", () => {
  const schema = schemaOf(published);
  const demo: unknown = parse(readFileSync(join(root, 'demo/policies.test.yaml'), 'utf8'));
  assert.equal(schema.safeParse(demo).error, undefined);
  const one = (fields: object): object => ({ policies: 'p', tests: [{ name: 'a', expect: {}, ...fields }] });
  assert.ok(schema.safeParse(one({ functions: { f: [{ result: [null] }, { error: 'x' }] } })).success);
  for (const wrong of [
    null,
    {},
    { policies: 'p', tests: [] },
    one({ other: 1 }),
    one({ functions: { f: { reslt: 1 } } }),
    one({ functions: { f: 1 } }),
    one({ request: { headers: { a: 1 } } }),
    one({ expect: { calls: [{ payload: 1 }] } }),
    { ...one({}), secrets: { a: 'b' } },
  ]) {
    assert.equal(schema.safeParse(wrong).success, false, JSON.stringify(wrong));
  }
});
