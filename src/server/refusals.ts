import type { Logger } from '../observability/index.ts';

/** Why a stream was ended before its service had a message of it. */
export type RefusedStream = 'http2' | 'encoding' | 'no_message';
/** Why a connection was ended before it served anything, or to make room for another. */
export type RefusedConnection = 'tls' | 'client_name' | 'http2' | 'limit';

export interface RefusalCounters {
  streamsRefused(reason: RefusedStream, count: number): void;
  connectionRefused(reason: RefusedConnection): void;
}

/** Often enough to be found in the log of the last hour, rarely enough for a flood. */
const AGAIN_MS = 600_000;

const STREAM_TEXTS: Readonly<Record<RefusedStream, string>> = {
  http2:
    'HTTP/2 refused streams before gRPC saw them. Most likely Envoy sends a cluster name that is not a valid ' +
    ':authority, such as one with "|" or "/". Add the line `authority: lambda-ext-proc` to `envoy_grpc`, in the filter, ' +
    'in routes that replace its grpc_service and in `grpc_health_check`. Metadata over 64 KB is refused too',
  encoding: 'streams were refused because their messages are compressed: send them with grpc-encoding: identity',
  no_message: 'streams were ended because their first message did not come within 30 s',
};

const CONNECTION_TEXTS: Readonly<Record<RefusedConnection, string>> = {
  tls: 'TLS connections were refused; `problem` is the reason for the last one',
  client_name: 'clients were refused: no name in their certificate matches --tls-client-name',
  http2:
    'connections were ended because of an HTTP/2 error. Most likely the client speaks HTTP/1.1 or TLS: give the Envoy ' +
    'cluster `http2_protocol_options`, and a TLS `transport_socket` only where the server has --tls-cert',
  limit: 'connections that were idle were closed to make room for new ones: too many are open',
};

interface Seen {
  loggedAt: number;
  since: number;
}

/** Counts what is refused below the services, and logs each reason once, then at most every ten minutes. */
export class Refusals {
  readonly #counters: RefusalCounters;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #seen = new Map<string, Seen>();

  constructor(counters: RefusalCounters, logger: Logger, now: () => number = Date.now) {
    this.#counters = counters;
    this.#logger = logger;
    this.#now = now;
  }

  streams(reason: RefusedStream, count = 1): void {
    this.#counters.streamsRefused(reason, count);
    this.#log(`stream ${reason}`, count, { reason }, STREAM_TEXTS[reason]);
  }

  /** `details` are logged; they must not be a client's own text unless it is bounded. */
  connection(reason: RefusedConnection, details: Readonly<Record<string, unknown>> = {}): void {
    this.#counters.connectionRefused(reason);
    this.#log(`connection ${reason}`, 1, { reason, ...details }, CONNECTION_TEXTS[reason]);
  }

  #log(key: string, count: number, details: Readonly<Record<string, unknown>>, text: string): void {
    const seen = this.#seen.get(key) ?? { loggedAt: Number.NEGATIVE_INFINITY, since: 0 };
    this.#seen.set(key, seen);
    seen.since += count;
    const now = this.#now();
    if (now - seen.loggedAt < AGAIN_MS) return;
    this.#logger.warn({ ...details, count: seen.since }, text);
    seen.loggedAt = now;
    seen.since = 0;
  }
}
