/** Parts of the configurations that control planes generate, as far as rules check them. */

const TYPE = 'type.googleapis.com';
const HTTP = `${TYPE}/envoy.extensions.filters.http`;

export const EXTERNAL_PROCESSOR_URL = `${HTTP}.ext_proc.v3.ExternalProcessor`;
export const PER_ROUTE_URL = `${HTTP}.ext_proc.v3.ExtProcPerRoute`;
export const FILTER_CONFIG_URL = `${TYPE}/envoy.config.route.v3.FilterConfig`;

const ROUTER = { name: 'envoy.filters.http.router', typed_config: { '@type': `${HTTP}.router.v3.Router` } };

/** The settings that rules require of a connection manager: for cases where the control plane sets them or where they are unknown. */
const SAFE_MANAGER = {
  normalize_path: true,
  merge_slashes: true,
  path_with_escaped_slashes_action: 'UNESCAPE_AND_REDIRECT',
  common_http_protocol_options: { headers_with_underscores_action: 'REJECT_REQUEST' },
  use_remote_address: true,
  request_timeout: '300s',
  stream_idle_timeout: '300s',
};

export interface GeneratedListener {
  /** Further fields of the listener. */
  readonly listener: Readonly<Record<string, unknown>>;
  /** Further fields of the connection manager: routes and what is set beside them. */
  readonly manager: Readonly<Record<string, unknown>>;
  readonly filters: readonly unknown[];
}

/** A listener with one connection manager. */
export function generatedListener({ listener, manager, filters }: GeneratedListener): object {
  return {
    ...listener,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type': `${TYPE}/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
              ...SAFE_MANAGER,
              ...manager,
              http_filters: [...filters, ROUTER],
            },
          },
        ],
      },
    ],
  };
}

/** What a cluster for gRPC has, whoever makes it. */
export const HTTP2_OPTIONS = {
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
    '@type': `${TYPE}/envoy.extensions.upstreams.http.v3.HttpProtocolOptions`,
    explicit_http_config: { http2_protocol_options: {} },
  },
};
