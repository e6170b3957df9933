import type { RawHeader, RequestHead } from '../policy/index.ts';

/**
 * Why a request's body cannot be waited for, or undefined. An upgrade has no end (Envoy hangs on a BUFFERED one), and
 * a gRPC call may be a stream in both directions that never gets its answer while the request is held.
 */
export function refusesRequestBody(head: RequestHead): string | undefined {
  if (head.method === 'CONNECT' || head.headers.first('upgrade') !== undefined) {
    return 'an upgraded connection has no body that a policy could read';
  }
  if (isGrpc(head.headers.first('content-type'))) return 'a gRPC request may be an endless stream';
  return undefined;
}

/** Why a response's body cannot be waited for, or undefined. */
export function refusesResponseBody(status: number, contentType: string | undefined): string | undefined {
  if (status < 200) return 'an upgraded connection has no body that a policy could read';
  if (isGrpc(contentType)) return 'a gRPC response may be an endless stream';
  const type = contentType?.toLowerCase() ?? '';
  if (type.startsWith('text/event-stream') || type.startsWith('multipart/x-mixed-replace')) {
    return `${type.split(';', 1)[0]} is an endless stream`;
  }
  return undefined;
}

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

function isGrpc(contentType: string | undefined): boolean {
  return contentType?.toLowerCase().startsWith('application/grpc') === true;
}
