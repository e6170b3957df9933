/** JSON of a configuration: built here, changed by tests as they like, checked by Envoy. */
export type Json = { [key: string]: unknown };

export type BodyMode = 'NONE' | 'BUFFERED' | 'BUFFERED_PARTIAL' | 'STREAMED' | 'FULL_DUPLEX_STREAMED';
export type SendMode = 'DEFAULT' | 'SEND' | 'SKIP';

export interface ProcessingMode {
  readonly request_header_mode?: SendMode;
  readonly response_header_mode?: SendMode;
  readonly request_body_mode?: BodyMode;
  readonly response_body_mode?: BodyMode;
  readonly request_trailer_mode?: SendMode;
  readonly response_trailer_mode?: SendMode;
}

export interface RouteOptions {
  /** `/` by default. Routes are tried in order. */
  readonly prefix?: string;
  readonly name?: string;
  /** Sends the route through the sidecar: gRPC metadata of its own, as `{'x-lambda-api': 'orders'}` or `{}`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Replaces the filter's processing mode on this route. */
  readonly processingMode?: ProcessingMode;
  /** More of `ExtProcPerRoute.overrides`. */
  readonly overrides?: Json;
  /** `metadata.filter_metadata` of the route. */
  readonly filterMetadata?: Json;
  /** Fields of the `route` action, for instance `{timeout: '0s'}`; a `direct_response` replaces the backend. */
  readonly action?: Json;
  readonly directResponse?: { readonly status: number; readonly body?: string };
  /** Further fields of the route, for instance `response_headers_to_add`. */
  readonly extra?: Json;
}

export interface EnvoyConfigOptions {
  /** Where the sidecar listens: `unix:/path` or `host:port`; several are spread over by round robin. */
  readonly sidecar: string | readonly string[];
  /** Where the backend listens, `host:port`. */
  readonly backend: string;
  /** The backend speaks HTTP/2 (gRPC). */
  readonly backendHttp2?: boolean;
  /** HTTP/1.1 options towards the backend, for instance `{enable_trailers: true}`. */
  readonly backendHttp1?: Json;
  /** By default one route `/` that goes through the sidecar without naming an API. */
  readonly routes?: readonly RouteOptions[];
  /** By default request headers only: the sidecar asks for more. */
  readonly processingMode?: ProcessingMode;
  /** True by default. */
  readonly allowModeOverride?: boolean;
  /** The runtime flag `ext_proc_graceful_grpc_close`; on by default. */
  readonly gracefulClose?: boolean;
  /** `30s` by default: Envoy's own 200 ms are less than a cold start. */
  readonly messageTimeout?: string;
  /** Namespaces of dynamic metadata that the sidecar may write; `lambda-ext-proc` by default. */
  readonly receivingNamespaces?: readonly string[];
  /** Filter-level `grpc_service.initial_metadata`; values may hold formatters. */
  readonly initialMetadata?: Readonly<Record<string, string>>;
  readonly requestAttributes?: readonly string[];
  /** By default those that tell who answered. */
  readonly responseAttributes?: readonly string[];
  /** Further or other fields of the filter, for instance `{failure_mode_allow: true}`. */
  readonly filter?: Json;
  /** HTTP filters before and after ext_proc. */
  readonly filtersBefore?: readonly Json[];
  readonly filtersAfter?: readonly Json[];
  /** Replaces the router. */
  readonly router?: Json;
  /** Further fields of the HTTP connection manager, for instance `local_reply_config`. */
  readonly connectionManager?: Json;
  /** Further fields of the sidecar's cluster, for instance `health_checks` or `circuit_breakers`. */
  readonly sidecarCluster?: Json;
  /** `transport_socket` of the listener: TLS towards callers. */
  readonly callerSocket?: Json;
  readonly perConnectionBufferLimitBytes?: number;
  /** True by default; load tests switch it off. */
  readonly accessLog?: boolean;
}

const type = (name: string) => `type.googleapis.com/${name}`;
const httpOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const filterName = 'envoy.filters.http.ext_proc';

/**
 * An Envoy between a caller, the sidecar and a backend, as the documentation recommends it: the filter is disabled, and
 * a route enables it and names its API by gRPC metadata. Ports are 0, Envoy picks them.
 */
export function envoyConfig(options: EnvoyConfigOptions): Json {
  return {
    admin: { address: address('127.0.0.1:0') },
    layered_runtime: {
      layers: [
        {
          name: 'static',
          static_layer: {
            'envoy.reloadable_features.ext_proc_graceful_grpc_close': options.gracefulClose ?? true,
            // Tests bind loopback only; without a limit of its own Envoy warns at each start.
            overload: { global_downstream_max_connections: 50_000 },
          },
        },
      ],
    },
    static_resources: { listeners: [listener(options)], clusters: clusters(options) },
  };
}

function listener(options: EnvoyConfigOptions): Json {
  return {
    name: 'main',
    address: address('127.0.0.1:0'),
    ...(options.perConnectionBufferLimitBytes !== undefined && {
      per_connection_buffer_limit_bytes: options.perConnectionBufferLimitBytes,
    }),
    filter_chains: [
      {
        ...(options.callerSocket !== undefined && { transport_socket: options.callerSocket }),
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type': type('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
              stat_prefix: 'test',
              access_log: options.accessLog === false ? [] : [accessLog()],
              route_config: {
                name: 'routes',
                virtual_hosts: [
                  { name: 'all', domains: ['*'], routes: (options.routes ?? [{ metadata: {} }]).map(route) },
                ],
              },
              http_filters: [
                ...(options.filtersBefore ?? []),
                extProc(options),
                ...(options.filtersAfter ?? []),
                options.router ?? {
                  name: 'envoy.filters.http.router',
                  typed_config: { '@type': type('envoy.extensions.filters.http.router.v3.Router') },
                },
              ],
              ...options.connectionManager,
            },
          },
        ],
      },
    ],
  };
}

function extProc(options: EnvoyConfigOptions): Json {
  return {
    name: filterName,
    disabled: true,
    typed_config: {
      '@type': type('envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor'),
      grpc_service: {
        envoy_grpc: { cluster_name: 'sidecar' },
        initial_metadata: Object.entries(options.initialMetadata ?? {}).map(([key, value]) => ({ key, value })),
      },
      processing_mode: options.processingMode ?? {
        request_header_mode: 'SEND',
        response_header_mode: 'SKIP',
        request_body_mode: 'NONE',
        response_body_mode: 'NONE',
      },
      allow_mode_override: options.allowModeOverride ?? true,
      message_timeout: options.messageTimeout ?? '30s',
      request_attributes: options.requestAttributes ?? ['xds.route_name', 'xds.virtual_host_name'],
      response_attributes: options.responseAttributes ?? ['response.code_details', 'upstream.address'],
      metadata_options: {
        receiving_namespaces: { untyped: options.receivingNamespaces ?? ['lambda-ext-proc'] },
      },
      ...options.filter,
    },
  };
}

function route(options: RouteOptions): Json {
  const target = options.directResponse
    ? {
        direct_response: {
          status: options.directResponse.status,
          body: { inline_string: options.directResponse.body ?? '' },
        },
      }
    : { route: { cluster: 'backend', ...options.action } };
  return {
    ...(options.name !== undefined && { name: options.name }),
    match: { prefix: options.prefix ?? '/' },
    ...target,
    ...(options.filterMetadata && { metadata: { filter_metadata: options.filterMetadata } }),
    ...(options.metadata && { typed_per_filter_config: { [filterName]: perRoute(options) } }),
    ...options.extra,
  };
}

function perRoute(options: RouteOptions): Json {
  return {
    '@type': type('envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute'),
    overrides: {
      grpc_initial_metadata: Object.entries(options.metadata ?? {}).map(([key, value]) => {
        // The value is a format string for Envoy, in which a lone percent sign is an error.
        return { key, value: value.replaceAll('%', '%%') };
      }),
      ...(options.processingMode && { processing_mode: options.processingMode }),
      ...options.overrides,
    },
  };
}

function clusters(options: EnvoyConfigOptions): Json[] {
  const sidecars = typeof options.sidecar === 'string' ? [options.sidecar] : options.sidecar;
  return [
    {
      ...cluster('sidecar', sidecars),
      typed_extension_protocol_options: http2(),
      ...options.sidecarCluster,
    },
    {
      ...cluster('backend', [options.backend]),
      ...(options.backendHttp2 && { typed_extension_protocol_options: http2() }),
      ...(options.backendHttp1 && { typed_extension_protocol_options: http1(options.backendHttp1) }),
    },
  ];
}

function cluster(name: string, addresses: readonly string[]): Json {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    // Envoy's 1,024 requests and 3 retries are a limit of their own, which no test here is about.
    circuit_breakers: {
      thresholds: [{ max_requests: 100_000, max_pending_requests: 100_000, max_connections: 10_000 }],
    },
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: addresses.map((text) => ({ endpoint: { address: address(text) } })) }],
    },
  };
}

function http2(): Json {
  return { [httpOptions]: { '@type': type(httpOptions), explicit_http_config: { http2_protocol_options: {} } } };
}

function http1(fields: Json): Json {
  return {
    [httpOptions]: { '@type': type(httpOptions), explicit_http_config: { http_protocol_options: fields } },
  };
}

function address(text: string): Json {
  if (text.startsWith('unix:')) return { pipe: { path: text.slice('unix:'.length) } };
  const colon = text.lastIndexOf(':');
  return { socket_address: { address: text.slice(0, colon), port_value: Number(text.slice(colon + 1)) } };
}

/** What `AccessLogEntry` in envoy.ts reads. */
function accessLog(): Json {
  return {
    name: 'stdout',
    typed_config: {
      '@type': type('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog'),
      log_format: {
        json_format: {
          method: '%REQ(:METHOD)%',
          path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
          status: '%RESPONSE_CODE%',
          details: '%RESPONSE_CODE_DETAILS%',
          flags: '%RESPONSE_FLAGS%',
          route: '%ROUTE_NAME%',
          metadata: '%DYNAMIC_METADATA(lambda-ext-proc)%',
        },
      },
    },
  };
}
