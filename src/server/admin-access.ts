import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { isLoopback } from '../loopback.ts';

/** What an operator may open wider. */
export interface AdminAccess {
  /** Names beside `localhost` and the machine's own that a request's `Host` may have. */
  readonly hosts: readonly string[];
  /** The page, /config and the reasons in /readyz for other machines, too. */
  readonly details: boolean;
}

/** A name as `Host` may have it, in the form in which names are compared; undefined: it is none. */
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
   * False for what a page of another origin asks for, which a browser tells by itself. It could read no answer, and is not even to
   * ask; but a link to here may be followed.
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

/** What a proxy on this machine says of a request that it passes on. Envoy without `use_remote_address` says only x-forwarded-proto and its timeout. */
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

/** A client of this machine comes from 127.0.0.1. Istio lets those of other machines come from 127.0.0.6. */
function isOfThisMachine(address: string): boolean {
  return isLoopback(address) && (!address.includes('.') || address.endsWith('127.0.0.1'));
}
