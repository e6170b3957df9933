import { isHeaderName, isHeaderValue } from '../../http-syntax.ts';
import { FormatError } from '../format-error.ts';
import type { JsonSpan } from './json-scanner.ts';
import type { ResultFields } from './result-fields.ts';

/** Values by name in lower case, both in their order: names that differ in case alone are one header. */
export type HeaderFields = Map<string, string[]>;

/** Far more than AWS forwards (10 KiB) and clients accept. */
const MAX_LINES = 1_000;
const MAX_BYTES = 256 * 1024;

/** `headers`: a value for each name. */
export function singleHeaders(fields: ResultFields): HeaderFields {
  return read(fields, 'headers', (value) => {
    const text = headerText(fields, value, 'headers');
    return text === undefined ? [] : [text];
  });
}

/** `multiValueHeaders`: a list for each name. */
export function multiValueHeaders(fields: ResultFields): HeaderFields {
  const { scanner } = fields;
  return read(fields, 'multiValueHeaders', (list) => {
    const kind = scanner.kind(list.start);
    if (kind === 'null') return [];
    if (kind !== 'array') throw new FormatError('multiValueHeaders has a value that is not a list');
    return textsOf(fields, list, 'multiValueHeaders');
  });
}

/** `cookies`: each one a whole set-cookie line. */
export function cookies(fields: ResultFields): HeaderFields {
  const list = fields.value('cookies');
  if (list === undefined) return new Map();
  if (fields.scanner.kind(list.start) !== 'array') throw new FormatError('cookies is not a list');
  const lines = textsOf(fields, list, 'cookies');
  return lines.length === 0 ? new Map() : new Map([['set-cookie', lines]]);
}

/** The values of `first`, then those of `second` that are not among them. */
export function merge(first: HeaderFields, second: HeaderFields): HeaderFields {
  const merged: HeaderFields = new Map(first);
  for (const [name, values] of second) {
    const before = first.get(name);
    merged.set(name, before === undefined ? values : [...before, ...values.filter((value) => !before.includes(value))]);
  }
  return merged;
}

function read(
  fields: ResultFields,
  key: 'headers' | 'multiValueHeaders',
  valuesOf: (value: JsonSpan) => string[],
): HeaderFields {
  const span = fields.value(key);
  const headers: HeaderFields = new Map();
  if (span === undefined) return headers;
  const { scanner } = fields;
  if (scanner.kind(span.start) !== 'object') throw new FormatError(`${key} is not an object`);
  // As for JSON.parse, the last value of a name counts; names in another case are others until here.
  const spans = new Map<string, JsonSpan>();
  scanner.object(span.start, (name, value) => {
    spans.set(scanner.text(name), value);
    if (spans.size > MAX_LINES) throw tooMany();
  });
  let lines = 0;
  let bytes = 0;
  for (const [name, value] of spans) {
    // A pseudo-header is dropped later; any other colon makes the name invalid.
    if (!isHeaderName(name.startsWith(':') ? name.slice(1) : name)) {
      throw new FormatError(`${key} has a name that is not valid`, { cause: new Error(JSON.stringify(name)) });
    }
    const values = valuesOf(value);
    lines += values.length;
    for (const text of values) bytes += name.length + text.length;
    if (lines > MAX_LINES || bytes > MAX_BYTES) throw tooMany();
    if (values.length === 0) continue;
    const lower = name.toLowerCase();
    headers.set(lower, [...(headers.get(lower) ?? []), ...values]);
  }
  return headers;
}

function textsOf(fields: ResultFields, list: JsonSpan, key: string): string[] {
  const texts: string[] = [];
  fields.scanner.array(list.start, (element) => {
    const text = headerText(fields, element, key);
    if (text !== undefined) texts.push(text);
    if (texts.length > MAX_LINES) throw tooMany();
  });
  return texts;
}

/** A scalar as it is written; undefined for null, which leaves the header out. */
function headerText(fields: ResultFields, value: JsonSpan, key: string): string | undefined {
  const { scanner } = fields;
  const kind = scanner.kind(value.start);
  if (kind === 'null') return undefined;
  if (kind === 'object' || kind === 'array') {
    throw new FormatError(`${key} has a value that is neither a text, a number nor a boolean`);
  }
  // Six bytes may encode one.
  if (value.end - value.start > 6 * MAX_BYTES) throw tooMany();
  const text = trimmed(scanner.text(value));
  if (!isHeaderValue(text)) throw new FormatError(`${key} has a value with a control character`);
  return text;
}

/** Blanks around a value are not part of it (RFC 9110, 5.5). A regular expression would take quadratic time for a hostile text. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text, start)) start++;
  while (start < end && isBlank(text, end - 1)) end--;
  return text.slice(start, end);
}

function isBlank(text: string, at: number): boolean {
  const char = text.charCodeAt(at);
  return char === 0x20 || char === 0x09;
}

function tooMany(): FormatError {
  return new FormatError(`the result has more than ${MAX_LINES} headers, or more than ${MAX_BYTES} bytes of them`);
}
