import type { Backend, BackendGroup } from '../definition.ts';
import { slug, uniqueName } from '../names.ts';
import type { Report } from '../report.ts';

/** Endpoints with the same connection settings: one cluster of Envoy. */
export interface Profile {
  readonly cluster: string;
  readonly endpoints: readonly Backend[];
  /** Endpoints that get traffic when none of the others is healthy. */
  readonly spares: readonly Backend[];
  readonly weight: number;
  /** Without a slash at its end. */
  readonly path: string;
}

/** A group's endpoints by path, scheme and options, since a cluster and a route of Envoy have one of each. */
export function profilesOf(group: BackendGroup, report: Report): readonly Profile[] {
  const first = group.endpoints.filter(({ backup }) => !backup);
  const main = first.length > 0 ? first : group.endpoints;
  if (first.length === 0) {
    report.add('told', `all endpoints of group ${group.name} are backups: they share the traffic`, group.field);
  }
  const byKey = Map.groupBy(main, keyOf);
  const names = new Set<string>();
  const profiles = [...byKey].map(([key, endpoints]): Profile & { readonly key: string } => {
    const cluster = uniqueName(`backend-${slug(group.name, 'default')}`, (name) => names.has(name));
    names.add(cluster);
    const [one] = endpoints;
    const weight = endpoints.reduce((sum, endpoint) => sum + endpoint.weight, 0);
    return { key, cluster, endpoints, spares: [], weight, path: one === undefined ? '' : pathOf(one) };
  });
  if (profiles.length > 1) {
    const what = `endpoints of group ${group.name} have different paths, schemes or options: requests are distributed at random by weight, each with the settings of its endpoint; an endpoint that fails is not taken out`;
    report.add('changed', what, group.field);
  }
  const spares = first.length > 0 ? group.endpoints.filter(({ backup }) => backup) : [];
  for (const spare of spares) {
    if (profiles.length === 1 && profiles[0]?.key === keyOf(spare)) continue;
    const what = `the backup endpoint ${spare.name}: its path, scheme or options differ from those of the others, so it gets no traffic`;
    report.add('lost', what, group.field);
  }
  return profiles.map(({ key, ...profile }) => {
    const own = profiles.length === 1 ? spares.filter((spare) => keyOf(spare) === key) : [];
    return { ...profile, spares: own };
  });
}

function keyOf(endpoint: Backend): string {
  const { connection, healthCheck, target } = endpoint;
  return JSON.stringify([pathOf(endpoint), target.protocol, connection, healthCheck]);
}

function pathOf({ target }: Backend): string {
  return target.pathname.replace(/\/+$/, '');
}
