import { isUtf8 } from 'node:buffer';
import { type BytesDocument, bytesOf } from './bytes.ts';

/** One place where the actual value differs from the expected one. */
export interface Difference {
  /** The place in the compared value: `.customer`, `[2].id`; "" for the whole value. */
  readonly at: string;
  readonly expected: string;
  readonly actual: string;
}

const MAX_DIFFERENCES = 10;
const MAX_TEXT = 200;

/** The differences between bytes and the expected value; [] if there are none. */
export function differencesOf(expected: BytesDocument, actual: Buffer): readonly Difference[] {
  if (expected.kind === 'none') {
    return actual.length === 0 ? [] : [{ at: '', expected: 'nothing', actual: shownBytes(actual) }];
  }
  if (expected.kind === 'text' || expected.kind === 'bytes') {
    const bytes = bytesOf(expected);
    if (bytes.equals(actual)) return [];
    const bothText = isUtf8(bytes) && isUtf8(actual);
    return [bothText ? textDifference(bytes.toString(), actual.toString()) : byteDifference(bytes, actual)];
  }
  const value = parsed(actual);
  if (value === undefined)
    return [{ at: '', expected: shown(expected.value), actual: `${shownBytes(actual)}, which is not JSON` }];
  const found: Difference[] = [];
  compareJson(expected.value, value.json, '', { found, isSubset: expected.kind === 'subset' });
  return found.slice(0, MAX_DIFFERENCES);
}

function byteDifference(expected: Buffer, actual: Buffer): Difference {
  return { at: '', expected: shownBytes(expected), actual: shownBytes(actual) };
}

/** Long texts are shown from a little before the first character that differs. */
function textDifference(expected: string, actual: string): Difference {
  let same = 0;
  while (same < expected.length && expected[same] === actual[same]) same++;
  const from = Math.max(0, same - 20);
  if (expected.length <= MAX_TEXT && actual.length <= MAX_TEXT) {
    return { at: '', expected: shown(expected), actual: actual === '' ? 'nothing' : shown(actual) };
  }
  const cut = (text: string): string => `…${shown(text.slice(from, from + MAX_TEXT))}…`;
  return { at: ` from character ${from + 1}`, expected: cut(expected), actual: cut(actual) };
}

interface Comparison {
  readonly found: Difference[];
  /** Fields that the expected objects do not name are ignored. */
  readonly isSubset: boolean;
}

function compareJson(expected: unknown, actual: unknown, at: string, comparison: Comparison): void {
  const { found, isSubset } = comparison;
  if (found.length >= MAX_DIFFERENCES || Object.is(expected, actual)) return;
  if (Array.isArray(expected) && Array.isArray(actual)) {
    for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
      compareMember(expected, actual, i, `${at}[${i}]`, comparison);
    }
  } else if (isObject(expected) && isObject(actual)) {
    const keys = isSubset ? Object.keys(expected) : [...Object.keys(expected), ...Object.keys(actual)];
    for (const key of new Set(keys)) compareMember(expected, actual, key, `${at}${member(key)}`, comparison);
  } else if (expected !== actual) {
    found.push({ at, expected: shown(expected), actual: shown(actual) });
  }
}

function compareMember(
  expected: object,
  actual: object,
  key: string | number,
  at: string,
  comparison: Comparison,
): void {
  const [wanted, came] = [valueAt(expected, key), valueAt(actual, key)];
  if (wanted === undefined) comparison.found.push({ at, expected: 'nothing', actual: shown(came) });
  else if (came === undefined) comparison.found.push({ at, expected: shown(wanted), actual: 'nothing' });
  else compareJson(wanted, came, at, comparison);
}

/** JSON has no undefined. */
function valueAt(container: object, key: string | number): unknown {
  return Object.hasOwn(container, key) ? (container as Readonly<Record<string | number, unknown>>)[key] : undefined;
}

function member(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(bytes: Buffer): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(bytes.toString()) as unknown };
  } catch {
    return undefined;
  }
}

/** A value as JSON, shortened. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

/** Text as JSON has it, other bytes in base64. */
export function shownBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  if (buffer.length === 0) return 'nothing';
  const value = parsed(buffer);
  if (value !== undefined) return shown(value.json);
  return isUtf8(buffer)
    ? shown(buffer.toString())
    : `${buffer.subarray(0, 60).toString('base64')} (base64, ${buffer.length} bytes)`;
}
