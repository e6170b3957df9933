import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { policiesJsonSchema } from '../../../src/config/index.ts';
import { documentSchema } from '../../../src/config/schema/index.ts';

const root = join(import.meta.dirname, '../../..');
const published: Schema = JSON.parse(readFileSync(join(root, 'schema/policies.schema.json'), 'utf8'));

interface Schema {
  readonly $ref?: string;
  readonly type?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Every object with fields, by the heading that the reference page has for it. */
function objects(): ReadonlyMap<string, Schema> {
  const found = new Map<string, Schema>([['The document', published]]);
  const headings = new Map([
    ['limits', 'limits'],
    ['variables', 'variable'],
    ['ssl', 'ssl'],
    ['mutations', 'mutations'],
    ['headers', 'headers'],
    ['roleChain', 'role'],
    ['retry', 'retry'],
    ['circuitBreaker', 'circuit breaker'],
    ['errorStatus', 'error status'],
    ['api', 'API'],
    ['step', 'step'],
    ['configuration', 'configuration'],
    ['responseTemplates', 'response templates'],
  ]);
  const visit = (name: string, schema: Schema): void => {
    if (schema.properties !== undefined && schema !== published) {
      const heading = headings.get(name);
      assert.ok(heading, `${name} has no heading`);
      found.set(heading, schema);
    }
    for (const [key, property] of Object.entries(schema.properties ?? {})) visit(key, property);
    const inner = [schema.items, schema.additionalProperties, ...(schema.anyOf ?? [])];
    for (const part of inner) if (typeof part === 'object') visit(name, part);
  };
  visit('document', published);
  for (const [name, definition] of Object.entries(published.$defs ?? {})) visit(name, definition);
  return found;
}

/** Heading → field → default, as the page's tables have them. */
function documented(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const page = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8');
  const tables = new Map<string, Map<string, string>>();
  for (const section of page.split(/^## /m).slice(1)) {
    const rows = [...section.matchAll(/^\| `([^`]+)` \|[^|]*\| ([^|]+) \|/gm)];
    if (rows.length === 0) continue;
    const heading = section.slice(0, section.indexOf('\n'));
    tables.set(heading, new Map(rows.map(([, field = '', value = '']) => [field, value.trim()])));
  }
  return tables;
}

test('the_published_schema_is_the_one_that_documents_are_checked_by', () => {
  assert.deepEqual(published, policiesJsonSchema(), 'run `node scripts/generate-schema.ts`');
});

test('every_field_has_a_title_a_description_and_an_example', () => {
  for (const [heading, { properties }] of objects()) {
    for (const [name, field] of Object.entries(properties ?? {})) {
      assert.ok(field.title && field.description && field.examples?.length, `${heading}: ${name}`);
    }
  }
});

test('every_default_and_every_example_is_valid', () => {
  const schemaOf = (schema: Schema): z.ZodType => {
    return z.fromJSONSchema({ ...schema, $defs: published.$defs } as Parameters<typeof z.fromJSONSchema>[0]);
  };
  for (const [heading, { properties }] of objects()) {
    for (const [name, field] of Object.entries(properties ?? {})) {
      const values = [...(field.examples ?? []), ...('default' in field ? [field.default] : [])];
      for (const value of values) assert.ok(schemaOf(field).safeParse(value).success, `${heading}: ${name}`);
    }
  }
});

test('the_reference_page_has_every_field_with_its_default_and_no_other', () => {
  const tables = documented();
  const schemas = objects();
  assert.deepEqual([...tables.keys()].sort(), [...schemas.keys()].sort());
  for (const [heading, { properties, required }] of schemas) {
    const expected = Object.entries(properties ?? {}).map(([name, field]) => {
      const value = required?.includes(name) ? 'required' : '–';
      return [name, 'default' in field ? `\`${JSON.stringify(field.default)}\`` : value];
    });
    assert.deepEqual([...(tables.get(heading) ?? [])], expected, heading);
  }
});

test('the_schema_takes_and_refuses_what_check_takes_and_refuses', () => {
  const schema = z.fromJSONSchema(policiesJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  const step = (fields: object): object => ({
    version: 1,
    apis: { a: { request: [{ configuration: { function: 'f', ...fields } }] } },
  });
  const right = [
    { version: 1 },
    { version: 1, $schema: 'x', apis: null },
    step({
      sendToConsumer: '{#true}',
      mutations: { status: 201, headers: { append: { a: ['b'] }, set: { a: null } } },
    }),
    step({ ssl: { trustStoreType: 'PEM' }, roleChain: [{ roleArn: 'x' }], retry: { maxAttempts: 1 } }),
    { version: 1, responseTemplates: { DEFAULT: { '*/*': { status: 500 } } } },
    parse(
      readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8').split('```')[1]?.slice('yaml'.length) ?? '',
    ),
  ];
  const wrong = [
    null,
    {},
    { version: 2 },
    { version: 1, other: 1 },
    { version: 1, unmatched: 'maybe' },
    step({ sendToConsumer: 1 }),
    step({ mutations: { status: 99 } }),
    step({ readTimeoutMs: 1.5 }),
    step({ roleChain: [{}] }),
    { version: 1, responseTemplates: { DEFAULT: { '*/*': {} } } },
  ];
  for (const document of [...right, ...wrong]) {
    const text = JSON.stringify(document);
    assert.equal(documentSchema.safeParse(document).success, right.includes(document), text);
    assert.equal(schema.safeParse(document).success, right.includes(document), text);
  }
});
