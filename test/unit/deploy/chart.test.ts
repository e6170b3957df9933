// deploy/helm without Helm: its files are complete, its values are those of the schema.
// test/long/kubernetes.long.ts renders it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Json } from '../../../scripts/support/kubernetes-schema.ts';
import { chart } from '../../support/deploy.ts';

const read = (name: string): string => readFileSync(join(chart, name), 'utf8');
const values: Json = parse(read('values.yaml'));
const schema: Json = JSON.parse(read('values.schema.json'));
const validator = z.fromJSONSchema(schema);
const templates = readdirSync(join(chart, 'templates')).map((name) => ({ name, text: read(`templates/${name}`) }));
const everything = templates.map(({ text }) => text).join('\n');

/** As Helm lays one set of values over another: lists and texts replace. */
function laidOver(base: unknown, over: unknown): unknown {
  const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap(base) || !isMap(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries(
    [...keys].map((key) => [
      key,
      key in over && key in base ? laidOver(base[key], over[key]) : (over[key] ?? base[key]),
    ]),
  );
}

for (const name of ['values.yaml', ...readdirSync(join(chart, 'ci')).map((file) => `ci/${file}`)]) {
  test(`the schema of the values is true of ${name}`, () => {
    const result = validator.safeParse(laidOver(values, parse(read(name))));
    assert.deepEqual(result.error?.issues ?? [], []);
  });
}

test('the schema refuses values that are misspelt or of another type', () => {
  const wrong = [{ mod: 'sidecar' }, { mode: 'daemonset' }, { drain: { graceSeconds: '5' } }, { image: { tags: 'x' } }];
  for (const one of wrong) assert.equal(validator.safeParse(laidOver(values, one)).success, false, JSON.stringify(one));
});

/** The fields of the schema as paths, `sidecar.target`. */
function fieldsOf({ properties = {} }: { readonly properties?: Readonly<Record<string, Json>> }): readonly string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const inner = fieldsOf(field).map((path) => `${name}.${path}`);
    return [name, ...inner];
  });
}

/** Fields that hold no others and that nothing describes. */
function undescribed(
  { properties = {} }: { readonly properties?: Readonly<Record<string, Json>> },
  prefix: string,
): readonly string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    if (field.properties !== undefined) return undescribed(field, `${prefix}${name}.`);
    return typeof field.description === 'string' ? [] : [prefix + name];
  });
}

/** The keys of values.yaml, as far as the schema has fields for them. */
function keysOf(value: unknown, prefix: string, known: ReadonlySet<string>): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const path = `${prefix}${key}`;
    const isOpen = ![...known].some((field) => field.startsWith(`${path}.`));
    return [path, ...(isOpen ? [] : keysOf(item, `${path}.`, known))];
  });
}

test('values.yaml has each field of the schema with its default and a description', () => {
  const fields = fieldsOf(schema).filter((path) => path !== 'global');
  assert.deepEqual([...keysOf(values, '', new Set(fields))].sort(), [...fields].sort());
  assert.deepEqual(undescribed(schema, ''), []);
});

test('names stay texts, whatever YAML would make of them: a release may be called 123, a service account on', () => {
  const bare = templates.flatMap(({ name, text }) =>
    [...text.matchAll(/\b(?:\w*[nN]ame|instance|\/name|image): \{\{ (?:include|\.)[^}|]*\}\}(?=[\n,}])/g)].map(
      ([found]) => `${name}: ${found}`,
    ),
  );
  assert.deepEqual(bare, []);
});

test('templates use the fields of the schema, and all of them', () => {
  const used = new Set([...everything.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path));
  const fields = fieldsOf(schema).filter((path) => path !== 'global');
  assert.deepEqual(
    [...used].filter((path) => !fields.includes(path)),
    [],
  );
  const leaves = fields.filter((path) => !fields.some((other) => other.startsWith(`${path}.`)));
  assert.deepEqual(
    leaves.filter((path) => !used.has(path)),
    [],
  );
});

test('what templates include and read is there', () => {
  const defined = [...everything.matchAll(/define "([^"]+)"/g)].map(([, name = '']) => name);
  const included = [...everything.matchAll(/include "([^"]+)"/g)].map(([, name = '']) => name);
  assert.deepEqual(
    included.filter((name) => !defined.includes(name)),
    [],
  );
  assert.deepEqual(
    defined.filter((name) => !included.includes(name)),
    [],
  );
  for (const [, file = ''] of everything.matchAll(/\.Files\.Get "([^"]+)"/g)) assert.ok(read(file).length > 0);
});

test('the version of the chart is the version of the program', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  assert.equal(parse(read('Chart.yaml')).appVersion, version);
});
