import { suggestion } from '../../closest.ts';
import { SERVICE_NAME, SIDECAR_SOCKET } from '../../envoy-names.ts';
import { SYNCHRONOUS_BYTES } from '../../lambda-quotas.ts';
import type { Reporter } from '../compile/reporter.ts';
import { checkAuthority, checkHealthAuthority, endpointsOf } from './authority-checks.ts';
import type { EnvoyConfiguration } from './configuration.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { HTTP_OPTIONS } from './neighbours.ts';

/** Checks how Envoy reaches the server: `service` is the filter's or a route's `grpc_service`. */
export function checkService(
  service: EnvoyNode,
  { clusters, assignments, hasOtherClusters }: EnvoyConfiguration,
  bodyBytes: number,
  reporter: Reporter,
): void {
  checkRetries(service, reporter);
  const google = service.get('google_grpc');
  if (google !== undefined) checkMessageSize(google, bodyBytes, reporter);
  const target = service.get('envoy_grpc');
  const name = target?.text('cluster_name');
  if (target === undefined || name === undefined) return;
  checkAuthority(target, reporter);
  const cluster = clusters.get(name);
  if (cluster === undefined) {
    if (hasOtherClusters) return;
    const message = `there is no cluster of this name${suggestion(name, clusters.keys())}: each request is a 500`;
    reporter.error(target.placeOf('cluster_name'), message);
    return;
  }
  checkProtocol(cluster, reporter);
  checkCircuitBreakers(cluster, service.get('retry_policy') !== undefined, reporter);
  checkHealth(cluster, assignments, reporter);
  checkFamily(cluster, assignments, reporter);
}

/** Bytes of a gRPC message in addition to the body. */
const MESSAGE_OVERHEAD = 128 * 1024;

/** Envoy's second gRPC client (`google_grpc`) accepts messages up to 4 MiB, and fails the request if an answer is larger. */
function checkMessageSize(google: EnvoyNode, bodyBytes: number, reporter: Reporter): void {
  const args = google.find('channel_args', 'args');
  const limit = args?.entry('grpc.max_receive_message_length')?.number('int_value');
  const needed = Math.max(bodyBytes, SYNCHRONOUS_BYTES) + MESSAGE_OVERHEAD;
  if (limit !== undefined && (limit < 0 || limit >= needed)) return;
  const message = `answers over ${limit ?? 4 * 1024 * 1024} bytes are a 500: write \`channel_args: {args: {grpc.max_receive_message_length: {int_value: ${needed}}}}\``;
  reporter.warn(google.placeOf('channel_args'), message);
}

/** `localhost` has two addresses on most machines, and a server that listens on 127.0.0.1 has one. */
function checkFamily(cluster: EnvoyNode, assignments: EnvoyConfiguration['assignments'], reporter: Reporter): void {
  if (!/^(?:STRICT|LOGICAL)_DNS$/.test(cluster.text('type') ?? '')) return;
  if (/^V4/.test(cluster.text('dns_lookup_family') ?? '')) return;
  for (const endpoint of endpointsOf(cluster, assignments)) {
    const address = endpoint.find('address', 'socket_address');
    if (address === undefined || !/^localhost\.?$/i.test(address.text('address') ?? '')) continue;
    const message = `may resolve to ::1, where a server that listens on 127.0.0.1 cannot be reached: use a Unix socket (\`pipe: {path: ${SIDECAR_SOCKET}}\`), or write \`type: STATIC\` and the address, or \`dns_lookup_family: V4_ONLY\``;
    reporter.warn(address.placeOf('address'), message);
  }
}

/** Warns about retries: a stream that was reset may already have called its function. */
function checkRetries(service: EnvoyNode, reporter: Reporter): void {
  const policy = service.get('retry_policy');
  const conditions = (policy?.text('retry_on') ?? '').split(',').map((condition) => condition.trim());
  const unsafe = conditions.filter((condition) => /^(?:reset|5xx|gateway-error|retriable-4xx)$/.test(condition));
  if (policy === undefined || unsafe.length === 0) return;
  const message = `${unsafe.join(' and ')} retries streams whose function may already have run, so it may run twice: write \`retry_on: connect-failure,refused-stream\``;
  reporter.warn(policy.placeOf('retry_on'), message);
}

function checkProtocol(cluster: EnvoyNode, reporter: Reporter): void {
  const options = cluster.get('typed_extension_protocol_options')?.entry(HTTP_OPTIONS);
  const isHttp2 =
    cluster.get('http2_protocol_options') !== undefined ||
    options?.find('explicit_http_config', 'http2_protocol_options') !== undefined ||
    options?.find('use_downstream_protocol_config', 'http2_protocol_options') !== undefined ||
    options?.get('auto_config') !== undefined;
  if (isHttp2) return;
  const message = `gRPC needs HTTP/2, without it each request is a 500: write \`typed_extension_protocol_options: {${HTTP_OPTIONS}: {"@type": type.googleapis.com/${HTTP_OPTIONS}, explicit_http_config: {http2_protocol_options: {}}}}\``;
  reporter.error(cluster.placeOf('typed_extension_protocol_options'), message);
}

function checkCircuitBreakers(cluster: EnvoyNode, retries: boolean, reporter: Reporter): void {
  const thresholds = cluster.get('circuit_breakers')?.items('thresholds') ?? [];
  const main = thresholds.find((threshold) => (threshold.text('priority') ?? 'DEFAULT') === 'DEFAULT');
  if (main?.number('max_requests') !== undefined) {
    if (!retries || main.number('max_retries') !== undefined) return;
    const message =
      'Envoy retries at most 3 streams at the same time, too few when a server stops under load: write `max_retries: 100000`';
    reporter.warn(main.placeOf('max_retries'), message);
    return;
  }
  const message =
    'Envoy allows 1,024 concurrent requests to the server, which slow functions soon reach, and answers more with 500: write `circuit_breakers: {thresholds: [{max_requests: 100000, max_pending_requests: 100000, max_retries: 100000}]}`';
  reporter.warn(cluster.placeOf('circuit_breakers'), message);
}

function checkHealth(cluster: EnvoyNode, assignments: EnvoyConfiguration['assignments'], reporter: Reporter): void {
  const checks = cluster.items('health_checks');
  if (checks.length === 0) {
    const message = `Envoy notices a server that drains or hangs only by failed requests: write \`health_checks: [{timeout: 1s, interval: 1s, no_traffic_interval: 1s, unhealthy_threshold: 2, healthy_threshold: 1, grpc_health_check: {service_name: ${SERVICE_NAME}}}]\``;
    reporter.warn(cluster.placeOf('health_checks'), message);
  }
  for (const check of checks) {
    if (check.get('no_traffic_interval') === undefined) {
      const message =
        'without traffic Envoy checks only every 60 s and notices a stopped server late: write `no_traffic_interval: 1s`';
      reporter.warn(check.placeOf('no_traffic_interval'), message);
    }
    const grpc = check.get('grpc_health_check');
    if (grpc !== undefined) checkHealthAuthority(cluster, grpc, assignments, reporter);
    const name = grpc?.text('service_name') ?? '';
    if (grpc !== undefined && name !== '' && name !== SERVICE_NAME) {
      const message = `the server does not have this service and is treated as unhealthy: write \`service_name: ${SERVICE_NAME}\``;
      reporter.error(grpc.placeOf('service_name'), message);
    }
  }
}
