import type { IncomingMessage } from 'node:http';

type Head = Pick<IncomingMessage, 'headers' | 'headersDistinct' | 'method'>;

/**
 * Why a request does not come from the playground's own page, or undefined. A foreign name that resolves to this address (DNS
 * rebinding) is detected by its Host, a page of another origin by the browser's headers.
 */
export function requestRefusal({ headers, headersDistinct, method }: Head, port: number): string | undefined {
  const hosts = ownHosts(port);
  const [host, second] = headersDistinct.host ?? [];
  if (host === undefined || second !== undefined || !hosts.includes(host.toLowerCase())) {
    return `the Host is not ${hosts.join(' or ')}`;
  }
  const { origin } = headers;
  if (origin === undefined ? method === 'POST' : origin !== `http://${host.toLowerCase()}`) {
    return 'the Origin is not the page itself';
  }
  const site = headers['sec-fetch-site'];
  // `none`: typed, or opened by another program.
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return 'the request comes from the page of another site';
  }
  return undefined;
}

function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}
