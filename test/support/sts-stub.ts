import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** What becomes of a call of STS. */
export type StsFault = 'none' | 'reset' | 'hang' | 'unavailable' | 'throttled' | 'nonsense';

/** Stands before a real STS and goes wrong on demand. Requests pass through unchanged, so signatures hold. */
export interface StsStub {
  readonly endpoint: string;
  fault: StsFault;
  /** Connections so far; clients open one for each call. */
  readonly connections: number;
  stop(): Promise<void>;
}

const error = (status: string, code: string): string => {
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Receiver</Type><Code>${code}</Code><Message>no</Message></Error><RequestId>id-1</RequestId></ErrorResponse>`;
  return `HTTP/1.1 ${status}\r\ncontent-type: text/xml\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
};
const answers: Readonly<Partial<Record<StsFault, string>>> = {
  unavailable: error('503 Service Unavailable', 'ServiceUnavailable'),
  throttled: error('400 Bad Request', 'Throttling'),
  nonsense:
    'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\nconnection: close\r\n\r\n<html></html>',
};

/** Tells that sessions end after so many seconds: a document cannot ask for less than AWS gives, 900. */
function shorten(sessionSeconds: number): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const end = new Date(Date.now() + sessionSeconds * 1000).toISOString();
      // As long as before: the length of the answer is told already.
      const write = (old: string): string => (old.length === end.length ? end : `${end.slice(0, old.length - 1)}Z`);
      const text = chunk.toString('latin1').replace(/(?<=<Expiration>)[^<]+/, write);
      done(null, Buffer.from(text, 'latin1'));
    },
  });
}

/** `sessionSeconds`: for how long sessions last by its answers; without it as STS says. */
export async function startStsStub(upstream: string, sessionSeconds?: number): Promise<StsStub> {
  const target = new URL(upstream);
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    return socket;
  };
  const stub = { fault: 'none' as StsFault, connections: 0 };
  const server = createServer((client) => {
    stub.connections++;
    track(client);
    const { fault } = stub;
    const answer = answers[fault];
    if (fault === 'reset') client.once('data', () => client.resetAndDestroy());
    else if (answer !== undefined) client.once('data', () => client.end(answer));
    else if (fault === 'none') {
      const answered = client.pipe(track(connect(Number(target.port), target.hostname)));
      (sessionSeconds === undefined ? answered : answered.pipe(shorten(sessionSeconds))).pipe(client);
    } else client.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(stub, {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}
