import { createServer, request as forward } from 'node:http';
import { connect, type Socket } from 'node:net';

/** An HTTP proxy as companies have them: CONNECT for https, absolute URLs for http. */
export interface Proxy {
  readonly url: string;
  /** What it was asked for: `CONNECT host:port` or `POST http://host/path`. */
  readonly asked: readonly string[];
  /** Proxy-Authorization of each. */
  readonly authorizations: readonly (string | undefined)[];
  stop(): Promise<void>;
}

/** `answerConnect`: a status other than 200 refuses all tunnels. */
export async function startProxy(answerConnect = 200): Promise<Proxy> {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    authorizations.push(incoming.headers['proxy-authorization']);
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const onward = forward(String(incoming.url), { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('connect', (incoming, socket: Socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    authorizations.push(incoming.headers['proxy-authorization']);
    if (answerConnect !== 200) {
      socket.end(`HTTP/1.1 ${answerConnect} No\r\n\r\n`);
      return;
    }
    const [host, port] = String(incoming.url).split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward);
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    authorizations,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
