import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type SecureClientSessionOptions } from 'node:http2';
import { connect as connectSocket } from 'node:net';

const path = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';

/** An HTTP/2 connection to a server's Unix socket, below what a gRPC client does. */
export async function openSession(
  address: string,
  options: SecureClientSessionOptions = {},
): Promise<ClientHttp2Session> {
  const socket = connectSocket(address.slice('unix:'.length));
  const session = connect('http://sidecar', { ...options, createConnection: () => socket });
  session.on('error', () => {});
  await once(session, 'remoteSettings');
  return session;
}

/** A gRPC stream of the ext_proc service, with nothing sent but its headers. */
export function openStream(session: ClientHttp2Session, metadata: Readonly<Record<string, string>> = {}) {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...metadata,
  });
  stream.on('error', () => {});
  return stream;
}

/** A gRPC frame: the message with its length before it. */
export function frame(message: Uint8Array, length = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

/** Resolves when the server has ended the stream, with its gRPC status where it has one. */
export async function ended(stream: ClientHttp2Stream): Promise<string | undefined> {
  let status: string | undefined;
  const note = (fields: Readonly<Record<string, unknown>>): void => {
    if (typeof fields['grpc-status'] === 'string') status = fields['grpc-status'];
  };
  stream.on('response', note);
  stream.on('trailers', note);
  stream.resume();
  if (!stream.readableEnded) await once(stream, 'end');
  stream.close();
  return status;
}
