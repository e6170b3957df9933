/** Fields whose value is one thing, though it may be an object: by key, `true` or those inside of it. */
export interface WholeFields {
  readonly [key: string]: true | WholeFields;
}

const none: WholeFields = {};

/**
 * `base` overridden by `over`: objects are merged key by key, except those of `whole`; everything else is replaced; null in `over`
 * counts as a value, so that it removes a default. The result shares no object that is changed later.
 */
export function deepMerge<T>(base: T, over: T, whole: WholeFields = none): T {
  if (over === undefined) return base;
  if (!isObject(base) || !isObject(over)) return over;
  const merged: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(base), ...Object.keys(over)])) {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    const above = Object.hasOwn(over, key) ? over[key] : undefined;
    const inside = Object.hasOwn(whole, key) ? whole[key] : none;
    merged[key] = inside === true ? (above === undefined ? below : above) : deepMerge(below, above, inside);
  }
  return merged as T;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
