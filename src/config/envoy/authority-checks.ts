import { GRPC_AUTHORITY } from '../../envoy-names.ts';
import { AUTHORITY } from '../../http-syntax.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyConfiguration } from './configuration.ts';
import type { EnvoyNode } from './envoy-node.ts';

const OUTCOME = 'the HTTP/2 library of the server refuses every stream before the server sees it';
const REMEDY = `write \`authority: ${GRPC_AUTHORITY}\``;

/** If the service has no `authority`, Envoy sends the cluster's name, such as `outbound|50051||lambda.default` under Istio. */
export function checkAuthority(target: EnvoyNode, reporter: Reporter): void {
  const own = target.text('authority') ?? '';
  const name = target.text('cluster_name') ?? '';
  if (own === '' && name === '') return;
  tellAuthority(own, name, target, reporter);
}

/** Health checks use their own authority, otherwise the host name of the endpoint, otherwise the cluster's name. */
export function checkHealthAuthority(
  cluster: EnvoyNode,
  check: EnvoyNode,
  assignments: Assignments,
  reporter: Reporter,
): void {
  const own = check.text('authority') ?? '';
  const name = cluster.text('name') ?? '';
  const endpoints = endpointsOf(cluster, assignments);
  const hostnames = endpoints.map((endpoint) => endpoint.get('health_check_config')?.text('hostname') ?? '');
  if (own === '' && hostnames.length > 0 && hostnames.every((hostname) => AUTHORITY.test(hostname))) return;
  if (own === '' && !AUTHORITY.test(name) && comesByEds(cluster, assignments)) {
    const message = `the gRPC :authority is the name of the cluster unless its endpoints have \`health_check_config: {hostname: …}\`, which a dump shows with \`?include_eds\`, and ${name} is not a valid one: ${OUTCOME}; ${REMEDY}`;
    reporter.warn(check.placeOf('authority'), message);
    return;
  }
  tellAuthority(own, name, check, reporter);
}

type Assignments = EnvoyConfiguration['assignments'];

/** The endpoints of the cluster are not in the text. */
function comesByEds(cluster: EnvoyNode, assignments: Assignments): boolean {
  return cluster.get('eds_cluster_config') !== undefined && assignmentOf(cluster, assignments) === undefined;
}

function tellAuthority(own: string, clusterName: string, holder: EnvoyNode, reporter: Reporter): void {
  if (AUTHORITY.test(own || clusterName)) return;
  const what =
    own === ''
      ? `the gRPC :authority is the cluster's name, and ${clusterName} is not a valid one`
      : 'is not a valid :authority';
  reporter.error(holder.placeOf('authority'), `${what}: ${OUTCOME}; ${REMEDY}`);
}

/** The `endpoint` messages of a cluster, its own or from EDS. */
export function endpointsOf(cluster: EnvoyNode, assignments: Assignments): readonly EnvoyNode[] {
  return (assignmentOf(cluster, assignments)?.items('endpoints') ?? [])
    .flatMap((locality) => locality.items('lb_endpoints'))
    .flatMap((entry) => entry.get('endpoint') ?? []);
}

function assignmentOf(cluster: EnvoyNode, assignments: Assignments): EnvoyNode | undefined {
  const service = cluster.get('eds_cluster_config')?.text('service_name') || cluster.text('name');
  return cluster.get('load_assignment') ?? assignments.get(service ?? '');
}
