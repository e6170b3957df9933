import { isDeepStrictEqual } from 'node:util';

/** What differs between two documents that can both be used: names of APIs, steps and fields, never a value. */
export interface DocumentChanges {
  /** In the order of the newer document, what was removed last. */
  readonly changes: readonly Change[];
  /** How many further ones there are. */
  readonly more: number;
}

export interface Change {
  readonly kind: 'added' | 'removed' | 'changed' | 'reordered';
  /** Undefined: outside of the APIs. */
  readonly api?: string | undefined;
  /** As `request tier`, or `request 2` where the step has no name. */
  readonly step?: string | undefined;
  /** Names of what changed, as `configuration.region`; of an API or step as a whole there are none. */
  readonly fields: readonly string[];
}

const MOST_CHANGES = 200;
const MOST_FIELDS = 30;
const MOST_CHARACTERS = 200;
const STEP_LISTS = ['request', 'response', 'pre', 'post'] as const;
/** Of these it is reported which of their fields changed. */
const OPENED: ReadonlySet<string> = new Set(['defaults', 'limits', 'envoy', 'allow', 'inline', 'configuration']);

type Fields = Readonly<Record<string, unknown>>;

/** `before` and `after`: policies.yaml as plain data. */
export function documentChanges(before: unknown, after: unknown): DocumentChanges {
  const found: Change[] = [];
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const fields = changedFields(old, now, new Set(['apis']));
  if (fields.length > 0) found.push({ kind: 'changed', fields });
  const [oldApis, nowApis] = [fieldsOf(old.apis), fieldsOf(now.apis)];
  for (const name of Object.keys(nowApis)) {
    const api = shown(name);
    if (!Object.hasOwn(oldApis, name)) found.push({ kind: 'added', api, fields: [] });
    else if (!isDeepStrictEqual(oldApis[name], nowApis[name])) {
      found.push(...apiChanges(api, fieldsOf(oldApis[name]), fieldsOf(nowApis[name])));
    }
  }
  for (const name of Object.keys(oldApis)) {
    if (!Object.hasOwn(nowApis, name)) found.push({ kind: 'removed', api: shown(name), fields: [] });
  }
  return { changes: found.slice(0, MOST_CHANGES), more: Math.max(0, found.length - MOST_CHANGES) };
}

function apiChanges(api: string, before: Fields, after: Fields): Change[] {
  const found: Change[] = [];
  const fields = changedFields(before, after, new Set(STEP_LISTS));
  if (fields.length > 0) found.push({ kind: 'changed', api, fields });
  for (const list of STEP_LISTS) {
    const [old, now] = [stepsOf(before[list]), stepsOf(after[list])];
    for (const [key, { step, fields: stepFields }] of now) {
      const earlier = old.get(key);
      const name = `${list} ${step}`;
      if (earlier === undefined) found.push({ kind: 'added', api, step: name, fields: [] });
      else {
        const changed = changedFields(earlier.fields, stepFields, new Set());
        if (changed.length > 0) found.push({ kind: 'changed', api, step: name, fields: changed });
      }
    }
    for (const [key, { step }] of old) {
      if (!now.has(key)) found.push({ kind: 'removed', api, step: `${list} ${step}`, fields: [] });
    }
    if (isReordered([...old.keys()], [...now.keys()])) {
      found.push({ kind: 'reordered', api, fields: [`${list} steps`] });
    }
  }
  return found;
}

interface NamedStep {
  readonly step: string;
  readonly fields: Fields;
}

/** By name, or by function and how often it was there before: so that a step which is put in does not make all others new ones. */
function stepsOf(list: unknown): ReadonlyMap<string, NamedStep> {
  const steps = new Map<string, NamedStep>();
  const seen = new Map<string, number>();
  for (const [i, entry] of (Array.isArray(list) ? list : []).entries()) {
    const fields = fieldsOf(entry);
    const isNamed = typeof fields.name === 'string' && fields.name !== '';
    const identity = JSON.stringify(isNamed ? [fields.name] : [null, fieldsOf(fields.configuration).function]);
    const nth = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, nth);
    steps.set(`${identity} ${nth}`, { step: isNamed ? shown(String(fields.name)) : String(i + 1), fields });
  }
  return steps;
}

function isReordered(before: readonly string[], after: readonly string[]): boolean {
  const [old, now] = [new Set(before), new Set(after)];
  const stayed = before.filter((key) => now.has(key));
  return !isDeepStrictEqual(
    stayed,
    after.filter((key) => old.has(key)),
  );
}

function changedFields(before: Fields, after: Fields, except: ReadonlySet<string>): string[] {
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  const changed = [...names].filter((name) => !except.has(name) && !isDeepStrictEqual(before[name], after[name]));
  const opened = changed.flatMap((name) => {
    if (!OPENED.has(name) || !isObject(before[name] ?? {}) || !isObject(after[name] ?? {})) return [shown(name)];
    const inner = changedFields(fieldsOf(before[name]), fieldsOf(after[name]), new Set());
    return inner.map((field) => `${name}.${field}`);
  });
  return opened.length > MOST_FIELDS ? [...opened.slice(0, MOST_FIELDS), '…'] : opened;
}

function fieldsOf(value: unknown): Fields {
  return isObject(value) ? (value as Fields) : {};
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(name: string): string {
  return name.length > MOST_CHARACTERS ? `${name.slice(0, MOST_CHARACTERS)}…` : name;
}
