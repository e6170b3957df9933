import { AUTHORITY } from '../../http-syntax.ts';
import type { DocumentPath } from '../problem.ts';
import type { Reporter } from './reporter.ts';

/** Checks that a glob can match an `:authority`, and that it matches only those of one namespace. */
export function checkAuthority(glob: string, path: DocumentPath, reporter: Reporter): void {
  if (!AUTHORITY.test(glob)) {
    const message =
      'matches nothing: expected an :authority without scheme and path, such as orders.default or orders.default:50051';
    reporter.error(path, message);
  } else if (isWildOverNamespaces(glob)) {
    const message =
      'also matches backends in other namespaces: anyone who may create a backend of that name there can use this API and everything that its functions may do; write the namespace, such as orders.default';
    reporter.warn(path, message);
  }
}

/**
 * Control planes write `<name>.<namespace>` or `<name>.<namespace>.svc…`, with `:<port>` for a Service, and names of namespaces have no dot.
 * kgateway's own is `kube_<namespace>_<name>_<port>`.
 */
function isWildOverNamespaces(glob: string): boolean {
  if (!glob.includes('*') || /^kube_[^*_]+_/i.test(glob)) return false;
  const [host = ''] = glob.split(':');
  const name = host.replace(/\.svc(?:\.[^*]*)?$/i, '');
  return name.slice(name.lastIndexOf('.') + 1).includes('*');
}
