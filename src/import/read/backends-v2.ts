import type { BackendGroup, Connection } from '../definition.ts';
import type { Report } from '../report.ts';
import { type Lazy, lazily, readBackends, readLoadBalancing, tellDiscovery, tellNotInherited } from './backends.ts';
import { readConnection } from './connection.ts';
import { carryHeaders } from './headers.ts';
import { readCheckV2 } from './health-check.ts';
import type { Reader } from './reader.ts';

/** Exports of the gateway, the console and the management API use different names for the same parts. */
const names = {
  http: ['http', 'httpClientOptions'],
  ssl: ['ssl', 'httpClientSslOptions'],
  proxy: ['proxy', 'httpProxy'],
  check: ['healthcheck', 'healthCheck'],
  service: ['health-check', 'healthCheck'],
} as const;
const ownFields = [...names.http, ...names.ssl, ...names.proxy, 'headers', 'hostHeader'];

/** `services`: those of the API, whose health check is for all endpoints. */
export function readGroupsV2(proxy: Reader, services: Reader, report: Report): readonly BackendGroup[] {
  const groups = proxy.items('groups');
  const bare = groups.length === 0 && proxy.get('endpoints').isThere ? [proxy] : groups;
  return bare.map((group, index) => {
    const name = group.text('name') ?? `group ${index + 1}`;
    const balancer = group.get('load_balancing', 'loadBalancing', 'loadBalancer');
    const loadBalancing = readLoadBalancing(balancer.text('type'), report, balancer.path);
    const own = group === proxy ? services : group.get('services');
    tellDiscovery(own, name, report);
    own.get('dynamic-property', 'dynamicProperty').tell(report, 'lost', `dynamic properties of group ${name}`);
    const shared = lazily(() => connectionParts(group, `group ${name}`, report));
    const endpoints = group.items('endpoints').map((endpoint, place) => {
      const title = endpoint.text('name') ?? `endpoint ${place + 1}`;
      const type = endpoint.text('type')?.toLowerCase();
      return {
        name: title,
        reader: endpoint,
        target: endpoint.text('target'),
        backup: endpoint.flag('backup') === true,
        connection: () => {
          const connection = connectionOf(endpoint, title, shared, report);
          return type === 'grpc' ? { http2: {}, ...connection } : connection;
        },
        healthCheck: (targetPath: string) => {
          const check = endpoint.get(...names.check);
          const owner = `endpoint ${title}`;
          if (check.flag('inherit') === false) return readCheckV2(check, { owner, targetPath }, report);
          const inherited = own.get(...names.service);
          const common = inherited.isThere ? inherited : services.get(...names.service);
          if (check.isThere) check.tell(report, 'told', `the health check of ${owner} is that of its API`);
          return readCheckV2(common, { owner: `group ${name}`, targetPath }, report);
        },
      };
    });
    const backends = readBackends(endpoints, loadBalancing, report);
    if (!shared.isKnown()) for (const field of ownFields) tellNotInherited(group, field, name, report);
    return { name, loadBalancing, endpoints: backends, field: `${group.path}${group.path === '' ? '' : '.'}endpoints` };
  });
}

function connectionParts(part: Reader, owner: string, report: Report): Connection {
  const connection = readConnection(
    {
      http: part.get(...names.http),
      ssl: part.get(...names.ssl),
      // The API's own part is called `proxy` too: it holds endpoints, not a proxy.
      proxy: part.get(...names.proxy),
      headers: part.get('headers'),
      owner,
    },
    report,
  );
  const field = part.get('hostHeader');
  const { host } = carryHeaders([['host', part.text('hostHeader') ?? '']], owner, field.path, report);
  return host === undefined ? connection : { ...connection, host };
}

/** v2 merges nothing: an endpoint has its group's options, or its own. If neither is named, those that are there. */
function connectionOf(endpoint: Reader, name: string, shared: Lazy<Connection>, report: Report): Connection {
  const inherits = endpoint.flag('inherit');
  const own = ownFields.some((field) => endpoint.has(field));
  if (inherits === false || (inherits === undefined && own))
    return connectionParts(endpoint, `endpoint ${name}`, report);
  if (own) {
    for (const field of ownFields) {
      endpoint.get(field).tell(report, 'told', `${field} of endpoint ${name}, which inherits its group's`);
    }
  }
  return shared.value();
}
