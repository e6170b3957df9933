import type { RequestMessage } from '../policy/index.ts';

const UPGRADED = 'an upgraded connection has no body that a policy could read';

/**
 * Why a request's body cannot be waited for, or undefined. An upgrade has no end (Envoy hangs on a BUFFERED one), and
 * a gRPC call may be a stream in both directions that never gets its answer while the request is held.
 */
export function requestBodyRefusal(request: RequestMessage): string | undefined {
  if (isTunnel(request)) return UPGRADED;
  if (isGrpc(request.headers.first('content-type'))) return 'a gRPC request may be an endless stream';
  return undefined;
}

/** Whether the bytes after the request's headers are not a body if the answer opens a tunnel. */
export function isTunnel({ method, isUpgrade }: RequestMessage): boolean {
  return method === 'CONNECT' || isUpgrade;
}

/** Whether this answer opens a tunnel. A status of 0 is not known (forward_rules): it may. */
export function isUpgraded(request: RequestMessage | undefined, status: number): boolean {
  if (status > 0 && status < 200) return true;
  if (request === undefined || status >= 300) return false;
  return request.method === 'CONNECT' || (status === 0 && request.isUpgrade);
}

/** Why a response's body cannot be waited for, or undefined. */
export function responseBodyRefusal(upgraded: boolean, contentType: string | undefined): string | undefined {
  if (upgraded) return UPGRADED;
  if (isGrpc(contentType)) return 'a gRPC response may be an endless stream';
  const type = contentType?.toLowerCase() ?? '';
  if (type.startsWith('text/event-stream') || type.startsWith('multipart/x-mixed-replace')) {
    return `${type.split(';', 1)[0]} is an endless stream`;
  }
  return undefined;
}

function isGrpc(contentType: string | undefined): boolean {
  return contentType?.toLowerCase().startsWith('application/grpc') === true;
}
