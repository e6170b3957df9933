import type { Logger } from 'pino';
import { isLoopback } from '../loopback.ts';
import { StoreConnection } from './store-connection.ts';
import type { StoreSettings } from './store-settings.ts';

/** The pause between two attempts to connect: doubled after each. */
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;
/** After this many consecutive failures a server is not used for a while: every miss would wait for it. */
const MAX_FAILURES = 5;
const PAUSE_MS = 5_000;
/** Failures of several commands within this time count as one. */
const FAILING_MS = 100;
/** The same problem is logged at most this often. */
const TELL_MS = 60_000;

export interface StoreLinkOptions {
  readonly settings: StoreSettings;
  readonly logger: Logger;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** Keeps a connection to one server whenever possible. Requests never wait for a connection. */
export class StoreLink {
  readonly settings: StoreSettings;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #place: string;
  #connection: StoreConnection | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Consecutive failed attempts to connect and failures of a connection. */
  #attempts = 0;
  #failures = 0;
  #failingSince = 0;
  #isClosed = false;
  #isAway = false;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor({ settings, logger, now }: StoreLinkOptions) {
    this.settings = settings;
    this.#logger = logger;
    this.#now = now;
    const { host, port, tls } = settings;
    this.#place = `${host}:${port}`;
    if (tls === undefined && host !== 'localhost' && !isLoopback(host)) {
      const message = 'the password of the result store and the sizes of its values cross the network without TLS';
      logger.warn({ store: this.#place }, message);
    }
    void this.#connect();
  }

  get connection(): StoreConnection | undefined {
    return this.#connection;
  }

  /** A command was answered. */
  worked(): void {
    this.#failures = 0;
    this.#attempts = 0;
  }

  /** A command was not answered, or not in time. After several consecutive ones the connection ends. */
  failed(connection: StoreConnection, reason: string): void {
    if (connection !== this.#connection) return;
    const now = this.#now();
    if (this.#failures++ === 0) this.#failingSince = now;
    if (this.#failures < MAX_FAILURES || now - this.#failingSince < FAILING_MS) return;
    connection.end(reason);
    this.#lose(connection, reason, PAUSE_MS);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#connection?.end('closed');
    this.#connection = undefined;
  }

  async #connect(): Promise<void> {
    let connection: StoreConnection;
    try {
      connection = await StoreConnection.open(this.settings);
    } catch (error) {
      if (!this.#isClosed) this.#later(error instanceof Error ? error.message : String(error), 0);
      return;
    }
    if (this.#isClosed) return connection.end('closed');
    this.#connection = connection;
    this.#failures = 0;
    void connection.ended.then((reason) => this.#lose(connection, reason, 0));
    if (this.#isAway) this.#logger.info({ store: this.#place }, 'the result store is connected again');
    this.#isAway = false;
  }

  #lose(connection: StoreConnection, reason: string, leastMs: number): void {
    if (this.#connection !== connection || this.#isClosed) return;
    this.#connection = undefined;
    this.#later(reason, leastMs);
  }

  #later(reason: string, leastMs: number): void {
    this.#isAway = true;
    const now = this.#now();
    if (now - this.#toldAt >= TELL_MS) {
      this.#toldAt = now;
      const message = 'the result store cannot be used: functions are called instead';
      this.#logger.warn({ store: this.#place, reason }, message);
    }
    const delay = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempts++);
    // Not all sidecars at the same moment.
    const wait = Math.max(leastMs, delay) * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => void this.#connect(), wait).unref();
  }
}
