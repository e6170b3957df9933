/**
 * `over` laid upon `base`: objects are merged key by key, everything else is replaced; null in `over` counts as said,
 * so that it takes a default away. The result shares no object that is changed later.
 */
export function deepMerge<T>(base: T, over: T): T {
  if (over === undefined) return base;
  if (!isObject(base) || !isObject(over)) return over;
  const merged: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(base), ...Object.keys(over)])) {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    const above = Object.hasOwn(over, key) ? over[key] : undefined;
    merged[key] = deepMerge(below, above);
  }
  return merged as T;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
