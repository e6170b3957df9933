import { BlockList, isIP } from 'node:net';
import type { Environment } from '../environment.ts';

interface Proxy {
  /** Its name in the environment. */
  readonly variable: string;
  /** Undefined: the value cannot be used. */
  readonly url: string | undefined;
}

/** Host in lower case, without brackets and without the dot at its end. */
type Exception = (host: string, port: number) => boolean;

/**
 * HTTPS_PROXY, HTTP_PROXY and NO_PROXY, read in the same way for every outgoing call: to Lambda, STS and IAM Identity Center.
 * The lower-case name wins, as with curl. The metadata services of a machine are never asked through a proxy.
 */
export class ProxyVariables {
  readonly #http: Proxy | undefined;
  readonly #https: Proxy | undefined;
  readonly #exceptions: readonly Exception[];

  constructor(environment: Environment) {
    this.#http = readProxy(environment, 'http_proxy');
    this.#https = readProxy(environment, 'https_proxy');
    const exceptions = environment.no_proxy || environment.NO_PROXY || '';
    this.#exceptions = exceptions.split(/[\s,]+/).flatMap((entry) => readException(entry.toLowerCase()));
  }

  /**
   * URL of the proxy for this origin (scheme, host, port); undefined: it is asked directly. Throws an Error that names the
   * variable if its value cannot be used: to bypass the proxy instead would contradict the variable.
   */
  proxyFor(origin: string): string | undefined {
    const { protocol, hostname, port } = new URL(origin);
    const proxy = protocol === 'https:' ? this.#https : this.#http;
    if (proxy === undefined) return undefined;
    const host = hostname.replace(/^\[(.+)\]$/, '$1').replace(/\.$/, '');
    const number = Number(port) || (protocol === 'https:' ? 443 : 80);
    if (this.#exceptions.some((matches) => matches(host.toLowerCase(), number))) return undefined;
    if (proxy.url === undefined) throw new Error(problemOf(proxy));
    return proxy.url;
  }

  /** One sentence for each variable whose value cannot be used. A value may hold a password and is not repeated. */
  problems(): readonly string[] {
    return [this.#http, this.#https].flatMap((proxy) =>
      proxy === undefined || proxy.url !== undefined ? [] : [problemOf(proxy)],
    );
  }
}

function problemOf({ variable }: Proxy): string {
  return `the value of ${variable} is not a proxy that can be used: expected http://host:port or https://host:port`;
}

function readProxy(environment: Environment, name: string): Proxy | undefined {
  for (const variable of [name, name.toUpperCase()]) {
    const value = environment[variable]?.trim();
    if (value) return { variable, url: proxyUrl(value) };
  }
  return undefined;
}

/** Without a scheme it is http, as for curl, Go and Python. */
function proxyUrl(value: string): string | undefined {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  if (url === null || url.hostname === '' || !/^https?:$/.test(url.protocol)) return undefined;
  // The rest of a password that is not encoded; its beginning would be read as the proxy's name.
  if (`${url.pathname}${url.search}${url.hash}`.includes('@')) return undefined;
  try {
    decodeURIComponent(url.username + url.password);
  } catch {
    return undefined;
  }
  return url.href;
}

/**
 * `*`, a name with its subdomains (`x` or `.x`), subdomains alone (`*.x`), an address, a network (`10.0.0.0/8`); each but a
 * network with `:port` where only that port is meant.
 */
function readException(entry: string): readonly Exception[] {
  if (entry === '') return [];
  const network = /^\[?([\da-f:.]+)\]?\/(\d{1,3})$/.exec(entry);
  if (network !== null) return addresses(network[1] ?? '', Number(network[2]), undefined);
  const [, bracketed, plain = '', digits] = /^(?:\[(.+)\]|(.+?))(?::(\d+))?$/.exec(entry) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  // The last group of an address such as ::1 is not a port.
  if (isIP(entry) === 6) return addresses(entry, undefined, undefined);
  const name = (bracketed ?? plain).replace(/\.$/, '');
  if (isIP(name) !== 0) return addresses(name, undefined, port);
  if (name === '*') return [(_host, asked) => port === undefined || asked === port];
  const domain = name.replace(/^\*?\./, '');
  if (domain === '') return [];
  const alone = name.startsWith('*');
  return [
    (host, asked) =>
      (port === undefined || asked === port) && ((!alone && host === domain) || host.endsWith(`.${domain}`)),
  ];
}

/** Addresses in all their spellings: `::1` and `0:0:0:0:0:0:0:1` are the same. */
function addresses(address: string, prefix: number | undefined, port: number | undefined): readonly Exception[] {
  const list = new BlockList();
  const family = familyOf(address);
  try {
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, prefix, family);
  } catch {
    return [];
  }
  return [
    (host, asked) => (port === undefined || asked === port) && isIP(host) !== 0 && list.check(host, familyOf(host)),
  ];
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
