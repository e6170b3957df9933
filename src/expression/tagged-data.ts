import type { HeaderScope } from './context.ts';
import { HeadersValue } from './evaluator/headers-value.ts';
import { parseBigDecimal } from './java/big-decimal.ts';
import { JavaArray, JavaBigInteger, JavaDouble, JavaFloat, JavaList, JavaMap, type Value } from './value.ts';

const tags: Readonly<Record<string, (value: unknown) => Value>> = {
  $long: (value) => BigInt(String(value)),
  $double: (value) => new JavaDouble(Number(value)),
  $float: (value) => new JavaFloat(Math.fround(Number(value))),
  $decimal: (value) => parseBigDecimal(String(value)),
  $bigint: (value) => new JavaBigInteger(BigInt(String(value))),
  $headers: (value) => new HeadersValue(new PairHeaders(value)),
  $array: (value) => new JavaArray('java.lang.String', Array.isArray(value) ? value.map(String) : []),
};

class PairHeaders implements HeaderScope {
  readonly #pairs: readonly (readonly [string, string])[];

  constructor(pairs: unknown) {
    this.#pairs = Array.isArray(pairs) ? pairs.map((pair) => [String(pair?.[0]), String(pair?.[1])]) : [];
  }

  values(name: string): readonly string[] | undefined {
    const found = this.#pairs.filter(([key]) => key.toLowerCase() === name);
    return found.length === 0 ? undefined : found.map(([, value]) => value);
  }

  names(): readonly string[] {
    return this.#pairs.map(([key]) => key).filter((key, i, keys) => keys.indexOf(key) === i);
  }
}

/**
 * JSON data as values of the language, for contexts described as data: a one-key object `{"$long":"7"}` (also $double,
 * $float, $decimal, $bigint, $array, $headers) names a type that JSON lacks.
 */
export function fromTagged(data: unknown): Value {
  if (Array.isArray(data)) return new JavaList(data.map(fromTagged));
  if (typeof data === 'number') {
    if (!Number.isInteger(data) || Object.is(data, -0)) return new JavaDouble(data);
    return data === (data | 0) ? data : BigInt(data);
  }
  if (typeof data !== 'object' || data === null) return data ?? null;
  const entries = Object.entries(data);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && Object.hasOwn(tags, only[0])) return tags[only[0]]?.(only[1]);
  return new JavaMap(new Map(entries.map(([key, value]) => [key, fromTagged(value)])));
}
