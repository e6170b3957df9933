import { requestAttributes } from '../../envoy-names.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { Filter } from './filters.ts';
import { nameOf, type UsedRoute } from './used-routes.ts';

/** Checks the parts of AWS's events that Envoy sends only on request, or that it withholds. */
export function checkEvents({ config, manager }: Filter, used: UsedRoute, reporter: Reporter): void {
  if (!used.policies.needs.events) return;
  const sent = config.get('request_attributes')?.data;
  const isSent = (attribute: string): boolean => Array.isArray(sent) && sent.includes(attribute);
  const wanted = [
    [requestAttributes.sourceAddress, 'sourceIp is 0.0.0.0'],
    [requestAttributes.protocol, 'protocol is HTTP/1.1'],
    [requestAttributes.destinationAddress, 'x-forwarded-port is the default port of the scheme'],
    ...(asksForCertificates(manager.listener)
      ? [[requestAttributes.peerCertificate, 'the certificate of the caller is left out'] as const]
      : []),
  ] as const;
  const missing = wanted.filter(([attribute]) => {
    if (attribute === requestAttributes.destinationAddress && isSent(requestAttributes.destinationPort)) return false;
    return !isSent(attribute);
  });
  if (missing.length > 0) {
    const names = missing.map(([attribute]) => attribute).join(', ');
    const effects = missing.map(([, effect]) => effect).join(', ');
    const message = `events of ${nameOf(used)} lack attributes that the filter does not request from Envoy (${effects}): add \`${names}\` to \`request_attributes\``;
    reporter.warn(config.placeOf('request_attributes'), message);
  }
  const rules = config.get('forward_rules');
  if (rules === undefined) return;
  const message = `events of ${nameOf(used)} lack the headers that Envoy withholds, so functions treat them as absent: remove \`forward_rules\``;
  reporter.warn(rules.path, message, 'key');
}

function asksForCertificates(listener: Filter['manager']['listener']): boolean {
  const chains = listener?.items('filter_chains') ?? [];
  return chains.some((chain) => chain.find('transport_socket', 'typed_config')?.flag('require_client_certificate'));
}
