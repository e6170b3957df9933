import { SIDECAR_SOCKET } from '../../envoy-names.ts';
import { writeCommented } from '../commented-yaml.ts';
import type { ApiDefinition } from '../definition.ts';
import type { Imported } from '../flows-to-apis.ts';
import { oneLine } from '../names.ts';
import type { Report } from '../report.ts';
import { readsTls } from '../request-reads.ts';
import { backendCluster, serverCluster } from './clusters.ts';
import { extProcFilter, requestDoneFilter } from './ext-proc.ts';
import { corsFilter, listener, overloadManager, routeConfiguration } from './listener.ts';
import { profilesOf } from './profiles.ts';
import { virtualHosts } from './routes.ts';

export { CLOSED_KEY } from './routes.ts';

/** An Envoy configuration for an imported API: its routes, backends and the server beside it. */
export function envoyDocument(
  definition: ApiDefinition,
  imported: Imported,
  messageTimeoutMs: number,
  report: Report,
): string {
  const [group, ...others] = definition.groups.filter(({ endpoints }) => endpoints.length > 0);
  for (const other of others) {
    report.add('lost', `endpoint group ${other.name}: the routes go to ${group?.name}`, other.field);
  }
  if (group === undefined) report.add('lost', 'a backend: no endpoint could be imported, so the routes answer 503');
  const profiles = group === undefined ? [] : profilesOf(group, report);
  const text = JSON.stringify([imported.apis, [...definition.responseTemplates.values()].map((types) => [...types])]);
  const sidecar = extProcFilter(messageTimeoutMs, readsTls(text));
  const isUsed = imported.routes.some(({ api, closedBy, isMissing }) => {
    return api !== undefined && closedBy.length === 0 && !isMissing;
  });
  const filters = [...(definition.cors === undefined ? [] : [corsFilter]), sidecar, requestDoneFilter];
  const hosts = virtualHosts(definition, imported.routes, profiles);
  const content = {
    overload_manager: overloadManager,
    layered_runtime: {
      layers: [
        {
          name: 'static',
          static_layer: {
            '#': 'Without it Envoy resets every finished stream of the sidecar instead of ending it.',
            'envoy.reloadable_features.ext_proc_graceful_grpc_close': true,
          },
        },
      ],
    },
    static_resources: {
      listeners: [listener(definition, routeConfiguration(hosts, isUsed), filters)],
      clusters: [
        serverCluster(),
        ...profiles.map((profile) => backendCluster(profile, group?.loadBalancing ?? 'ROUND_ROBIN')),
      ],
    },
  };
  return writeCommented(content, [
    `Imported from the ${definition.version} definition of ${oneLine(definition.name)}.`,
    'Listens on loopback: change the address, and add TLS, to serve others. The sidecar is reached over a Unix socket:',
    '',
    `  lambda-ext-proc serve --config policies.yaml --listen unix:${SIDECAR_SOCKET}`,
    '',
    ...securityLines(report),
  ]);
}

function securityLines(report: Report): readonly string[] {
  const opened = report.entries.filter(({ damage }) => damage === 'opened');
  if (opened.length === 0) return [];
  const lines = opened.map(({ what, closed }) => `- ${closed === true ? 'CLOSED' : 'OPENED, as accepted'}: ${what}`);
  return ['', 'Restrictions on callers that are not imported:', ...lines];
}
