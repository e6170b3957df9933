import { GRPC_AUTHORITY, SERVICE_NAME, SIDECAR_SOCKET } from '../../envoy-names.ts';
import { defaultLimits } from '../../policy/index.ts';
import type { Json } from '../commented-yaml.ts';
import type { Backend, BackendGroup, Connection, HealthCheck } from '../definition.ts';
import { oneLine } from '../names.ts';
import { SIDECAR_CLUSTER } from './ext-proc.ts';
import { address, seconds } from './json.ts';
import type { Profile } from './profiles.ts';
import { sniOptions, tlsSocket } from './tls.ts';

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** The server beside Envoy. */
export function serverCluster(): Json {
  return {
    name: SIDECAR_CLUSTER,
    type: 'STATIC',
    connect_timeout: '0.5s',
    load_assignment: {
      cluster_name: SIDECAR_CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: SIDECAR_SOCKET } } } }] }],
    },
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: {
        '@type': `type.googleapis.com/${HTTP_OPTIONS}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    '#': 'Each request is one gRPC stream for as long as its function runs: the default of 1,024 is soon reached.',
    circuit_breakers: { thresholds: [{ max_requests: 100_000, max_pending_requests: 100_000, max_retries: 100_000 }] },
    health_checks: [
      {
        timeout: '1s',
        interval: '1s',
        no_traffic_interval: '1s',
        unhealthy_threshold: 2,
        healthy_threshold: 1,
        grpc_health_check: { service_name: SERVICE_NAME, authority: GRPC_AUTHORITY },
      },
    ],
  };
}

export function backendCluster(profile: Profile, loadBalancing: BackendGroup['loadBalancing']): Json {
  const { cluster: name, endpoints, spares } = profile;
  const [first] = endpoints;
  const connection = first?.connection ?? {};
  const isTls = first?.target.protocol === 'https:';
  const weighted = loadBalancing.startsWith('WEIGHTED');
  const priorities = [endpoints, spares].filter((some) => some.length > 0);
  return {
    name,
    type: 'STRICT_DNS',
    connect_timeout: seconds(connection.connectTimeoutMs || 5000),
    // Envoy's RANDOM ignores weights.
    lb_policy: loadBalancing === 'RANDOM' ? 'RANDOM' : 'ROUND_ROBIN',
    per_connection_buffer_limit_bytes: defaultLimits.bodyBytes,
    load_assignment: {
      cluster_name: name,
      endpoints: priorities.map((some, priority) => ({
        priority,
        lb_endpoints: some.map((endpoint) => lbEndpoint(endpoint, weighted)),
      })),
    },
    ...protocolOptions(connection, isTls),
    ...breakers(connection),
    ...(isTls && { transport_socket: tlsSocket(connection) }),
    ...(first?.healthCheck !== undefined && { health_checks: [healthCheck(first.healthCheck, connection)] }),
  };
}

function lbEndpoint({ name, target, weight, healthCheck }: Backend, weighted: boolean): Json {
  return {
    '#': oneLine(name),
    endpoint: {
      hostname: target.hostname,
      address: address(bareHost(target), Number(target.port) || (target.protocol === 'https:' ? 443 : 80)),
      ...(healthCheck !== undefined && { health_check_config: { hostname: target.host } }),
    },
    ...(weighted && weight > 1 && { load_balancing_weight: weight }),
  };
}

function bareHost(target: URL): string {
  return target.hostname.replace(/^\[|\]$/g, '');
}

function protocolOptions(connection: Connection, isTls: boolean): Json {
  const common = {
    ...(connection.connectionIdleMs !== undefined && { idle_timeout: seconds(connection.connectionIdleMs) }),
    ...((connection.connectionLifetimeMs ?? 0) > 0 && {
      max_connection_duration: seconds(connection.connectionLifetimeMs ?? 0),
    }),
    ...(connection.keepAlive === false && { max_requests_per_connection: 1 }),
  };
  const hasCommon = Object.keys(common).length > 0;
  if (!hasCommon && !isTls && connection.http2 === undefined) return {};
  return {
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: {
        '@type': `type.googleapis.com/${HTTP_OPTIONS}`,
        ...(hasCommon && { common_http_protocol_options: common }),
        ...(isTls && sniOptions(connection)),
        explicit_http_config: connection.http2 === undefined ? { http_protocol_options: {} } : http2(connection.http2),
      },
    },
  };
}

function http2({ maxConcurrentStreams, connectionWindow, streamWindow }: NonNullable<Connection['http2']>): Json {
  return {
    http2_protocol_options: {
      ...(maxConcurrentStreams !== undefined && { max_concurrent_streams: maxConcurrentStreams }),
      ...(streamWindow !== undefined && { initial_stream_window_size: streamWindow }),
      ...(connectionWindow !== undefined && { initial_connection_window_size: connectionWindow }),
    },
  };
}

function breakers({ maxConnections, maxWaiting }: Connection): Json {
  if ((maxConnections ?? 0) <= 0 && (maxWaiting ?? 0) <= 0) return {};
  const threshold = {
    ...(maxConnections !== undefined && maxConnections > 0 && { max_connections: maxConnections }),
    ...(maxWaiting !== undefined && maxWaiting > 0 && { max_pending_requests: maxWaiting }),
  };
  return { circuit_breakers: { thresholds: [threshold] } };
}

function healthCheck(check: HealthCheck, { http2: options }: Connection): Json {
  const { host, ...headers } = check.headers;
  return {
    timeout: '5s',
    interval: seconds(check.intervalMs),
    '#': 'Without it Envoy checks a cluster without requests so far only once a minute.',
    no_traffic_interval: seconds(check.intervalMs),
    unhealthy_threshold: check.unhealthyThreshold,
    healthy_threshold: check.healthyThreshold,
    http_health_check: {
      ...(host !== undefined && { host }),
      path: check.path,
      method: check.method,
      expected_statuses: check.statuses.map((status) => ({ start: status, end: status + 1 })),
      ...(Object.keys(headers).length > 0 && {
        request_headers_to_add: Object.entries(headers).map(([key, value]) => ({
          header: { key, value: value.replaceAll('%', '%%') },
          append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
        })),
      }),
      ...(options !== undefined && { codec_client_type: 'HTTP2' }),
    },
  };
}
