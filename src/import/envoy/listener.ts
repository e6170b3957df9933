import { EXT_PROC_FILTER } from '../../envoy-names.ts';
import { defaultLimits } from '../../policy/index.ts';
import type { Json } from '../commented-yaml.ts';
import type { ApiDefinition, Cors } from '../definition.ts';
import { slug } from '../names.ts';
import { address, type } from './json.ts';

/** `usesSidecar`: whether a route enables the filter. */
export function routeConfiguration(virtualHosts: readonly Json[], usesSidecar: boolean): Json {
  return {
    name: 'routes',
    '#': 'As in the gateway: api.example.com:8443 is api.example.com.',
    ignore_port_in_host_matching: true,
    ...(usesSidecar ? {} : sidecarOff),
    virtual_hosts: virtualHosts,
  };
}

const sidecarOff: Json = {
  '#': 'No route with Lambda steps is open: each one that you open must enable the filter.',
  typed_per_filter_config: {
    [EXT_PROC_FILTER]: { '@type': type('config.route.v3.FilterConfig'), disabled: true },
  },
};

/** A hardened listener on loopback. `filters` run before the router. */
export function listener(definition: ApiDefinition, routes: Json, filters: readonly Json[]): Json {
  return {
    name: slug(definition.name),
    address: address('127.0.0.1', 10_000),
    '#': 'The largest request body that a policy can read; `limits.bodyBytes` of policies.yaml is the same by default.',
    per_connection_buffer_limit_bytes: defaultLimits.bodyBytes,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type': type('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
              stat_prefix: 'ingress',
              ...hardening,
              route_config: routes,
              http_filters: [
                ...filters,
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

/** Envoy and the backend must read a request in the same way, and every wait needs a limit. */
const hardening: Json = {
  '#': 'Routes are matched by the path that the backend will see: /a/../b, //b and /a%2Fb do not bypass a route.',
  normalize_path: true,
  merge_slashes: true,
  path_with_escaped_slashes_action: 'UNESCAPE_AND_REDIRECT',
  common_http_protocol_options: { headers_with_underscores_action: 'REJECT_REQUEST' },
  use_remote_address: true,
  request_headers_timeout: '10s',
  request_timeout: '300s',
  stream_idle_timeout: '300s',
};

/** The filter that answers preflight requests, for the rules of the virtual hosts. */
export const corsFilter: Json = {
  name: 'envoy.filters.http.cors',
  typed_config: { '@type': type('extensions.filters.http.cors.v3.Cors') },
};

export function corsRules(cors: Cors): Json {
  return {
    'envoy.filters.http.cors': {
      '@type': type('extensions.filters.http.cors.v3.CorsPolicy'),
      allow_origin_string_match: cors.origins.map((origin) => {
        return 'exact' in origin ? origin : { safe_regex: { regex: origin.pattern } };
      }),
      ...(cors.methods.length > 0 && { allow_methods: cors.methods.join(',') }),
      ...(cors.headers.length > 0 && { allow_headers: cors.headers.join(',') }),
      ...(cors.exposed.length > 0 && { expose_headers: cors.exposed.join(',') }),
      ...(cors.maxAgeSeconds !== undefined && { max_age: String(cors.maxAgeSeconds) }),
      allow_credentials: cors.credentials,
      ...(cors.privateNetwork && { allow_private_network_access: true }),
    },
  };
}

/** Envoy accepts no more than it has memory for. */
export const overloadManager: Json = {
  refresh_interval: '0.25s',
  resource_monitors: [
    {
      name: 'envoy.resource_monitors.fixed_heap',
      typed_config: {
        '@type': type('extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig'),
        max_heap_size_bytes: 1_073_741_824,
      },
    },
    {
      name: 'envoy.resource_monitors.global_downstream_max_connections',
      typed_config: {
        '@type': type('extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig'),
        max_active_downstream_connections: 50_000,
      },
    },
  ],
  actions: [
    {
      name: 'envoy.overload_actions.stop_accepting_requests',
      triggers: [{ name: 'envoy.resource_monitors.fixed_heap', threshold: { value: 0.95 } }],
    },
  ],
};
