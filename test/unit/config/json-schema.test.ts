import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { version } from '../../../src/commands/version.ts';
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
    ['envoy', 'envoy'],
    ['limits', 'limits'],
    ['resultStore', 'result store'],
    ['redis', 'redis'],
    ['tls', 'tls'],
    ['rights', 'rights'],
    ['format', 'format'],
    ['variables', 'variable'],
    ['ssl', 'ssl'],
    ['mutations', 'mutations'],
    ['answer', 'answer'],
    ['headers', 'headers'],
    ['roleChain', 'role'],
    ['cache', 'cache'],
    ['streaming', 'streaming'],
    ['retry', 'retry'],
    ['circuitBreaker', 'circuit breaker'],
    ['errorStatus', 'error status'],
    ['api', 'API'],
    ['selectEntry', 'select'],
    ['step', 'step'],
    ['authorizer', 'authorizer'],
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

test('the published schema is the one that documents are checked by', () => {
  assert.deepEqual(published, policiesJsonSchema(version()), 'run `node scripts/generate-schema.ts`');
});

test('every field has a title a description and an example', () => {
  for (const [heading, { properties }] of objects()) {
    for (const [name, field] of Object.entries(properties ?? {})) {
      assert.ok(field.title && field.description && field.examples?.length, `${heading}: ${name}`);
    }
  }
});

test('every default and every example is valid', () => {
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

test('the reference page has every field with its default and no other', () => {
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

test('the schema takes and refuses what check takes and refuses', () => {
  const schema = z.fromJSONSchema(policiesJsonSchema(version()) as Parameters<typeof z.fromJSONSchema>[0]);
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
    step({ answer: { status: '{#lambdaResponse.status}', headers: { remove: ['a'] }, body: 'x' } }),
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
    step({ answer: { status: 600 } }),
    step({ answer: { path: '/' } }),
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
