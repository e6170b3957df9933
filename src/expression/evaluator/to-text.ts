import { limitText } from '../java/limits.ts';
import { JavaEntry } from '../java/map-entry.ts';
import { javaText } from '../java/object.ts';
import { EvaluationFailure, JavaArray, JavaList, JavaMap, type Run, type Value } from '../value.ts';
import { Bean } from './bean.ts';
import { ParametersMap } from './beans.ts';
import { hasText } from './has-text.ts';
import { HeadersValue } from './headers-value.ts';
import { writeJson } from './json-writer.ts';
import { typeName } from './type-name.ts';

/**
 * A value as text, as templates and string arguments need it. Lists are their elements joined with commas; a map, or a
 * list with maps in it, is compact JSON, where the original fails. Null stays null.
 */
export function toText(value: Value, run: Run): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof JavaMap && !isBeanLike(value)) return writeJson(value, run);
  if (value instanceof JavaList) return holdsMap(value, run) ? writeJson(value, run) : joined(value.items, run);
  if (value instanceof JavaArray) return joined(value.items, run);
  if (!hasText(value)) throw new EvaluationFailure(`${typeName(value)} has no string form`);
  return javaText(value);
}

/** The gateway's own maps, which are not data to forward. */
const isBeanLike = (value: JavaMap): boolean => value instanceof HeadersValue || value instanceof ParametersMap;

function joined(items: readonly Value[], run: Run): string {
  run.step(items.length);
  let length = 0;
  const texts = items.map((item) => {
    const text = toText(item, run) ?? 'null';
    length += text.length + 1;
    limitText(length);
    return text;
  });
  run.step(length >> 6);
  return texts.join(',');
}

function holdsMap(list: JavaList, run: Run): boolean {
  run.step(list.items.length);
  return list.items.some(
    (item) => (item instanceof JavaMap && !isBeanLike(item)) || (item instanceof JavaList && holdsMap(item, run)),
  );
}

/** What `+` puts beside a string: every object has a toString there, and maps print as `{k=v}`. */
export function concatenated(value: Value, run: Run): string {
  if (value === null) return 'null';
  if (value instanceof Bean || value instanceof HeadersValue) {
    throw new EvaluationFailure(`${typeName(value)} has no string form`);
  }
  if (value instanceof JavaMap) return javaText(value);
  if (value instanceof JavaList && value.items[0] instanceof JavaEntry) return javaText(value);
  if (value instanceof JavaList && holdsMap(value, run)) return listText(value, run);
  return hasText(value) ? (toText(value, run) ?? 'null') : javaText(value);
}

/** Elements by their own conversion, and maps by toString, which is as far as the original gets. */
function listText(list: JavaList, run: Run): string {
  const text = list.items.map((item) => concatenated(item, run)).join(',');
  limitText(text.length);
  return text;
}
