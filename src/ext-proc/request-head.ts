import { METHOD_ATTRIBUTE, requestAttributes } from '../envoy-names.ts';
import { HttpHeaders, type RequestHead } from '../policy/index.ts';
import type { Attributes, Head } from './wire/index.ts';

export function readRequestHead(head: Head, attributes: Attributes, timestamp: number): RequestHead {
  // Empty where a connection has TLS, and no certificate of that end with a name.
  const told = (name: string): string | undefined => attributes.get(name)?.toString();
  const client = told(requestAttributes.peerCertificate) || null;
  const server = told(requestAttributes.localCertificate) || null;
  const source = told(requestAttributes.sourceAddress);
  const destination = told(requestAttributes.destinationAddress);
  const protocol = told(requestAttributes.protocol);
  return {
    method: head.pseudo('method') ?? told(METHOD_ATTRIBUTE) ?? '',
    uri: head.pseudo('path') ?? '',
    scheme: head.pseudo('scheme') ?? null,
    host: head.pseudo('authority') ?? null,
    version: versionOf(protocol),
    protocol: protocol || null,
    timestamp,
    remoteAddress: addressOf(source),
    localAddress: addressOf(destination),
    localPort: portOf(destination) ?? numberOf(told(requestAttributes.destinationPort)),
    ssl:
      client === null && server === null
        ? null
        : { clientHost: addressOf(source), clientPort: portOf(source), client, server },
    headers: new HttpHeaders(head.headers),
    route: told(requestAttributes.routeName) || undefined,
  };
}

/** The gateway's names for protocol versions. */
function versionOf(protocol: string | undefined): string | null {
  switch (protocol) {
    case 'HTTP/1.0':
      return 'HTTP_1_0';
    case 'HTTP/1.1':
      return 'HTTP_1_1';
    case 'HTTP/2':
      return 'HTTP_2';
    default:
      return null;
  }
}

/** `192.0.2.1:80` or `[2001:db8::1]:80` without the port; other forms (a pipe) as they are. */
function addressOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  return /^\[?(.+?)\]?:\d+$/.exec(text)?.[1] ?? text;
}

function portOf(text: string | undefined): number | null {
  const port = /:(\d+)$/.exec(text ?? '')?.[1];
  return port === undefined ? null : Number(port);
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : null;
}
