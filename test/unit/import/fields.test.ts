// Every field of every form of a definition: set alone, and among all others, it changes what is written or is in the
// report. A field that is neither would be lost in silence.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ImportError, type ImportResult, importDefinition } from '../../../src/import/index.ts';
import type { Sample } from './fields/parts.ts';
import { v2, v2Management } from './fields/v2.ts';
import { automation, v4Export, v4Resource } from './fields/v4.ts';

type Path = readonly (string | number)[];

const lambda = (name: string): Sample => ({
  name,
  policy: 'aws-lambda',
  configuration: { function: name, payload: 'x' },
});
const endpointV4 = {
  name: 'e',
  type: 'http-proxy',
  inheritConfiguration: true,
  configuration: { target: 'http://127.0.0.1:1' },
};
const baseV4: Sample = {
  definitionVersion: 'V4',
  type: 'PROXY',
  name: 'base',
  listeners: [{ type: 'HTTP', paths: [{ path: '/base' }], entrypoints: [{ type: 'http-proxy' }] }],
  endpointGroups: [{ name: 'g', type: 'http-proxy', endpoints: [endpointV4] }],
  flows: [
    {
      name: 'f',
      selectors: [{ type: 'HTTP', path: '/', pathOperator: 'STARTS_WITH' }, { type: 'CONDITION' }],
      request: [lambda('one')],
      response: [lambda('two')],
    },
  ],
};
const planV4 = {
  name: 'free',
  security: { type: 'KEY_LESS' },
  flows: [{ name: 'p', request: [lambda('three')], response: [lambda('four')] }],
};
const stepV2 = (name: string, scope: string): Sample => ({
  ...lambda(name),
  configuration: { function: name, payload: 'x', scope },
});
const flowV2 = { name: 'f', pre: [stepV2('one', 'REQUEST')], post: [stepV2('two', 'RESPONSE')] };
const baseV2: Sample = {
  gravitee: '2.0.0',
  name: 'base',
  proxy: {
    virtual_hosts: [{ path: '/base' }],
    groups: [{ name: 'g', endpoints: [{ name: 'e', target: 'http://127.0.0.1:1' }] }],
  },
  flows: [{ ...flowV2, 'path-operator': { path: '/', operator: 'STARTS_WITH' } }],
  plans: [{ name: 'free', security: 'KEY_LESS', flows: [flowV2] }],
};
const baseV2Management: Sample = {
  ...baseV2,
  gravitee: undefined,
  definitionVersion: 'V2',
  proxy: { virtualHosts: [{ path: '/base' }], groups: (baseV2.proxy as Sample).groups },
  flows: [{ ...flowV2, pathOperator: { path: '/', operator: 'STARTS_WITH' } }],
};

const forms: Readonly<Record<string, readonly [base: Sample, sample: Sample]>> = {
  'the resource ApiDefinition, and what the gateway has of v2': [baseV2, v2],
  "the management API's v2": [baseV2Management, v2Management],
  "the management API's export of v4": [{ api: baseV4, plans: [planV4] }, v4Export],
  'the resource ApiV4Definition': [
    { kind: 'ApiV4Definition', spec: { ...baseV4, plans: { KEY: planV4 } } },
    v4Resource,
  ],
  'the Automation API': [{ ...baseV4, plans: [planV4] }, automation],
};

function leaves(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  return entries.flatMap(([key, child]) => leaves(child, [...path, key]));
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((inner: unknown, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}

/** A copy with this value at the path, or without the path. */
function withValue(root: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const copy: Record<string | number, unknown> | unknown[] =
    typeof key === 'number' ? [...((root as unknown[] | undefined) ?? [])] : { ...(root as Sample | undefined) };
  const container = copy as Record<string | number, unknown>;
  container[key] = withValue(container[key], rest, value);
  return copy;
}

const written = ({ policies, envoy, secrets }: ImportResult): string => [policies, envoy, secrets].join('\n');

function isReported({ report }: ImportResult, path: Path): boolean {
  const place = path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1);
  return report.some(({ fields }) => {
    return fields.some((field) => place === field || place.startsWith(`${field}.`) || place.startsWith(`${field}[`));
  });
}

/** What is off, closed or of another kind in the samples hides what is in it: here it is on. */
function switchedOn(value: unknown, key: string | number = ''): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = value.filter((item) => !/^(?:CHANNEL|MCP)$/.test(String((item as Sample | null)?.type)));
    return items.map((item, index) => switchedOn(item, index));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([name]) => !/^(?:state|status|sharedPolicyGroupRef)$/.test(name));
    return Object.fromEntries(entries.map(([name, child]) => [name, switchedOn(child, name)]));
  }
  if (key === 'enabled') return true;
  if (key === 'policy') return 'aws-lambda';
  return value;
}

const importObject = (definition: unknown): ImportResult => importDefinition(JSON.stringify(definition), 'api.json');

/** What says which kind of definition it is: without it, or with another value, all is read differently. */
function isForm(path: Path): boolean {
  return /^(?:(?:api|spec)\.)?(?:definitionVersion|gravitee|type|kind)$/.test(path.join('.'));
}

/** Whether a field makes a difference on its own, beside the little that every definition has. */
function showsAlone(base: Sample, plain: ImportResult, path: Path, value: unknown): boolean {
  const result = importObject(withValue(base, path, value));
  return written(result) !== written(plain) || isReported(result, path);
}

/** Whether it makes a difference beside all other fields. A boolean may say what is so without it. */
function showsAmongAll(full: unknown, whole: ImportResult, path: Path): boolean {
  if (isReported(whole, path)) return true;
  const value = valueAt(full, path);
  try {
    return (
      written(importObject(withValue(full, path, typeof value === 'boolean' ? !value : undefined))) !== written(whole)
    );
  } catch (error) {
    // Without it there is no definition.
    return error instanceof ImportError;
  }
}

for (const [form, [base, sample]] of Object.entries(forms)) {
  test(`every field is imported or in the report: ${form}`, (t) => {
    const plain = importObject(base);
    const full = switchedOn(sample);
    const whole = importObject(full);
    const paths = leaves(sample).filter((path) => !isForm(path));
    const missing = paths.filter((path) => {
      const value = valueAt(sample, path);
      const same = valueAt(base, path) === value;
      return (same || !showsAlone(base, plain, path, value)) && !showsAmongAll(full, whole, path);
    });
    assert.deepEqual(
      missing.map((path) => path.join('.')),
      [],
    );
    t.diagnostic(`${paths.length} fields`);
  });
}
