import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Both ends of a connection within this process; other clients cannot get one of them. Rejects when `cut` is aborted, and then closes everything. */
export async function socketPair(cut: AbortSignal): Promise<readonly [near: Socket, far: Socket]> {
  const server = createServer({ noDelay: true });
  const accepted: Socket[] = [];
  server.on('connection', (socket) => accepted.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let near: Socket | undefined;
  try {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was bound');
    near = connect({ port: address.port, host: '127.0.0.1', noDelay: true });
    await once(near, 'connect', { signal: cut });
    for (;;) {
      // Connections of other clients to the port are closed.
      const far = accepted.find(({ remotePort }) => remotePort === near?.localPort);
      for (const other of accepted) if (other !== far) other.destroy();
      if (far !== undefined) return [near, far];
      await once(server, 'connection', { signal: cut });
    }
  } catch (error) {
    near?.destroy();
    for (const other of accepted) other.destroy();
    throw error;
  } finally {
    server.close();
  }
}
