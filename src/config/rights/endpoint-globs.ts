import { endpointUrl } from '../../lambda/index.ts';
import { matchesSegments } from './segments.ts';

/** Scheme (https if there is none), host or an IPv6 address in brackets, port and path. */
const GLOB = /^(?:(https?):\/\/)?(\[[\da-f:.]+\]|[^:/?#@[\]]+)(?::(\d+|\*))?(\/[^?#]*)?$/i;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

export function isEndpointGlob(glob: string): boolean {
  return GLOB.test(glob);
}

/**
 * An endpoint is compared as it is called, not as written: `*` in the host never reaches the port or the path, the
 * scheme counts, and a glob without a port or path is for the scheme's own port and no path.
 */
export function matchesEndpoint(glob: string, endpoint: string): boolean {
  const [, scheme = 'https', host, port, path = '/'] = GLOB.exec(glob) ?? [];
  const url = endpointUrl(endpoint);
  if (url === undefined || host === undefined) return false;
  // What the invocation refuses too; here no text may hide behind it.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return false;
  const protocol = scheme.toLowerCase();
  const ownPort = DEFAULT_PORTS[protocol] ?? '';
  return (
    url.protocol === `${protocol}:` &&
    matchesSegments(host.toLowerCase(), url.hostname) &&
    matchesSegments(port ?? ownPort, url.port === '' ? ownPort : url.port) &&
    matchesSegments(path, url.pathname)
  );
}
