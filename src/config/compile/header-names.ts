import { isHeaderName, isOfConnection } from '../../http-syntax.ts';

const ROUTING: ReadonlySet<string> = new Set(['host', ':authority', ':scheme', ':method']);

export type HeaderVerdict =
  | { readonly kind: 'fine' }
  | { readonly kind: 'error'; readonly reason: string }
  /** Envoy silently drops the change unless the filter's `mutation_rules` have `rule`. */
  | { readonly kind: 'refused-by-envoy'; readonly rule: MutationRule };

export type MutationRule = 'allow_all_routing' | 'allow_envoy';

/** What happens to a header that a policy changes. `name` in lower case. */
export function judgeHeader(name: string): HeaderVerdict {
  if (ROUTING.has(name)) return { kind: 'refused-by-envoy', rule: 'allow_all_routing' };
  if (name.startsWith('x-envoy-')) return { kind: 'refused-by-envoy', rule: 'allow_envoy' };
  if (name === ':path') return { kind: 'error', reason: 'is not a header: use mutations.path' };
  if (name === ':status') return { kind: 'error', reason: 'is not a header: use mutations.status' };
  if (name === 'content-length') return { kind: 'error', reason: 'is set by the server itself from the body' };
  if (isOfConnection(name)) return { kind: 'error', reason: 'belongs to one connection: only Envoy may set it' };
  if (!isHeaderName(name)) return { kind: 'error', reason: 'is not a valid header name' };
  return { kind: 'fine' };
}
