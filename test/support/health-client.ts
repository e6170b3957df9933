import { type ChannelCredentials, Client, credentials, status } from '@grpc/grpc-js';

/**
 * One grpc.health.v1 check, written against the wire format (two fields): `SERVING`, `NOT_SERVING`, `UNKNOWN`, or the
 * name of the gRPC status, over a connection of its own. Fails within five seconds.
 */
export function askHealth(
  address: string,
  service = '',
  channel: ChannelCredentials = credentials.createInsecure(),
): Promise<string> {
  const client = new Client(address, channel, {
    'grpc.use_local_subchannel_pool': 1,
    // Node 26 refuses an address as the name that TLS asks for.
    'grpc.ssl_target_name_override': 'localhost',
  });
  const name = Buffer.from(service);
  const request = name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => ['UNKNOWN', 'SERVING', 'NOT_SERVING'][bytes[1] ?? 0] ?? 'UNKNOWN',
      request,
      { deadline: Date.now() + 5_000 },
      (error, answer) => {
        client.close();
        resolve(error === null ? (answer ?? 'UNKNOWN') : (status[error.code] ?? String(error.code)));
      },
    );
  });
}
