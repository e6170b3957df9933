import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { installRedis } from '../../scripts/setup/redis.mjs';
import { type Child, startChild, waitFor } from '../../scripts/support/child.ts';
import { freePort } from '../../scripts/support/free-port.ts';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';

/** A real Redis server, and somebody who may do everything to it. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** One command, on a connection of its own. Bulk strings are bytes; an error is thrown with the server's words. */
  command(...parts: readonly (string | Uint8Array)[]): Promise<unknown>;
  /** All names, sorted. */
  names(): Promise<readonly string[]>;
  signal(name: NodeJS.Signals): void;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** The same address again, after `kill`. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** `arguments`: of redis-server, e.g. `--requirepass x`. It is stopped when the test ends. */
export async function startRedis(test: TestContext | undefined, ...args: readonly string[]): Promise<RedisServer> {
  const binary = installRedis(join(import.meta.dirname, '../..'));
  const port = await freePort();
  const directory = temporaryDirectory('redis-');
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  let child: Child;
  const start = async (): Promise<void> => {
    child = startChild('redis', binary, [...fixed, '--dir', directory.path, ...args], {});
    await waitFor(child, 'ready', () => (child.output().includes('Ready to accept connections') ? true : undefined));
  };
  await start();
  const password = args[args.indexOf('--requirepass') + 1];
  const send = (parts: readonly (string | Uint8Array)[]) =>
    command(port, args.includes('--requirepass') ? [['AUTH', password ?? ''], parts] : [parts]);
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid;
    },
    command: (...parts) => send(parts),
    async names() {
      return ((await send(['KEYS', '*'])) as readonly Buffer[]).map(String).sort();
    },
    signal: (name) => child.signal(name),
    async kill() {
      child.signal('SIGKILL');
      await child.exited;
    },
    restart: start,
    async stop() {
      child.signal('SIGCONT');
      await child.stop();
      directory.remove();
    },
  };
  test?.after(() => server.stop());
  return server;
}

/** Sends commands and gives the answer of the last one. Apart from the client that is tested. */
async function command(port: number, commands: readonly (readonly (string | Uint8Array)[])[]): Promise<unknown> {
  const socket = connect({ host: '127.0.0.1', port });
  let received = Buffer.alloc(0);
  try {
    for (const parts of commands) {
      socket.write(`*${parts.length}\r\n`);
      for (const part of parts) {
        socket.write(`$${Buffer.byteLength(part)}\r\n`);
        socket.write(part);
        socket.write('\r\n');
      }
    }
    for (;;) {
      const replies: unknown[] = [];
      let at = 0;
      for (let reply = parse(received, at); reply !== undefined; reply = parse(received, at)) {
        replies.push(reply.value);
        at = reply.end;
      }
      if (replies.length === commands.length) {
        const last = replies.at(-1);
        if (last instanceof Error) throw last;
        return last;
      }
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      received = Buffer.concat([received, chunk]);
    }
  } finally {
    socket.destroy();
  }
}

/** RESP2. Undefined: it is not whole yet. */
function parse(bytes: Buffer, at: number): { readonly value: unknown; readonly end: number } | undefined {
  const lineEnd = bytes.indexOf('\r\n', at);
  if (lineEnd === -1) return undefined;
  const text = bytes.toString('utf8', at + 1, lineEnd);
  const next = lineEnd + 2;
  switch (String.fromCharCode(bytes[at] ?? 0)) {
    case '+':
      return { value: text, end: next };
    case '-':
      return { value: new Error(text), end: next };
    case ':':
      return { value: Number(text), end: next };
    case '$': {
      const length = Number(text);
      if (length === -1) return { value: null, end: next };
      return bytes.length < next + length + 2
        ? undefined
        : { value: bytes.subarray(next, next + length), end: next + length + 2 };
    }
    case '*': {
      const values: unknown[] = [];
      let end = next;
      for (let i = 0; i < Number(text); i++) {
        const item = parse(bytes, end);
        if (item === undefined) return undefined;
        values.push(item.value);
        end = item.end;
      }
      return { value: values, end };
    }
    default:
      throw new Error(`no RESP: ${text}`);
  }
}

/** A way to a server that tests can make slow, or one with TLS, which the Redis from PyPI is built without. */
export async function startRelay(
  test: TestContext,
  port: number,
  options: { readonly tls?: TlsOptions; readonly answers?: (socket: Socket) => void } = {},
): Promise<{ readonly port: number; readonly connections: () => number }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const serve = (socket: Socket): void => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    if (options.answers !== undefined) {
      options.answers(socket);
      return;
    }
    const onward = connect({ host: '127.0.0.1', port });
    sockets.add(onward);
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    onward.on('close', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  };
  const server = options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  return { port: address.port, connections: () => connections };
}
