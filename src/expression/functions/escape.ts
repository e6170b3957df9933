import { limitText } from '../java/limits.ts';
import { javaText } from '../java/object.ts';
import { JavaArray, JavaList, type Run, type Value } from '../value.ts';

const XML: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);
/** What XML 1.0 forbids, half surrogate pairs included. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const XML_SPECIAL = /[&<>"'\x7f-\x84\x86-\x9f]/g;

/** `#xmlEscape(value)`: text for an element or an attribute; what XML 1.0 forbids is dropped. Null stays null. */
export function xmlEscape(value: Value, run: Run): string | null {
  return escaped(value, run, escapeXml);
}

/** `#jsonEscape(value)`: text for a JSON string, without its quotes; all but printable ASCII is escaped. */
export function jsonEscape(value: Value, run: Run): string | null {
  return escaped(value, run, escapeJson);
}

/** Elements of a list, a set or an array are joined by a blank, null among them as nothing; all else is toString(). */
function escaped(value: Value, run: Run, convert: (text: string) => string): string | null {
  if (value === null || value === undefined) return null;
  const items = value instanceof JavaList || value instanceof JavaArray ? value.items : [value];
  run.step(1 + items.length);
  const text = items.map((item) => (item === null ? '' : javaText(item))).join(' ');
  run.step(text.length >> 4);
  limitText(text.length);
  const result = convert(text);
  limitText(result.length);
  return result;
}

function escapeXml(text: string): string {
  return text.replace(FORBIDDEN, '').replace(XML_SPECIAL, (char) => XML.get(char) ?? `&#${char.charCodeAt(0)};`);
}

const JSON_SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['/', '\\/'],
  ['\b', '\\b'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\f', '\\f'],
  ['\r', '\\r'],
]);

function escapeJson(text: string): string {
  return text.replace(/["\\/]|[^\x20-\x7e]/g, (char) => JSON_SHORT.get(char) ?? unicodeEscape(char));
}

const unicodeEscape = (char: string) => `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
