import { JavaMap, type Value } from '../value.ts';
import { AttributesValue } from './beans.ts';
import { HeadersValue } from './headers-value.ts';
import { CaseInsensitiveMap } from './principal.ts';

/** Every kind of map as one, walked in its order. */
export function asMap(value: Value): JavaMap | undefined {
  if (value instanceof JavaMap) return value;
  if (value instanceof AttributesValue || value instanceof CaseInsensitiveMap) return value.toMap();
  return undefined;
}

/** Where a bare word in brackets is a key: maps, and headers as the gateway's map of lists. */
export function isMapLike(value: Value): boolean {
  return (
    value instanceof JavaMap ||
    value instanceof AttributesValue ||
    value instanceof CaseInsensitiveMap ||
    value instanceof HeadersValue
  );
}
