import { isUtf8 } from 'node:buffer';
import type { ParameterScope } from '../expression/index.ts';
import { queryPairs } from '../formats/index.ts';

/** Query parameters of a request target, decoded, in order; a broken escape stays as it was written. */
export function parseQuery(uri: string): ParameterScope {
  const params = new Map<string, string[]>();
  const start = uri.indexOf('?');
  if (start === -1) return params;
  const fragment = uri.indexOf('#', start);
  for (const [rawName, rawValue] of queryPairs(uri.slice(start + 1, fragment === -1 ? undefined : fragment))) {
    const name = decode(rawName);
    const value = decode(rawValue);
    const values = params.get(name);
    if (values === undefined) params.set(name, [value]);
    else values.push(value);
  }
  return params;
}

const BROKEN = /%(?![0-9a-fA-F]{2})/;
const ESCAPES = /(?:%[0-9a-fA-F]{2})+/g;

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  return spaced.includes('%') && isDecodable(spaced) ? decodeURIComponent(spaced) : spaced;
}

/** Checked before it is decoded: an exception for each of a caller's pairs would block the thread for 100 ms. */
function isDecodable(text: string): boolean {
  if (BROKEN.test(text)) return false;
  return (text.match(ESCAPES) ?? []).every((run) => isUtf8(Buffer.from(run.replaceAll('%', ''), 'hex')));
}
