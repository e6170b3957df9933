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

/** `#xmlEscape`: text for an element or an attribute; what XML 1.0 forbids is dropped. */
export function escapeXml(text: string): string {
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

/** `#jsonEscape`: text for a JSON string, without its quotes; all but printable ASCII is escaped. */
export function escapeJson(text: string): string {
  return text.replace(/["\\/]|[^\x20-\x7e]/g, (char) => JSON_SHORT.get(char) ?? unicodeEscape(char));
}

const unicodeEscape = (char: string) => `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
