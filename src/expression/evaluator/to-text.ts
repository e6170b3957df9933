import { writeJson } from '../functions/index.ts';
import { JavaArray, JavaChar } from '../java/boxes.ts';
import { formatText } from '../java/format-text.ts';
import { JavaEnum } from '../java/java-enum.ts';
import { limitText } from '../java/limits.ts';
import { JavaLocale } from '../java/locale.ts';
import { JavaEntry } from '../java/map-entry.ts';
import { javaText } from '../java/object.ts';
import { JavaCharset } from '../java/text/charset.ts';
import { JavaDate } from '../java/time/java-date.ts';
import { JavaZone } from '../java/time/zone.ts';
import { JavaMathContext } from '../java/types/big-decimal-type.ts';
import { JavaUuid } from '../java/uuid.ts';
import { EvaluationFailure, JavaList, JavaMap, type Run, type Value } from '../value.ts';
import { Bean } from './bean.ts';
import { ParametersMap } from './beans.ts';
import { HeadersValue } from './headers-value.ts';
import { isNumber } from './numbers.ts';
import { typeName } from './type-name.ts';

/** Whether the original's conversion service knows a way from this value to a string. */
export function hasText(value: Value): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || isNumber(value)) return true;
  if (value instanceof JavaList || value instanceof JavaArray) return true;
  return (
    value instanceof JavaChar ||
    value instanceof JavaEnum ||
    value instanceof JavaDate ||
    value instanceof JavaLocale ||
    value instanceof JavaCharset ||
    value instanceof JavaUuid ||
    value instanceof JavaZone ||
    value instanceof JavaMathContext ||
    // Through a constructor that takes a text, as the original sees it.
    formatText(value as object) !== undefined
  );
}

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

/** Maps of the gateway's own, which are no data to send on. */
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
