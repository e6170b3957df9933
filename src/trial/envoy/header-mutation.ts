import type { ProcessingResponse } from '../../ext-proc/index.ts';
import { type HeaderLine, withoutHeader } from '../http-message.ts';
import { EnvoyRejection } from './rejection.ts';

type HeaderMutation = NonNullable<NonNullable<ProcessingResponse['immediate_response']>['headers']>;

/** Envoy's own limits where the connection manager says nothing: lines, and bytes of all of them. */
const MAX_LINES = 100;
const MAX_BYTES = 60 * 1024;
/** Refused unless `mutation_rules` allow it. */
const ROUTING: ReadonlySet<string> = new Set(['host', ':authority', ':scheme', ':method']);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that Envoy refuses
const INVALID_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;

/**
 * The headers after a mutation, as Envoy 1.40 applies it (docs/notes/envoy.md, What the server may answer): first what is removed, then what is set, which
 * overwrites unless `append` says otherwise. Throws EnvoyRejection, as Envoy answers with `mutation_rules: {disallow_is_error: true}`.
 */
export function applyHeaderMutation(
  headers: readonly HeaderLine[],
  mutation: HeaderMutation | null | undefined,
): readonly HeaderLine[] {
  if (mutation === null || mutation === undefined) return headers;
  const { remove_headers: removed = [], set_headers: set = [] } = mutation;
  if (removed.length > MAX_LINES || set.length > MAX_LINES) {
    throw new EnvoyRejection(`a header mutation has more than ${MAX_LINES} operations of one kind`);
  }
  let result = withoutHeader(headers, ...removed.map((name) => name.toLowerCase()).filter(isRemovable));
  for (const { header, append, keep_empty_value: keepEmpty } of set) {
    const name = (header?.key ?? '').toLowerCase();
    const value = textOf(header?.raw_value);
    checkChange(name, value);
    if (value === '' && keepEmpty !== true) continue;
    const kept = append?.value === true ? result : withoutHeader(result, name);
    result = [...kept, [name, value]];
  }
  checkSize(result);
  return result;
}

function isRemovable(name: string): boolean {
  return !name.startsWith(':') && name !== 'host';
}

function checkChange(name: string, value: string): void {
  if (ROUTING.has(name) || name.startsWith('x-envoy-')) {
    throw new EnvoyRejection(`a mutation of ${name} is not allowed without mutation_rules`);
  }
  if (INVALID_VALUE.test(value)) throw new EnvoyRejection(`the value of ${name} has an invalid character`);
}

function checkSize(headers: readonly HeaderLine[]): void {
  if (headers.length > MAX_LINES) throw new EnvoyRejection(`a mutation leaves more than ${MAX_LINES} headers`);
  const bytes = headers.reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0);
  if (bytes > MAX_BYTES) throw new EnvoyRejection(`a mutation leaves more than ${MAX_BYTES} bytes of headers`);
}

function textOf(bytes: Buffer | Uint8Array | string | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes as Uint8Array).toString();
}
