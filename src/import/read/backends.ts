import type { Backend, BackendGroup, Connection, HealthCheck } from '../definition.ts';
import type { Report } from '../report.ts';
import type { Reader } from './reader.ts';

/** One endpoint, with the field names of v2 and v4. Reads on demand: the target may not be a backend at all. */
export interface EndpointParts {
  readonly name: string;
  readonly reader: Reader;
  readonly target: string | undefined;
  readonly backup: boolean;
  connection(): Connection;
  healthCheck(targetPath: string): HealthCheck | undefined;
}

/** The HTTP backends of a group; others are reported. */
export function readBackends(
  endpoints: readonly EndpointParts[],
  loadBalancing: BackendGroup['loadBalancing'],
  report: Report,
): readonly Backend[] {
  return endpoints.flatMap((endpoint) => {
    const { name, reader } = endpoint;
    const target = URL.parse(endpoint.target ?? '');
    if (target === null || !/^https?:$/.test(target.protocol) || !isHost(target.hostname)) {
      const what = endpoint.target?.includes('{#')
        ? 'whose target is an expression'
        : 'which is not an http or https URL';
      reader.tell(report, 'lost', `endpoint ${name}, ${what}`);
      return [];
    }
    if (target.search !== '') report.add('lost', `the query of the target of endpoint ${name}`, reader.path);
    if (target.username !== '') report.add('lost', `the user in the target of endpoint ${name}`, reader.path);
    tellTenants(reader, name, report);
    const weight = weightOf(reader, name, loadBalancing, report);
    if (weight === 0) return [];
    const connection = endpoint.connection();
    if (connection.tls !== undefined && target.protocol === 'http:') {
      report.add('told', `TLS options of endpoint ${name}, whose target is http`, `${reader.path}.ssl`);
    }
    const healthCheck = endpoint.healthCheck(target.pathname);
    return [{ name, target, weight, backup: endpoint.backup, connection, healthCheck }];
  });
}

function isHost(hostname: string): boolean {
  return /^(?:[A-Za-z0-9_.-]+|\[[0-9a-f:.]+\])$/i.test(hostname);
}

function tellTenants(reader: Reader, name: string, report: Report): void {
  const tenants = [...reader.texts('tenants'), ...reader.texts('tenant')];
  if (tenants.length === 0) return;
  const what = `endpoint ${name} is for the tenants ${tenants.join(', ')}: Envoy knows no tenants and sends it traffic; take it out where it is not wanted`;
  report.add('changed', what, `${reader.path}.tenants`, `${reader.path}.tenant`);
}

/** Only the weighted load balancers use weights; for them 0 means no traffic, which Envoy does not allow as a weight. */
function weightOf(reader: Reader, name: string, loadBalancing: string, report: Report): number {
  const weight = reader.number('weight');
  if (weight === undefined) return 1;
  if (!loadBalancing.startsWith('WEIGHTED')) {
    if (weight !== 1)
      report.add(
        'told',
        `the weight of endpoint ${name}, which ${loadBalancing} does not use`,
        `${reader.path}.weight`,
      );
    return 1;
  }
  if (weight < 1) {
    reader.tell(report, 'told', `endpoint ${name} has the weight ${weight}: it gets no traffic`);
    return 0;
  }
  return Math.min(Math.round(weight), 1_000_000);
}

export function readLoadBalancing(
  type: string | undefined,
  report: Report,
  path: string,
): BackendGroup['loadBalancing'] {
  const name = (type ?? 'ROUND_ROBIN').toUpperCase().replaceAll('-', '_');
  if (name === 'RANDOM' || name === 'WEIGHTED_ROUND_ROBIN' || name === 'WEIGHTED_RANDOM') return name;
  if (name !== 'ROUND_ROBIN') report.add('changed', `load balancing by ${name}: round robin is used`, path);
  return 'ROUND_ROBIN';
}

export function tellDiscovery(services: Reader, group: string, report: Report): void {
  const discovery = services.get('discovery');
  if (!discovery.isThere) return;
  const isOn = discovery.flag('enabled') !== false;
  const kind = discovery.text('type', 'provider') ?? 'unknown';
  const what = isOn
    ? `service discovery of group ${group} (${kind}): only the listed endpoints get traffic; EDS or STRICT_DNS may replace it`
    : `service discovery of group ${group}, which is off`;
  discovery.tell(report, isOn ? 'lost' : 'told', what);
}

export function tellNotInherited(group: Reader, field: string, name: string, report: Report): void {
  if (group.has(field)) group.get(field).tell(report, 'told', `${field} of group ${name}, which no endpoint inherits`);
}

/** Computed once, on first use. */
export interface Lazy<T> {
  value(): T;
  isKnown(): boolean;
}

export function lazily<T>(make: () => T): Lazy<T> {
  let known: { readonly value: T } | undefined;
  return {
    value: () => {
      known ??= { value: make() };
      return known.value;
    },
    isKnown: () => known !== undefined,
  };
}
