import { BlockList, isIP } from 'node:net';

/** For a caller whose address Envoy does not expose. It belongs to nobody, so no list of allowed addresses contains it. */
export const UNKNOWN_ADDRESS = '0.0.0.0';

/** The proxies between callers and Envoy that are trusted to write `x-forwarded-for`. */
export class TrustedProxies {
  /** Undefined: the addresses in `#list`. */
  readonly #count: number | undefined;
  readonly #list = new BlockList();

  private constructor(count: number | undefined) {
    this.#count = count;
  }

  /** The number of proxies in front of Envoy, as in Envoy's own `xff_num_trusted_hops`. */
  static count(count: number): TrustedProxies {
    return new TrustedProxies(count);
  }

  /** Addresses and networks (`10.0.0.0/8`); a text that is neither is returned. */
  static list(networks: readonly string[]): TrustedProxies | { readonly invalid: number } {
    const proxies = new TrustedProxies(undefined);
    for (const [index, text] of networks.entries()) {
      if (!addNetwork(proxies.#list, text)) return { invalid: index };
    }
    return proxies;
  }

  /**
   * The caller's address, from the connection and `x-forwarded-for`, which ends with the nearest address. An entry counts
   * only if a trusted proxy has written it; without enough entries the address is that of the connection.
   */
  callerOf(source: string, forwarded: readonly string[]): string {
    const entries = forwarded.flatMap((value) => value.split(',')).map(addressOf);
    // Envoy has added it itself, with use_remote_address.
    if (entries.at(-1) === source) entries.pop();
    return this.#count === undefined ? this.#behindTrusted(source, entries) : behindMany(this.#count, source, entries);
  }

  #behindTrusted(source: string, entries: readonly (string | undefined)[]): string {
    let address = source;
    for (let index = entries.length - 1; index >= 0 && this.#has(address); index--) {
      const entry = entries[index];
      if (entry === undefined) break;
      address = entry;
    }
    return address;
  }

  #has(address: string): boolean {
    return this.#list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
}

function behindMany(count: number, source: string, entries: readonly (string | undefined)[]): string {
  const seen = entries.slice(-count);
  if (seen.length < count || seen.includes(undefined)) return source;
  return seen[0] ?? source;
}

/** An entry of x-forwarded-for without a port and brackets; undefined: it is not an address. */
function addressOf(entry: string): string | undefined {
  const text = entry.trim();
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? undefined : bare;
}

function addNetwork(list: BlockList, text: string): boolean {
  const [, address = '', bits] = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return false;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  if (bits === undefined) list.addAddress(address, family);
  else if (Number(bits) > (version === 6 ? 128 : 32)) return false;
  else list.addSubnet(address, Number(bits), family);
  return true;
}
