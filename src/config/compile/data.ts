/** JSON as expressions see it: objects become maps, so that no name of theirs can mean a method or a prototype. */
export function toData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toData);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, toData(item)]));
}
