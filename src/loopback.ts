import { BlockList, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * True for an IP address that only this machine reaches: 127.0.0.0/8, ::1, and both as `::ffff:127.0.0.1` or with a zone
 * (`::1%lo`). Anything else is false, `0.0.0.0`, `::` and names too: resolve a name first.
 */
export function isLoopback(address: string): boolean {
  const literal = address.replace(/%.*$/s, '');
  return loopback.check(literal, isIPv6(literal) ? 'ipv6' : 'ipv4');
}
