import type { Socket } from 'node:net';
import { buildConnector, errors } from 'undici';
import { type NetworkParts, raceConnect, systemNetwork } from './race-connect.ts';

/** What a trust store adds to a TLS connection; the same object for the same store. */
export interface TlsTrust {
  readonly ca?: string | Buffer | (string | Buffer)[] | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}

/**
 * How a pool connects: to the address that answers first, within `timeoutMs` (0: no limit) for name, TCP and TLS together.
 * The timer is exact; undici's own come up to a second late.
 */
export function createConnector(
  trust: TlsTrust | undefined,
  timeoutMs: number,
  network: NetworkParts = systemNetwork,
): buildConnector.connector {
  const secure = buildConnector({ ...trust, allowH2: false, timeout: 0, keepAlive: false });
  const open: Opener = (options, done) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    let connected: Socket | undefined;
    const endRace = raceConnect(options.hostname, port, network, (error, socket) => {
      connected = socket;
      if (socket === undefined) done(error ?? new Error('no address answered'), null);
      else if (options.protocol === 'https:') secure({ ...options, httpSocket: socket }, done);
      else done(null, socket);
    });
    return () => {
      endRace();
      connected?.destroy();
    };
  };
  return withTimeout(open, timeoutMs, network.after);
}

/** Another connector (through a proxy) with an exact limit; a connection that it opens later is closed. */
export function limitConnector(
  connector: buildConnector.connector,
  timeoutMs: number,
  network: NetworkParts = systemNetwork,
): buildConnector.connector {
  const open: Opener = (options, done) => {
    connector(options, done);
    return () => {};
  };
  return withTimeout(open, timeoutMs, network.after);
}

/** Begins to connect; the returned function ends it. */
type Opener = (options: buildConnector.Options, done: buildConnector.Callback) => () => void;

function withTimeout(open: Opener, timeoutMs: number, after: NetworkParts['after']): buildConnector.connector {
  return (options, callback) => {
    let settled = false;
    const cancelTimer =
      timeoutMs > 0
        ? after(timeoutMs, () => {
            settled = true;
            end();
            const { hostname, port } = options;
            const where = port ? `${hostname}:${port}` : hostname;
            callback(new errors.ConnectTimeoutError(`no connection to ${where} within ${timeoutMs} ms`), null);
          })
        : () => {};
    const end = open(options, (...[error, socket]) => {
      if (settled) {
        socket?.on('error', () => {}).destroy();
        return;
      }
      settled = true;
      cancelTimer();
      if (error === null) callback(null, socket);
      else callback(error, null);
    });
  };
}
