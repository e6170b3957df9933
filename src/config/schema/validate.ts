import { z } from 'zod';
import { suggestion } from '../../closest.ts';
import type { DocumentPath } from '../problem.ts';
import { kindRemedy, nameRemedy } from './remedies.ts';

/** Receives each problem: its place, what is expected, and whether the place is the key or the value. */
export type ReportIssue = (path: DocumentPath, message: string, part: 'key' | 'value') => void;

/** The data in its type, or undefined after at least one report. */
export function validate<T extends z.ZodType>(schema: T, data: unknown, report: ReportIssue): z.output<T> | undefined {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  for (const issue of result.error.issues) reportIssue(schema, data, issue, report);
  return undefined;
}

function reportIssue(schema: z.ZodType, data: unknown, issue: z.core.$ZodIssue, report: ReportIssue): void {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const meant = issue.code === 'invalid_union' ? meantOption(issue) : undefined;
  if (meant !== undefined) {
    for (const inner of meant) reportIssue(schema, data, { ...inner, path: [...issue.path, ...inner.path] }, report);
    return;
  }
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const place = [...path, key];
      report(place, `unknown field${fieldAdvice(key, path, valueAt(data, place), schema)}`, 'key');
    }
    return;
  }
  const value = valueAt(data, path);
  if (value === undefined) {
    report(path, `is missing: expected ${expectation(issue)}`, 'value');
    return;
  }
  report(path, describe(issue, value, path.at(-1)), 'value');
}

/** What is wrong with a value of the kind that only one option of a union has. */
function meantOption({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  const isOfAnotherKind = ({ path, code }: z.core.$ZodIssue): boolean =>
    path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
  const options = errors.filter((issues) => !issues.some(isOfAnotherKind));
  return options.length === 1 ? options[0] : undefined;
}

function fieldAdvice(key: string, path: DocumentPath, value: unknown, schema: z.ZodType): string {
  const own = nameRemedy(key);
  if (own !== undefined) return own;
  const known = fieldNames(schema, path);
  const object = objectAt(schema, path);
  const inner = parentOf(key, object) ?? recordOf(value, object);
  if (inner !== undefined) return `: write it under \`${inner}\``;
  const alike = known.find((name) => bare(name) === bare(key));
  if (alike !== undefined) return `, did you mean ${alike}?`;
  for (let length = path.length - 1; length >= 0; length--) {
    if (!fieldNames(schema, path.slice(0, length)).includes(key)) continue;
    const beside = path.slice(length).find((part) => typeof part === 'string') ?? '';
    return `: write it at the level of \`${beside}\``;
  }
  const meant = suggestion(key, known);
  if (meant === '' && path.at(-1) === 'headers' && known.includes('set')) return ': write it under `set`';
  return meant || (known.length === 0 ? '' : `: known are ${known.join(', ')}`);
}

function bare(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
}

function describe(issue: z.core.$ZodIssue, value: unknown, field: string | number | undefined): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${expectation(issue)}, got ${kindOf(value)}${kindRemedy(issue.expected, value, field)}`;
    case 'invalid_value': {
      const texts = issue.values.filter((candidate) => typeof candidate === 'string');
      if (issue.values.some((candidate) => typeof candidate !== 'string' && String(candidate) === value)) {
        return `expected ${expectation(issue)}, without quotes`;
      }
      // YAML reads 2.0 as a number, and may write it as 2.
      const meant = typeof value === 'number' ? texts.find((text) => Number(text) === value) : undefined;
      if (meant !== undefined)
        return `expected ${expectation(issue)} as text: write ${JSON.stringify(meant)}, in quotes`;
      return `expected ${expectation(issue)}${typeof value === 'string' ? suggestion(value, texts) : ''}`;
    }
    case 'invalid_union':
      return `${issue.message}, got ${kindOf(value)}`;
    case 'too_small':
    case 'too_big':
      return `expected ${expectation(issue)}`;
    default:
      return issue.message;
  }
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KIND_NAMES.get(issue.expected) ?? issue.expected;
    case 'invalid_value':
      return issue.values.map(String).join(' or ');
    case 'too_small':
      return issue.origin === 'string' ? 'some text' : `at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'invalid_union':
      return issue.message.replace(/^expected /, '');
    default:
      return 'a value';
  }
}

const KIND_NAMES: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object'],
  ['record', 'an object'],
]);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a number that is not whole';
  return typeof value === 'string' ? 'text' : 'an object';
}

function valueAt(data: unknown, path: DocumentPath): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** The fields that the object at `path` may have. */
function fieldNames(schema: z.ZodType, path: DocumentPath): readonly string[] {
  return Object.keys(objectAt(schema, path)?.shape ?? {});
}

/** The field of an object that has a field `key` itself: one level too high, and nowhere else. */
function parentOf(key: string, object: z.ZodObject | undefined): string | undefined {
  const parents = Object.entries(object?.shape ?? {}).filter(([, type]) => {
    const inner = optionOf(unwrap(type), false);
    return inner instanceof z.ZodObject && Object.hasOwn(inner.shape, key);
  });
  return parents.length === 1 ? parents[0]?.[0] : undefined;
}

/** The field of an object that has entries with the fields of `value`: its indentation is missing. */
function recordOf(value: unknown, object: z.ZodObject | undefined): string | undefined {
  const fields = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const records = Object.entries(object?.shape ?? {}).filter(([, type]) => {
    const inner = unwrap(type);
    const entry = inner instanceof z.ZodRecord ? unwrap(inner.valueType) : undefined;
    return entry instanceof z.ZodObject && fields.every((field) => Object.hasOwn(entry.shape, field));
  });
  return fields.length > 0 && records.length === 1 ? records[0]?.[0] : undefined;
}

function objectAt(schema: z.ZodType, path: DocumentPath): z.ZodObject | undefined {
  let current: unknown = unwrap(schema);
  for (const part of path) {
    current = optionOf(current, typeof part === 'number');
    if (current instanceof z.ZodObject) current = current.shape[part];
    else if (current instanceof z.ZodRecord) current = current.valueType;
    else if (current instanceof z.ZodArray) current = current.element;
    else return undefined;
    current = unwrap(current);
  }
  current = optionOf(current, false);
  return current instanceof z.ZodObject ? current : undefined;
}

/** Of a union the option that is a list, or that has fields: `false` has none. */
function optionOf(schema: unknown, isList: boolean): unknown {
  if (!(schema instanceof z.ZodUnion)) return schema;
  return schema.options
    .map(unwrap)
    .find((option) =>
      isList ? option instanceof z.ZodArray : option instanceof z.ZodObject || option instanceof z.ZodRecord,
    );
}

function unwrap(schema: unknown): unknown {
  let current = schema;
  while (current instanceof z.ZodOptional || current instanceof z.ZodNullable) current = current.unwrap();
  return current;
}
