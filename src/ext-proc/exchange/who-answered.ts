import type { RawHeader } from '../../policy/index.ts';

/**
 * An answer that Envoy or another filter made, before the request went on: an error without the header that the
 * router puts on every upstream response. A backend's answer here would mean that the request went round its policies.
 */
export function isLocalReply(status: number, headers: readonly RawHeader[]): boolean {
  return status >= 400 && !isFromUpstream(headers);
}

/** The router marks what a backend answered. */
export function isFromUpstream(headers: readonly RawHeader[]): boolean {
  return headers.some(([name]) => name === 'x-envoy-upstream-service-time');
}
