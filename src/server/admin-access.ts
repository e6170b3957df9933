import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { isLoopback } from '../loopback.ts';

/** Access that an operator may extend. */
export interface AdminAccess {
  /** Names that a request's `Host` may have, besides `localhost` and the machine's own. */
  readonly hosts: readonly string[];
  /** Also shows the page, /config and the reasons in /readyz to other machines. */
  readonly details: boolean;
}

/** A valid `Host` name in the form in which names are compared; undefined: it is not valid. */
export function adminHost(text: string): string | undefined {
  const name = text.toLowerCase().replace(/\.$/, '');
  return /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/.test(name) ? name : undefined;
}

/**
 * Who may ask for what. A page in a browser can make any name of its own mean this address (DNS rebinding), but cannot
 * make the browser send another `Host`: so a name must be known. An IP address is safe.
 */
export class AdminGuard {
  readonly #names: ReadonlySet<string>;
  readonly #details: boolean;

  constructor({ hosts, details }: AdminAccess, own: string = hostname()) {
    this.#names = new Set(['localhost', own, ...hosts].map((name) => adminHost(name) ?? name));
    this.#details = details;
  }

  allowsHost({ headers, headersDistinct }: Pick<IncomingMessage, 'headers' | 'headersDistinct'>): boolean {
    const { host } = headers;
    if (host === undefined || (headersDistinct.host?.length ?? 0) > 1) return false;
    const match = /^(?:\[([^[\]]+)\]|([^[\]:]+))(?::\d{1,5})?$/.exec(host);
    const [, v6, name = ''] = match ?? [];
    if (v6 !== undefined) return isIP(v6) === 6;
    return isIP(name) === 4 || this.#names.has(name.toLowerCase().replace(/\.$/, ''));
  }

  /**
   * False for a request from a page of another origin, as its browser says. The page could not read the answer, and must not even
   * send the request; but a link to here may be followed.
   */
  allowsOrigin({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
    const { origin, host = '' } = headers;
    if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) return false;
    const site = headers['sec-fetch-site'];
    if (site === undefined || site === 'same-origin' || site === 'none') return true;
    return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  }

  /** For this machine only, unless asked for: they hold ARNs and endpoints. */
  showsDetails({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
    return this.#details || (isOfThisMachine(socket.remoteAddress ?? '') && !FORWARDED.some((name) => name in headers));
  }
}

/** Headers that a proxy on this machine adds. Envoy without `use_remote_address` adds only x-forwarded-proto and its timeout. */
const FORWARDED = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-external-address',
  'x-real-ip',
] as const;

/** A client on this machine comes from 127.0.0.1. With Istio, clients on other machines come from 127.0.0.6. */
function isOfThisMachine(address: string): boolean {
  return isLoopback(address) && (!address.includes('.') || address.endsWith('127.0.0.1'));
}
