import { LookupEntries } from '../functions/index.ts';
import { JavaList, JavaMap, type Run, type Value } from '../value.ts';
import { toValue } from './from-data.ts';

/** `#request.metadata`: only requested entries are looked up and become values. */
export function metadataMap(data: ReadonlyMap<string, unknown>, run: Run, typed = true): JavaMap {
  const names = () => [...data.keys()];
  const entries = new LookupEntries({
    names,
    has: (name) => data.has(name),
    get: (name) => metadataValue(data.get(name), run),
  });
  return new JavaMap(entries, 'map', typed);
}

function metadataValue(data: unknown, run: Run): Value {
  if (data instanceof Map) return metadataMap(data, run, false);
  if (!Array.isArray(data)) return toValue(data);
  run.step(data.length);
  return new JavaList(data.map((item) => metadataValue(item, run)));
}
