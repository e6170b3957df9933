import type { Struct, Value } from './wire.ts';

export type Json = string | number | boolean | null | undefined | { readonly [key: string]: Json };

/** google.protobuf.Struct keeps camelCase names even where the loader keeps the files' own (facts/envoy-ext-proc.md, 2). */
export function toStruct(object: { readonly [key: string]: Json }): Struct {
  const fields: Record<string, Value> = {};
  for (const [key, value] of Object.entries(object)) if (value !== undefined) fields[key] = toValue(value);
  return { fields };
}

function toValue(value: Exclude<Json, undefined>): Value {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return { structValue: toStruct(value) };
}
