import type { Struct, Value } from './protobuf.ts';

export type Json = string | number | boolean | null | undefined | { readonly [key: string]: Json };

/** google.protobuf.Struct keeps camelCase names even where the loader keeps the files' own (docs/notes/envoy.md). */
export function toStruct(object: { readonly [key: string]: Json }): Struct {
  const fields: Record<string, Value> = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    if (key !== '__proto__') fields[key] = toValue(value);
    // A field like any other.
    else Object.defineProperty(fields, key, { value: toValue(value), enumerable: true });
  }
  return { fields };
}

function toValue(value: Exclude<Json, undefined>): Value {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return { structValue: toStruct(value) };
}
