import type { BackendGroup, Connection } from '../definition.ts';
import type { Report } from '../report.ts';
import { type Lazy, lazily, readBackends, readLoadBalancing, tellDiscovery, tellNotInherited } from './backends.ts';
import { readConnection } from './connection.ts';
import { readCheckV4 } from './health-check.ts';
import type { Reader } from './reader.ts';

export function readGroupsV4(api: Reader, report: Report): readonly BackendGroup[] {
  return api.items('endpointGroups', 'endpoint_groups').map((group, index) => {
    const name = group.text('name') ?? `group ${index + 1}`;
    tellType(group, `endpoint group ${name}`, report);
    const balancer = group.get('loadBalancer', 'load_balancer');
    const loadBalancing = readLoadBalancing(balancer.text('type'), report, balancer.path);
    const services = group.get('services');
    tellDiscovery(services, name, report);
    const shared = lazily(() => sharedConnection(group, name, report));
    const endpoints = group.items('endpoints').map((endpoint, place) => {
      const own = endpoint.text('name') ?? `endpoint ${place + 1}`;
      tellType(endpoint, `endpoint ${own}`, report);
      const configuration = endpoint.getJson('configuration');
      return {
        name: own,
        reader: endpoint,
        target: configuration.text('target'),
        backup: endpoint.flag('secondary', 'backup') === true,
        connection: () => connectionOf(endpoint, own, shared, report),
        healthCheck: (targetPath: string) => {
          const check = endpoint.get('services').get('healthCheck', 'health_check');
          const groupCheck = services.get('healthCheck', 'health_check');
          const isOwn = check.flag('overrideConfiguration') === true || !groupCheck.isThere;
          if (isOwn && check.isThere) {
            groupCheck.tell(report, 'told', `the health check of group ${name}, where endpoints have their own`);
            return readCheckV4(check, { owner: `endpoint ${own}`, targetPath }, report);
          }
          check.tell(report, 'told', `the health check of endpoint ${own} is that of its group`);
          return readCheckV4(groupCheck, { owner: `group ${name}`, targetPath }, report);
        },
      };
    });
    const backends = readBackends(endpoints, loadBalancing, report);
    if (!shared.isKnown()) {
      for (const field of ['sharedConfiguration', 'shared_configuration', 'http', 'ssl', 'proxy', 'headers']) {
        tellNotInherited(group, field, name, report);
      }
    }
    return { name, loadBalancing, endpoints: backends, field: `${group.path}${group.path === '' ? '' : '.'}endpoints` };
  });
}

function tellType(reader: Reader, owner: string, report: Report): void {
  const type = reader.text('type');
  if (type !== undefined && !/^http(?:-proxy)?$/i.test(type)) {
    report.add('changed', `the type ${type} of ${owner}: it is used as HTTP`, `${reader.path}.type`);
  }
}

/** What endpoints inherit. Operators write parts of it beside `sharedConfiguration`. */
function sharedConnection(group: Reader, name: string, report: Report): Connection {
  const shared = group.getJson('sharedConfiguration', 'shared_configuration');
  const part = (field: string): Reader => {
    const found = shared.get(field);
    return found.isThere ? found : group.get(field);
  };
  return readConnection(
    { http: part('http'), ssl: part('ssl'), proxy: part('proxy'), headers: part('headers'), owner: `group ${name}` },
    report,
  );
}

function connectionOf(endpoint: Reader, name: string, shared: Lazy<Connection>, report: Report): Connection {
  const override = endpoint.getJson('sharedConfigurationOverride', 'shared_configuration_override');
  if (endpoint.flag('inheritConfiguration', 'inherit_configuration') !== false) {
    override.tell(report, 'told', `the configuration of endpoint ${name}, which inherits its group's`);
    return shared.value();
  }
  return readConnection(
    {
      http: override.get('http'),
      ssl: override.get('ssl'),
      proxy: override.get('proxy'),
      headers: override.get('headers'),
      owner: `endpoint ${name}`,
    },
    report,
  );
}
