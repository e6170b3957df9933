/** What Envoy's configuration calls the parts of this server by. */

/** The gRPC service that Envoy calls, and that its health checks ask for. */
export const SERVICE_NAME = 'envoy.service.ext_proc.v3.ExternalProcessor';

/**
 * What the examples write as the gRPC call's `:authority`. Without it Envoy sends the cluster's name, which need not be one.
 */
export const GRPC_AUTHORITY = 'lambda-ext-proc';

/** Where the examples have the sidecar listen. */
export const SIDECAR_SOCKET = '/run/lambda-ext-proc/0.sock';

/** Metadata of a gRPC stream (`grpc_initial_metadata`), by which a route says how it is to be served. */
export const streamMetadata = {
  /** The name of the API. */
  api: 'x-lambda-api',
  /** Inline policies of the route, as JSON. */
  policies: 'x-lambda-policies',
  /** What the route's Envoy does not expose, as JSON. */
  envoy: 'x-lambda-envoy',
} as const;

/** Names of metadata that begin so are this server's own: one that is not among them is a mistake. */
export const METADATA_PREFIX = 'x-lambda-';

/** The filter, and the name under which its messages carry attributes. */
export const EXT_PROC_FILTER = 'envoy.filters.http.ext_proc';

/** Namespace of the dynamic metadata that this server gives to access logs and other filters. */
export const METADATA_NAMESPACE = 'lambda-ext-proc';

/** In that namespace: the cookie of a streamed answer with this number, from 2 on. The first is a header. */
export function cookieKey(number: number): string {
  return `cookie${number}`;
}

/** What the filter's `request_attributes` asks Envoy for. */
export const requestAttributes = {
  routeName: 'xds.route_name',
  virtualHostName: 'xds.virtual_host_name',
  protocol: 'request.protocol',
  sourceAddress: 'source.address',
  destinationAddress: 'destination.address',
  destinationPort: 'destination.port',
  /** Of the caller. */
  peerCertificate: 'connection.subject_peer_certificate',
  /** Of Envoy. */
  localCertificate: 'connection.subject_local_certificate',
} as const;

/** What `#request.ssl` reads. */
export const CERTIFICATE_ATTRIBUTES = [requestAttributes.peerCertificate, requestAttributes.localCertificate] as const;

/** The 40 of Envoy 1.40, where the filter's `request_attributes` asks for it: whether answers can be streamed. */
export const ENVOY_MINOR_ATTRIBUTE = 'xds.node.user_agent_build_version.version.minor_number';

/** The minor number of the first Envoy that sends an answer of the sidecar's while it arrives (StreamedImmediateResponse). */
export const STREAMING_MINOR = 37;

/** The minor number of the oldest Envoy that tests run: test/unit/scripts/versions.test.ts compares. */
export const OLDEST_MINOR = 36;

/** What the filter's `response_attributes` asks Envoy for: who answered, the backend or Envoy itself. The flags decide nothing yet. */
export const responseAttributes = {
  codeDetails: 'response.code_details',
  flags: 'response.flags',
  upstreamAddress: 'upstream.address',
} as const;

/** In the dynamic metadata of a request whose request phase is done, and what the examples call the RBAC filter for it. */
export const REQUEST_DONE = { filter: 'lambda-ext-proc-done', key: 'request', value: 'done' } as const;

/** Attributes that tell what `forward_rules` may hide: `:method` and `:status`. */
export const METHOD_ATTRIBUTE = 'request.method';
export const STATUS_ATTRIBUTE = 'response.code';

/** The longest `message_timeout` and `max_message_timeout` in milliseconds: Envoy refuses a configuration with a longer one. */
export const LONGEST_MESSAGE_TIMEOUT_MS = 3_600_000;
