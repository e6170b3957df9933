import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Redis, RedisOptions } from 'ioredis';
import { printableLine } from '../printable.ts';
import type { StoreSettings } from './store-settings.ts';

/** For name, connection, TLS and the server's first answer together. */
const CONNECT_MS = 2_000;
/**
 * At most this much arrives before an answer is complete: the largest requested one, and the beginning of the next ones in the same
 * piece. If more arrives, it is not a Redis server, or an intermediary has changed the answer.
 */
const MAX_UNANSWERED_BYTES = 1_500_000;

/**
 * One connection to the server, which ends once: waiting commands are rejected then, and nothing is sent again. The client library's ways to
 * connect, wait and retry have no suitable limits, so it gets a socket and handles only the protocol.
 */
export class StoreConnection {
  /** Resolves once, with the reason. Never rejects. */
  readonly ended: Promise<string>;
  readonly #redis: Redis;
  readonly #socket: Socket;
  #unanswered = 0;

  /** Rejects with an Error that names the reason, without a password. Resolves when the server has answered. */
  static async open(settings: StoreSettings): Promise<StoreConnection> {
    const { Redis, AbstractConnector } = await import('ioredis');
    const end = AbortSignal.timeout(CONNECT_MS);
    // Does not keep the process alive.
    const socket = createSocket(settings).unref();
    const giveUp = (): void => void socket.destroy(new Error(`no answer within ${CONNECT_MS} ms`));
    end.addEventListener('abort', giveUp, { once: true });
    let failure: unknown;
    socket.on('error', (error) => {
      failure ??= error;
    });
    try {
      await once(socket, settings.tls === undefined ? 'connect' : 'secureConnect');
      class GivenSocket extends AbstractConnector {
        async connect(): Promise<Socket> {
          return socket;
        }
        override disconnect(): void {
          socket.destroy();
        }
      }
      const { username, password, database } = settings;
      const redis = new Redis({
        Connector: GivenSocket as unknown as NonNullable<RedisOptions['Connector']>,
        lazyConnect: true,
        protocol: 2,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        db: database,
        // The user may have only the rights to read and to write.
        enableReadyCheck: false,
        disableClientInfo: true,
        enableOfflineQueue: false,
        autoResendUnfulfilledCommands: false,
        maxRetriesPerRequest: 0,
        // Without this handler the client's own would retry.
        retryStrategy: () => {},
      });
      redis.on('error', (error) => {
        failure ??= error;
      });
      const connection = new StoreConnection(redis, socket, () => reasonOf(failure));
      await redis.connect();
      // Without a password nothing was sent yet, and even a hanging server accepts connections.
      await redis.ping().catch((error: unknown) => {
        if (codeOf(error) !== 'NOPERM') throw error;
      });
      if (failure !== undefined) throw failure;
      return connection;
    } catch (error) {
      socket.destroy();
      throw new Error(reasonOf(failure ?? error));
    } finally {
      end.removeEventListener('abort', giveUp);
    }
  }

  private constructor(redis: Redis, socket: Socket, reason: () => string) {
    this.#redis = redis;
    this.#socket = socket;
    this.ended = new Promise((resolve) => {
      socket.once('close', () => resolve(reason()));
    });
    socket.on('data', ({ byteLength }: Buffer) => {
      this.#unanswered += byteLength;
      if (this.#unanswered > MAX_UNANSWERED_BYTES) this.end('it sent more than was requested');
    });
  }

  /** The first bytes of a value; empty if there is none. Rejects with an Error. */
  async read(name: string, bytes: number): Promise<Buffer> {
    const value: unknown = await this.#answer(this.#redis.getrangeBuffer(name, 0, bytes - 1));
    if (!Buffer.isBuffer(value)) throw new Error('it sent an answer that was not requested');
    return value;
  }

  async write(name: string, value: Buffer, ttlMs: number): Promise<void> {
    await this.#answer(this.#redis.set(name, value, 'PX', ttlMs));
  }

  end(reason: string): void {
    this.#socket.destroy(new Error(reason));
  }

  async #answer<T>(command: Promise<T>): Promise<T> {
    try {
      return await command;
    } finally {
      this.#unanswered = 0;
    }
  }
}

function createSocket({ host, port, tls }: StoreSettings): Socket {
  const place = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 };
  if (tls === undefined) return connect(place);
  const { ca, cert, key } = tls;
  return connectTls({
    ...place,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
}

/** The name does not hold a string: another program writes there. */
export function isWrongType(error: unknown): boolean {
  return codeOf(error) === 'WRONGTYPE';
}

/** Of an error that the server has answered, e.g. `NOAUTH`; undefined for others. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return undefined;
  return /^[A-Z]{2,20}\b/.exec(error.message)?.[0] ?? 'ERR';
}

/** The rest of a server's message may repeat what was sent, even a password. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 'MOVED') return 'the server answers MOVED: a cluster is not supported, name one server';
  if (code !== undefined) return `the server answers ${code}`;
  if (error === undefined) return 'the connection was closed';
  return printableLine(error instanceof Error ? error.message : String(error)).slice(0, 200);
}
