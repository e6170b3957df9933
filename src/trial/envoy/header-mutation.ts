import type { ProcessingResponse } from '../../ext-proc/index.ts';
import { isHeaderValue } from '../../http-syntax.ts';
import { type HeaderLine, withoutHeader } from '../http-message.ts';
import { EnvoyRejection } from './rejection.ts';

type HeaderMutation = NonNullable<NonNullable<ProcessingResponse['immediate_response']>['headers']>;

/** Envoy's defaults of the connection manager: number of headers, and their bytes in total. */
const messageLimits = { lines: 100, bytes: 60 * 1024 };
/** Headers of an immediate response have none. */
export const unlimited = { lines: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
/** Refused unless `mutation_rules` allow it. */
const ROUTING: ReadonlySet<string> = new Set(['host', ':authority', ':scheme', ':method']);

/**
 * The headers after a mutation, as Envoy 1.40 applies it (docs/notes/envoy.md, What the server may answer): first what is removed, then what is set, which
 * overwrites unless `append` says otherwise. Throws EnvoyRejection, as Envoy answers with `mutation_rules: {disallow_is_error: true}`.
 */
export function applyHeaderMutation(
  headers: readonly HeaderLine[],
  mutation: HeaderMutation | null | undefined,
  limits: { readonly lines: number; readonly bytes: number } = messageLimits,
): readonly HeaderLine[] {
  if (mutation === null || mutation === undefined) return headers;
  const { remove_headers: removed = [], set_headers: set = [] } = mutation;
  if (removed.length > limits.lines || set.length > limits.lines) {
    throw new EnvoyRejection(`a header mutation has more than ${limits.lines} operations of one kind`);
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
  if (result.length > limits.lines) throw new EnvoyRejection(`a mutation leaves more than ${limits.lines} headers`);
  const bytes = result.reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0);
  if (bytes > limits.bytes) throw new EnvoyRejection(`a mutation leaves more than ${limits.bytes} bytes of headers`);
  return result;
}

function isRemovable(name: string): boolean {
  return !name.startsWith(':') && name !== 'host';
}

function checkChange(name: string, value: string): void {
  if (ROUTING.has(name) || name.startsWith('x-envoy-')) {
    throw new EnvoyRejection(`a mutation of ${name} is not allowed without mutation_rules`);
  }
  if (!isHeaderValue(value)) throw new EnvoyRejection(`the value of ${name} has an invalid character`);
}

function textOf(bytes: Buffer | Uint8Array | string | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes as Uint8Array).toString();
}
