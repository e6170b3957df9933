import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/**
 * Accesses internals of grpc-js (1.14); the only other file is `ext-proc/message-decoder.ts`. test/unit/server/grpc-internals.test.ts fails when a field moves.
 */

/** Never reached: this switches the guard off, see below. */
const NEVER = 2 ** 31 - 1;

interface Internals {
  readonly commonServerOptions?: Record<string, unknown>;
  readonly http2Servers?: Map<Http2Server, { readonly sessions: Set<ServerHttp2Session> }>;
}

/**
 * Envoy ends each stream with RST_STREAM, good ones too, and nghttp2's guard against "rapid reset" counts those: after
 * 1,000 of them plus 33 a second it closes the connection, and what is in flight on it fails. Likewise node:http2 closes
 * a connection after 1,000 invalid frames, such as the requests of one route or health check with an `:authority` that
 * nghttp2 refuses; the good streams beside them would fail.
 *
 * A value with a blank at its edge is a field that nghttp2 drops silently, with the name of the API in it.
 *
 * grpc-js has no channel option for these settings; it builds its http2 servers from the fields here, so they must be
 * set before it listens.
 */
export function loosenHttp2(server: Server): void {
  const options = (server as unknown as Internals).commonServerOptions;
  if (typeof options !== 'object' || options === null) throw new Error('grpc-js no longer has commonServerOptions');
  options.streamResetBurst = NEVER;
  options.streamResetRate = NEVER;
  options.maxSessionInvalidFrames = NEVER;
  options.strictFieldWhitespaceValidation = false;
}

/** The open HTTP/2 connections, to send GOAWAY on them. */
export function openSessions(server: Server): ServerHttp2Session[] {
  return [...http2Servers(server).values()].flatMap(({ sessions }) => [...sessions]);
}

/** Calls `visit` for each HTTP/2 connection that a client opens from now on. */
export function onSession(server: Server, visit: (session: ServerHttp2Session) => void): void {
  for (const http2Server of http2Servers(server).keys()) http2Server.on('session', visit);
}

/** Calls `visit` with the error that ended a connection, e.g. that the client does not speak HTTP/2. */
export function onSessionError(server: Server, visit: (error: Error) => void): void {
  for (const http2Server of http2Servers(server).keys()) http2Server.on('sessionError', visit);
}

/**
 * Calls `admit` with each stream before grpc-js sees it. It may change the headers; false: it has answered the stream
 * itself, and grpc-js never gets it. `raw` has names and values in turn, as sent.
 */
export function onStream(
  server: Server,
  admit: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[]) => boolean,
): void {
  for (const http2Server of http2Servers(server).keys()) {
    const handlers = http2Server.listeners('stream') as StreamListener[];
    if (handlers.length === 0) throw new Error('grpc-js no longer listens for streams');
    http2Server.removeAllListeners('stream');
    http2Server.on('stream', ((stream, headers, flags, raw) => {
      if (!admit(stream, headers, raw)) return;
      for (const handler of handlers) Reflect.apply(handler, http2Server, [stream, headers, flags, raw]);
    }) satisfies StreamListener);
  }
}

type StreamListener = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, raw: string[]) => void;

function http2Servers(server: Server): NonNullable<Internals['http2Servers']> {
  const servers = (server as unknown as Internals).http2Servers;
  if (!(servers instanceof Map)) throw new Error('grpc-js no longer has http2Servers');
  return servers;
}
