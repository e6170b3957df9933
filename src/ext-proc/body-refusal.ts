import type { RequestHead } from '../policy/index.ts';

/**
 * Why a request's body cannot be waited for, or undefined. An upgrade has no end (Envoy hangs on a BUFFERED one), and
 * a gRPC call may be a stream in both directions that never gets its answer while the request is held.
 */
export function requestBodyRefusal(head: RequestHead): string | undefined {
  if (head.method === 'CONNECT' || head.headers.first('upgrade') !== undefined) {
    return 'an upgraded connection has no body that a policy could read';
  }
  if (isGrpc(head.headers.first('content-type'))) return 'a gRPC request may be an endless stream';
  return undefined;
}

/** Why a response's body cannot be waited for, or undefined. */
export function responseBodyRefusal(status: number, contentType: string | undefined): string | undefined {
  if (status < 200) return 'an upgraded connection has no body that a policy could read';
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
