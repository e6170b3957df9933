import { suggestion } from '../../closest.ts';
import { SERVICE_NAME } from '../../envoy-names.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** How Envoy reaches the server: `service` is the filter's or a route's `grpc_service`. */
export function checkService(
  service: EnvoyNode,
  clusters: ReadonlyMap<string, EnvoyNode>,
  hasOtherClusters: boolean,
  reporter: Reporter,
): void {
  checkRetries(service, reporter);
  const target = service.get('envoy_grpc');
  const name = target?.text('cluster_name');
  if (target === undefined || name === undefined) return;
  const cluster = clusters.get(name);
  if (cluster === undefined) {
    if (hasOtherClusters) return;
    const message = `there is no cluster of this name${suggestion(name, clusters.keys())}: each request is a 500`;
    reporter.error(target.placeOf('cluster_name'), message);
    return;
  }
  checkProtocol(cluster, reporter);
  checkCircuitBreakers(cluster, service.get('retry_policy') !== undefined, reporter);
  checkHealth(cluster, reporter);
}

/** A stream that was reset may have run its function already. */
function checkRetries(service: EnvoyNode, reporter: Reporter): void {
  const policy = service.get('retry_policy');
  const conditions = (policy?.text('retry_on') ?? '').split(',').map((condition) => condition.trim());
  const unsafe = conditions.filter((condition) => /^(?:reset|5xx|gateway-error|retriable-4xx)$/.test(condition));
  if (policy === undefined || unsafe.length === 0) return;
  const message = `${unsafe.join(' and ')} repeats streams whose function may have run already, so that it runs twice: write \`retry_on: connect-failure,refused-stream\``;
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
      'Envoy repeats 3 streams at a time, too few when a server goes away under load: write `max_retries: 100000`';
    reporter.warn(main.placeOf('max_retries'), message);
    return;
  }
  const message =
    'Envoy allows 1,024 requests in the server at a time, which slow functions soon reach, and answers 500 beyond: write `circuit_breakers: {thresholds: [{max_requests: 100000, max_pending_requests: 100000, max_retries: 100000}]}`';
  reporter.warn(cluster.placeOf('circuit_breakers'), message);
}

function checkHealth(cluster: EnvoyNode, reporter: Reporter): void {
  const checks = cluster.items('health_checks');
  if (checks.length === 0) {
    const message = `a server that drains or hangs is only noticed by failed requests: write \`health_checks: [{timeout: 1s, interval: 1s, no_traffic_interval: 1s, unhealthy_threshold: 2, healthy_threshold: 1, grpc_health_check: {service_name: ${SERVICE_NAME}}}]\``;
    reporter.warn(cluster.placeOf('health_checks'), message);
  }
  for (const check of checks) {
    if (check.get('no_traffic_interval') === undefined) {
      const message =
        'Envoy looks every 60 s only while there is no traffic, and finds a stopped server late: write `no_traffic_interval: 1s`';
      reporter.warn(check.placeOf('no_traffic_interval'), message);
    }
    const grpc = check.get('grpc_health_check');
    const name = grpc?.text('service_name') ?? '';
    if (grpc !== undefined && name !== '' && name !== SERVICE_NAME) {
      const message = `the server knows no such service and counts as unhealthy: write \`service_name: ${SERVICE_NAME}\``;
      reporter.error(grpc.placeOf('service_name'), message);
    }
  }
}
