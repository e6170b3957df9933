/** JSON as expressions see it: objects become maps, so that no property name can refer to a method or a prototype. */
function toData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toData);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, toData(item)]));
}

/** The entries of an object, as expressions see them. */
export function dataMap(data: Readonly<Record<string, unknown>> | null | undefined): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(data ?? {}).map(([key, value]) => [key, toData(value)]));
}
