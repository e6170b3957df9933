import { JavaList, JavaMap } from '../value.ts';
import { bigDecimalToString, JavaBigDecimal, JavaBigInteger } from './big-decimal.ts';
import { JavaArray, JavaByte, JavaChar, JavaDouble, JavaFloat, JavaShort } from './boxes.ts';
import { doubleToString, floatToString } from './double-text.ts';
import { formatText } from './format-text.ts';
import { JavaEnum } from './java-enum.ts';
import { JavaException, nullPointer } from './java-exception.ts';
import { jsonText } from './json-text.ts';
import { limitText } from './limits.ts';
import { JavaLocale, localeText } from './locale.ts';
import { JavaEntry } from './map-entry.ts';
import { JavaCharset } from './text/charset.ts';
import { temporalText } from './time/temporal-text.ts';
import { JavaUuid } from './uuid.ts';

/** A class outside this folder returns Java's toString here. */
export const JAVA_TEXT = Symbol('javaText');

interface SelfDescribing {
  [JAVA_TEXT](): string;
}

const describesItself = (value: object): value is SelfDescribing => JAVA_TEXT in value;

/** Nesting is bounded where values are made; a deeper one is a mistake. */
const MAX_DEPTH = 200;

/** String.valueOf(Object): Java's toString, `null` for null. */
export function javaText(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object') return String(value);
  if (depth > MAX_DEPTH) throw new JavaException('StackOverflowError', 'values nested too deeply');
  if (value instanceof JavaList) return value.kind === 'json' ? jsonText(value) : listText(value.items, depth);
  if (value instanceof JavaMap) return describesItself(value) ? value[JAVA_TEXT]() : mapText(value, depth);
  if (value instanceof JavaEntry) return `${javaText(value.key, depth + 1)}=${javaText(value.value, depth + 1)}`;
  return numberText(value) ?? temporalText(value) ?? otherText(value);
}

/** The text of a number that is an object; undefined for anything else. */
function numberText(value: object): string | undefined {
  if (value instanceof JavaDouble) return doubleToString(value.value);
  if (value instanceof JavaBigDecimal) return bigDecimalToString(value);
  if (value instanceof JavaBigInteger) return value.value.toString();
  if (value instanceof JavaFloat) return floatToString(value.value);
  if (value instanceof JavaShort || value instanceof JavaByte) return String(value.value);
  return value instanceof JavaChar ? String.fromCharCode(value.code) : undefined;
}

function otherText(value: object): string {
  if (value instanceof JavaEnum) return value.name;
  if (value instanceof JavaLocale) return localeText(value);
  if (value instanceof JavaUuid) return value.text;
  if (value instanceof JavaCharset) return value.name;
  if (describesItself(value)) return value[JAVA_TEXT]();
  const format = formatText(value);
  if (format !== undefined) return format;
  if (value instanceof JavaArray)
    throw new JavaException(
      'UnsupportedOperationException',
      'the toString of an array is its address and is not supported',
    );
  throw new JavaException('UnsupportedOperationException', 'the toString of this object is not supported');
}

function listText(items: readonly unknown[], depth: number): string {
  const texts: string[] = [];
  let length = 2;
  for (const item of items) {
    const text = javaText(item, depth + 1);
    length += text.length + 2;
    limitText(length);
    texts.push(text);
  }
  return `[${texts.join(', ')}]`;
}

function mapText(map: JavaMap, depth: number): string {
  const texts: string[] = [];
  let length = 2;
  for (const [key, item] of map.entries) {
    const text = `${javaText(key, depth + 1)}=${javaText(item, depth + 1)}`;
    length += text.length + 2;
    limitText(length);
    texts.push(text);
  }
  return `{${texts.join(', ')}}`;
}

/** The items of a collection or an array that a parameter takes as one. */
export function listItems(value: unknown): readonly unknown[] {
  if (value instanceof JavaList) return value.items;
  if (value === null) throw nullPointer('the collection is null');
  throw new JavaException('ClassCastException', 'a collection is expected');
}
