import { type buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { createConnector, limitConnector, type TlsTrust } from './connector.ts';

export interface DispatcherOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Until a connection is established, TLS included; 0: no limit. */
  readonly connectTimeoutMs: number;
  readonly trust: TlsTrust | undefined;
  /** URL of the proxy; undefined: none. */
  readonly proxy: string | undefined;
}

/** Twice an AWS account's usual concurrency; further requests wait for a free one, as long as for a new one. */
const MAX_CONNECTIONS = 2_048;
/**
 * Idle connections are closed before common servers do it (Node 5 s, load balancers 60 s): a request that meets a
 * closing connection cannot be retried, since it is not known whether it was read.
 */
const IDLE_MS = 4_000;
/** A proxy's address that does not answer costs no more than this; undici tries one after the other. */
const PROXY_ATTEMPT_MS = 1_000;

const pooling = {
  connections: MAX_CONNECTIONS,
  allowH2: false,
  keepAliveTimeout: IDLE_MS,
  keepAliveMaxTimeout: IDLE_MS,
  // The sender has exact deadlines of its own.
  headersTimeout: 0,
  bodyTimeout: 0,
} as const;

/** Keep-alive connections to one origin, directly or through a proxy. Throws if the proxy's URL is not valid. */
export function createDispatcher({ origin, connectTimeoutMs, trust, proxy }: DispatcherOptions): Dispatcher {
  if (proxy === undefined) return new Pool(origin, { ...pooling, connect: createConnector(trust, connectTimeoutMs) });
  // undici's own timers come up to a second late: they only clean up after the exact one.
  const timeout = connectTimeoutMs === 0 ? 0 : connectTimeoutMs + 1_000;
  return new ProxyAgent({
    ...pooling,
    uri: proxy,
    proxyTls: { timeout, autoSelectFamilyAttemptTimeout: PROXY_ATTEMPT_MS },
    requestTls: { ...trust, timeout },
    factory: (target: URL | string, options: object) => new Pool(target, limited(options, connectTimeoutMs)),
  });
}

function limited(options: object & { connect?: unknown }, connectTimeoutMs: number): Pool.Options {
  const { connect } = options;
  if (typeof connect !== 'function') throw new Error('undici gave no connector');
  return { ...pooling, connect: limitConnector(connect as buildConnector.connector, connectTimeoutMs) };
}
