import { percentDecode } from './percent-decode.ts';

/** What follows the first `?` of a request target; "" without one. */
export function queryOf(uri: string): string {
  const start = uri.indexOf('?');
  return start === -1 ? '' : uri.slice(start + 1);
}

/**
 * The pairs of a query as they were sent: split at `&`, without empty pieces; the name ends at the first `=`, and without one
 * the value is "".
 */
export function queryPairs(query: string): readonly (readonly [name: string, value: string])[] {
  if (query === '') return none;
  const pairs: [string, string][] = [];
  for (const piece of query.split('&')) {
    if (piece === '') continue;
    const equals = piece.indexOf('=');
    pairs.push(equals === -1 ? [piece, ''] : [piece.slice(0, equals), piece.slice(equals + 1)]);
  }
  return pairs;
}

const none: readonly (readonly [string, string])[] = [];

/** Values by name, names in the order in which they first came. */
export function queryValues(query: string, decoded: boolean): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, string[]>();
  for (const [rawName, rawValue] of queryPairs(query)) {
    const name = decoded ? decode(rawName) : rawName;
    const value = decoded ? decode(rawValue) : rawValue;
    const values = byName.get(name);
    if (values === undefined) byName.set(name, [value]);
    else values.push(value);
  }
  return byName;
}

function decode(text: string): string {
  return percentDecode(text.includes('+') ? text.replaceAll('+', ' ') : text);
}
