import type { Struct, Value } from './protobuf.ts';

export type Json = string | number | boolean | null | undefined | { readonly [key: string]: Json };

/** google.protobuf.Struct keeps camelCase names even where the loader keeps the files' own (docs/notes/envoy.md). */
export function toStruct(object: { readonly [key: string]: Json }): Struct {
  // Object.fromEntries: a name such as __proto__ becomes a field like any other.
  const fields = Object.entries(object).flatMap(([key, value]) => (value === undefined ? [] : [[key, toValue(value)]]));
  return { fields: Object.fromEntries(fields) as Record<string, Value> };
}

function toValue(value: Exclude<Json, undefined>): Value {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return { structValue: toStruct(value) };
}
