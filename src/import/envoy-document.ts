import { Document } from 'yaml';
import { serviceName, streamMetadata } from '../envoy-names.ts';
import { defaultLimits } from '../policy/index.ts';
import { escapePattern, pathPattern } from './conditions.ts';
import type { ApiDefinition, BackendGroup } from './definition.ts';
import type { Imported, ImportedRoute } from './flows-to-apis.ts';
import { slug } from './flows-to-apis.ts';
import type { Notes } from './notes.ts';
import { isParameter } from './selectors.ts';

type Json = Readonly<Record<string, unknown>>;

const type = (name: string): string => `type.googleapis.com/envoy.${name}`;
const filterName = 'envoy.filters.http.ext_proc';
const httpOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const sidecar = 'lambda-ext-proc';
const systemCertificates = '/etc/ssl/certs/ca-certificates.crt';

/** An Envoy configuration for an imported API: its routes, backends and the server beside it. */
export function envoyDocument(
  definition: ApiDefinition,
  { routes }: Imported,
  messageTimeoutMs: number,
  notes: Notes,
): string {
  const [group, ...others] = definition.groups.filter(({ endpoints }) => endpoints.length > 0);
  for (const other of others) notes.add(`endpoint group ${other.name}: the routes go to ${group?.name}`);
  if (group === undefined) notes.add('a backend: no endpoint could be carried, the routes answer 503');
  const content = {
    layered_runtime: {
      layers: [{ name: 'static', static_layer: { 'envoy.reloadable_features.ext_proc_graceful_grpc_close': true } }],
    },
    static_resources: {
      listeners: [listener(definition, routes, group, messageTimeoutMs)],
      clusters: [sidecarCluster(), ...(group === undefined ? [] : [backendCluster(group)])],
    },
  };
  const document = new Document(content, { aliasDuplicateObjects: false });
  document.commentBefore = [
    ` Imported from the ${definition.version} definition of ${definition.name.replace(/\s+/g, ' ').slice(0, 100)}.`,
    ' Listens on loopback: change the address, and add TLS, to serve others.',
  ].join('\n');
  return document.toString({ lineWidth: 0 });
}

function listener(
  definition: ApiDefinition,
  routes: readonly ImportedRoute[],
  group: BackendGroup | undefined,
  messageTimeoutMs: number,
): Json {
  const hosts = [...new Set(routes.map(({ host }) => host ?? '*'))];
  return {
    name: slug(definition.name),
    address: { socket_address: { address: '127.0.0.1', port_value: 10_000 } },
    per_connection_buffer_limit_bytes: defaultLimits.bodyBytes,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type': type('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
              stat_prefix: 'ingress',
              route_config: {
                name: 'routes',
                virtual_hosts: hosts.map((host) => ({
                  name: host === '*' ? 'all' : slug(host),
                  domains: host === '*' ? ['*'] : [host, `${host}:*`],
                  routes: routes
                    .filter((route) => (route.host ?? '*') === host)
                    .map((route) => routeObject(route, definition, group)),
                })),
              },
              http_filters: [
                extProc(messageTimeoutMs),
                {
                  name: 'envoy.filters.http.router',
                  typed_config: { '@type': type('extensions.filters.http.router.v3.Router') },
                },
              ],
            },
          },
        ],
      },
    ],
  };
}

function routeObject(route: ImportedRoute, definition: ApiDefinition, group: BackendGroup | undefined): Json {
  return {
    name: route.name,
    match: match(route),
    ...(group === undefined
      ? { direct_response: { status: 503 } }
      : { route: action(route, group, definition.preserveHost) }),
    ...(route.api !== undefined && {
      typed_per_filter_config: {
        [filterName]: {
          '@type': type('extensions.filters.http.ext_proc.v3.ExtProcPerRoute'),
          overrides: { grpc_initial_metadata: [{ key: streamMetadata.api, value: route.api }] },
        },
      },
    }),
  };
}

function match({ selector, contextPath }: ImportedRoute): Json {
  const { operator, segments, methods } = selector;
  return {
    ...pathMatch(),
    ...(methods.length > 0 && {
      headers: [
        {
          name: ':method',
          string_match: methods.length === 1 ? { exact: methods[0] } : { safe_regex: { regex: methods.join('|') } },
        },
      ],
    }),
  };

  function pathMatch(): Json {
    if (segments.length === 0 && operator === 'STARTS_WITH') {
      return contextPath === '' ? { prefix: '/' } : { path_separated_prefix: contextPath };
    }
    if (operator === 'EQUALS' || segments.some(isParameter)) {
      return { safe_regex: { regex: pathPattern(selector, contextPath) } };
    }
    return { prefix: `${contextPath}/${segments.join('/')}` };
  }
}

/** The backend gets its own path and then what follows the context path. */
function action({ contextPath }: ImportedRoute, group: BackendGroup, preserveHost: boolean): Json {
  const [first, ...others] = group.endpoints;
  const targetPath = first?.target.pathname.replace(/\/+$/, '') ?? '';
  const oneHost = others.every(({ target }) => target.host === first?.target.host);
  return {
    cluster: clusterName(group),
    ...(group.readTimeoutMs !== undefined && { timeout: `${group.readTimeoutMs / 1000}s` }),
    ...(!preserveHost && (oneHost ? { host_rewrite_literal: first?.target.host } : { auto_host_rewrite: true })),
    ...(targetPath !== contextPath && { regex_rewrite: rewrite(contextPath, targetPath) }),
  };
}

function rewrite(contextPath: string, targetPath: string): Json {
  const context = escapePattern(contextPath);
  // Without a path of its own the backend still has to get a slash.
  const [regex, substitution] =
    targetPath === '' ? [`^${context}/?`, '/'] : [`^${context}(/.*)?$`, `${targetPath.replaceAll('\\', '\\\\')}\\1`];
  return { pattern: { regex }, substitution };
}

function extProc(messageTimeoutMs: number): Json {
  return {
    name: filterName,
    disabled: true,
    typed_config: {
      '@type': type('extensions.filters.http.ext_proc.v3.ExternalProcessor'),
      grpc_service: {
        envoy_grpc: { cluster_name: sidecar },
        retry_policy: {
          retry_on: 'connect-failure,refused-stream',
          num_retries: 3,
          // Envoy would wait up to a second before the first one.
          retry_back_off: { base_interval: '0.01s', max_interval: '0.1s' },
        },
      },
      processing_mode: {
        request_header_mode: 'SEND',
        response_header_mode: 'SKIP',
        request_body_mode: 'NONE',
        response_body_mode: 'NONE',
        request_trailer_mode: 'SKIP',
        response_trailer_mode: 'SKIP',
      },
      allow_mode_override: true,
      failure_mode_allow: false,
      message_timeout: `${messageTimeoutMs / 1000}s`,
      request_attributes: [
        'xds.route_name',
        'xds.virtual_host_name',
        'request.protocol',
        'source.address',
        'destination.address',
      ],
      mutation_rules: { disallow_is_error: true },
      metadata_options: { receiving_namespaces: { untyped: ['lambda-ext-proc'] } },
    },
  };
}

function sidecarCluster(): Json {
  return {
    name: sidecar,
    type: 'STATIC',
    connect_timeout: '0.5s',
    load_assignment: {
      cluster_name: sidecar,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address('127.0.0.1', 50_051) } }] }],
    },
    typed_extension_protocol_options: {
      [httpOptions]: {
        '@type': `type.googleapis.com/${httpOptions}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    circuit_breakers: { thresholds: [{ max_requests: 100_000, max_pending_requests: 100_000, max_retries: 100_000 }] },
    health_checks: [
      {
        timeout: '1s',
        interval: '1s',
        no_traffic_interval: '1s',
        unhealthy_threshold: 2,
        healthy_threshold: 1,
        grpc_health_check: { service_name: serviceName },
      },
    ],
  };
}

function backendCluster(group: BackendGroup): Json {
  const isTls = group.endpoints.some(({ target }) => target.protocol === 'https:');
  const name = clusterName(group);
  const priorities = [group.endpoints.filter(({ backup }) => !backup), group.endpoints.filter(({ backup }) => backup)];
  return {
    name,
    type: 'STRICT_DNS',
    connect_timeout: `${(group.connectTimeoutMs ?? 5000) / 1000}s`,
    lb_policy: group.loadBalancing.includes('RANDOM') ? 'RANDOM' : 'ROUND_ROBIN',
    per_connection_buffer_limit_bytes: defaultLimits.bodyBytes,
    load_assignment: {
      cluster_name: name,
      endpoints: priorities
        .filter((endpoints) => endpoints.length > 0)
        .map((endpoints, priority) => ({
          priority,
          lb_endpoints: endpoints.map(({ target, weight }) => ({
            endpoint: {
              hostname: target.hostname,
              address: address(bareHost(target), Number(target.port) || (target.protocol === 'https:' ? 443 : 80)),
            },
            ...(weight > 1 && { load_balancing_weight: weight }),
          })),
        })),
    },
    ...(isTls && tls()),
  };
}

/** The name that the certificate must have is that of the request's host. */
function tls(): Json {
  return {
    typed_extension_protocol_options: {
      [httpOptions]: {
        '@type': `type.googleapis.com/${httpOptions}`,
        upstream_http_protocol_options: { auto_sni: true, auto_san_validation: true },
        explicit_http_config: { http_protocol_options: {} },
      },
    },
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': type('extensions.transport_sockets.tls.v3.UpstreamTlsContext'),
        common_tls_context: { validation_context: { trusted_ca: { filename: systemCertificates } } },
      },
    },
  };
}

function bareHost(target: URL): string {
  return target.hostname.replace(/^\[|\]$/g, '');
}

function address(host: string, port: number): Json {
  return { socket_address: { address: host, port_value: port } };
}

function clusterName(group: BackendGroup): string {
  return `backend-${slug(group.name, 'default')}`;
}
