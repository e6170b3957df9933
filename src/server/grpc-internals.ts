import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/**
 * The only file that reaches into grpc-js (1.14). test/unit/server/grpc-internals.test.ts fails when a field moves.
 */

/** High enough never to be reached: the guard is switched off, see below. */
const NEVER = 2 ** 31 - 1;

interface Internals {
  readonly commonServerOptions?: Record<string, unknown>;
  readonly http2Servers?: Map<Http2Server, { readonly sessions: Set<ServerHttp2Session> }>;
}

/**
 * Envoy ends each stream with RST_STREAM, good ones too, and nghttp2's guard against "rapid reset" counts those: after
 * 1,000 of them plus 33 a second it closes the connection, and what is in flight on it fails. grpc-js has no channel
 * option for the two settings; it builds its http2 servers from these fields, so they must be set before it listens.
 */
export function allowRapidResets(server: Server): void {
  const options = (server as unknown as Internals).commonServerOptions;
  if (typeof options !== 'object' || options === null) throw new Error('grpc-js no longer has commonServerOptions');
  options.streamResetBurst = NEVER;
  options.streamResetRate = NEVER;
}

/** The open HTTP/2 connections, to announce on them that the server goes away. */
export function openSessions(server: Server): ServerHttp2Session[] {
  return [...http2Servers(server).values()].flatMap(({ sessions }) => [...sessions]);
}

/** Calls `visit` for each HTTP/2 connection that a client opens from now on. */
export function onSession(server: Server, visit: (session: ServerHttp2Session) => void): void {
  for (const http2Server of http2Servers(server).keys()) http2Server.on('session', visit);
}

/** Calls `visit` with the headers of each stream before grpc-js reads them; it may change them. */
export function onStreamHeaders(server: Server, visit: (headers: IncomingHttpHeaders) => void): void {
  for (const http2Server of http2Servers(server).keys()) {
    http2Server.prependListener('stream', (_stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => visit(headers));
  }
}

function http2Servers(server: Server): NonNullable<Internals['http2Servers']> {
  const servers = (server as unknown as Internals).http2Servers;
  if (!(servers instanceof Map)) throw new Error('grpc-js no longer has http2Servers');
  return servers;
}
