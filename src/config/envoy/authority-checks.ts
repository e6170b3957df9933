import { GRPC_AUTHORITY } from '../../envoy-names.ts';
import { AUTHORITY } from '../../http-syntax.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';

const OUTCOME = 'the HTTP/2 library of the server refuses every stream before the server sees it';
const REMEDY = `write \`authority: ${GRPC_AUTHORITY}\``;

/** Without an `authority` of its own Envoy sends the cluster's name: `outbound|50051||lambda.default` under Istio. */
export function checkAuthority(target: EnvoyNode, reporter: Reporter): void {
  const own = target.text('authority') ?? '';
  const name = target.text('cluster_name') ?? '';
  if (own === '' && name === '') return;
  tellAuthority(own, name, target, reporter);
}

/** Health checks have one of their own, or that of the endpoint, or the cluster's name. */
export function checkHealthAuthority(cluster: EnvoyNode, check: EnvoyNode, reporter: Reporter): void {
  const own = check.text('authority') ?? '';
  const hostnames = endpointsOf(cluster).map((endpoint) => endpoint.get('health_check_config')?.text('hostname') ?? '');
  if (own === '' && hostnames.length > 0 && hostnames.every((hostname) => AUTHORITY.test(hostname))) return;
  tellAuthority(own, cluster.text('name') ?? '', check, reporter);
}

function tellAuthority(own: string, clusterName: string, holder: EnvoyNode, reporter: Reporter): void {
  if (AUTHORITY.test(own || clusterName)) return;
  const what =
    own === ''
      ? `the gRPC :authority is the cluster's name, and ${clusterName} is not a valid one`
      : 'is not a valid :authority';
  reporter.error(holder.placeOf('authority'), `${what}: ${OUTCOME}; ${REMEDY}`);
}

/** The `endpoint` messages of a cluster. */
export function endpointsOf(cluster: EnvoyNode): readonly EnvoyNode[] {
  const localities = cluster.get('load_assignment')?.items('endpoints') ?? [];
  return localities
    .flatMap((locality) => locality.items('lb_endpoints'))
    .flatMap((entry) => entry.get('endpoint') ?? []);
}
