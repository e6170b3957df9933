import type { FilterMetadata, MetadataValue } from '../../ext-proc/index.ts';

/** Namespace to key to JSON. */
export type JsonMetadata = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** As google.protobuf.Struct, its form of JSON. */
export function filterMetadataOf(metadata: JsonMetadata): FilterMetadata {
  return mapped(metadata, (namespace) => ({ fields: mapped(namespace, structValue) }));
}

function structValue(json: unknown): MetadataValue {
  if (typeof json === 'string') return { stringValue: json };
  if (typeof json === 'number') return { numberValue: json };
  if (typeof json === 'boolean') return { boolValue: json };
  if (Array.isArray(json)) return { listValue: { values: json.map(structValue) } };
  if (typeof json === 'object' && json !== null) return { structValue: { fields: mapped({ ...json }, structValue) } };
  return { nullValue: 'NULL_VALUE' };
}

/** Object.fromEntries: a name such as __proto__ becomes a field like any other. */
function mapped<T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
