import { type Dialect, dialectOf, type FieldWords, SECOND_LINE } from './dialect.ts';

const PATCH = 'an EnvoyPatchPolicy can set it on the filter';
/** Body modes: the names in an EnvoyExtensionPolicy, by Envoy's name. */
export const BODY_MODES: ReadonlyMap<string, string> = new Map([
  ['BUFFERED', 'Buffered'],
  ['BUFFERED_PARTIAL', 'BufferedPartial'],
  ['STREAMED', 'Streamed'],
  ['FULL_DUPLEX_STREAMED', 'FullDuplexStreamed'],
]);

function bodyMode(phase: string): FieldWords {
  return {
    at: ['processingMode', phase, 'body'],
    write: (mode) => {
      const own = BODY_MODES.get(mode);
      return own === undefined ? `processingMode: {${phase}: {}}` : `processingMode: {${phase}: {body: ${own}}}`;
    },
  };
}

const headerMode = (phase: string): FieldWords => ({
  at: ['processingMode', phase],
  write: () => `processingMode: {${phase}: {}}`,
});
const attributes = (phase: string): FieldWords => ({
  at: ['processingMode', phase, 'attributes'],
  write: (list) => `processingMode: {${phase}: {attributes: ${list || '[…]'}}}`,
});

/** An item of `spec.extProc` of an EnvoyExtensionPolicy (api/v1alpha1/ext_proc_types.go of Envoy Gateway 1.9). */
export const extensionPolicy: Dialect = dialectOf({
  kind: 'EnvoyExtensionPolicy',
  otherwise: PATCH,
  phrases: [[SECOND_LINE, `EnvoyExtensionPolicy cannot add one: use an EnvoyPatchPolicy to ${SECOND_LINE}`]],
  fields: {
    processing_mode: { at: ['processingMode'] },
    request_header_mode: headerMode('request'),
    response_header_mode: headerMode('response'),
    request_body_mode: bodyMode('request'),
    response_body_mode: bodyMode('response'),
    request_trailer_mode: { at: ['processingMode', 'request'] },
    response_trailer_mode: { at: ['processingMode', 'response'] },
    allow_mode_override: {
      at: ['processingMode', 'allowModeOverride'],
      write: (value) => `processingMode: {allowModeOverride: ${value || 'true'}}`,
    },
    request_attributes: attributes('request'),
    response_attributes: attributes('response'),
    message_timeout: { at: ['messageTimeout'], write: (value) => `messageTimeout: ${value}` },
    max_message_timeout: {},
    failure_mode_allow: { at: ['failOpen'], write: (value) => `failOpen: ${value || 'false'}` },
    metadata_options: {
      at: ['metadata'],
      write: () => 'metadata: {writableNamespaces: [lambda-ext-proc]}',
    },
    forwarding_namespaces: {
      at: ['metadata', 'accessibleNamespaces'],
      write: (value) => `metadata: {accessibleNamespaces: ${/\[.*\]/.exec(value)?.[0] ?? '[…]'}}`,
    },
    mutation_rules: {},
    observability_mode: { at: ['shadowMode'], write: (value) => `shadowMode: ${value || 'false'}` },
    grpc_service: { at: ['backendRefs'] },
    envoy_grpc: { at: ['backendRefs'] },
    authority: { at: ['backendRefs'], write: (value) => `Backend.spec.endpoints[]: {hostname: ${value}}` },
    retry_policy: { at: ['backendSettings', 'retry'] },
    retry_on: {
      at: ['backendSettings', 'retry', 'retryOn'],
      write: () => 'backendSettings: {retry: {retryOn: {triggers: [connect-failure, refused-stream]}}}',
    },
    circuit_breakers: {
      at: ['backendSettings', 'circuitBreaker'],
      write: () =>
        'backendSettings: {circuitBreaker: {maxParallelRequests: 100000, maxPendingRequests: 100000, maxParallelRetries: 100000}}',
    },
    max_retries: {
      at: ['backendSettings', 'circuitBreaker'],
      write: (value) => `backendSettings: {circuitBreaker: {maxParallelRetries: ${value}}}`,
    },
    health_checks: {
      at: ['backendSettings', 'healthCheck'],
      write: () =>
        'backendSettings: {healthCheck: {active: {type: GRPC, grpc: {service: envoy.service.ext_proc.v3.ExternalProcessor}, interval: 1s, timeout: 1s, unhealthyThreshold: 2, healthyThreshold: 1}}}',
    },
    service_name: {
      at: ['backendSettings', 'healthCheck', 'active', 'grpc', 'service'],
      write: (value) => `grpc: {service: ${value}}`,
    },
    per_connection_buffer_limit_bytes: {
      at: [],
      write: (value) => `ClientTrafficPolicy.spec.connection: {bufferLimit: ${quantity(value)}}`,
    },
    request_timeout: {
      write: (value) => `ClientTrafficPolicy.spec.timeout: {http: {requestReceivedTimeout: ${value}}}`,
    },
    stream_idle_timeout: {
      write: (value) => `ClientTrafficPolicy.spec.timeout: {http: {streamIdleTimeout: ${value}}}`,
    },
  },
});

/** `spec` of a ClientTrafficPolicy: what the listeners of a Gateway do with connections. */
export const clientTrafficPolicy: Dialect = dialectOf({
  kind: 'ClientTrafficPolicy',
  otherwise: 'an EnvoyPatchPolicy can set it on the listener',
  fields: {
    per_connection_buffer_limit_bytes: {
      at: ['connection', 'bufferLimit'],
      write: (value) => `connection: {bufferLimit: ${quantity(value)}}`,
    },
    request_timeout: {
      at: ['timeout', 'http', 'requestReceivedTimeout'],
      write: (value) => `timeout: {http: {requestReceivedTimeout: ${value}}}`,
    },
    stream_idle_timeout: {
      at: ['timeout', 'http', 'streamIdleTimeout'],
      write: (value) => `timeout: {http: {streamIdleTimeout: ${value}}}`,
    },
    normalize_path: { at: ['path', 'disableMergeSlashes'] },
    merge_slashes: { at: ['path', 'disableMergeSlashes'], write: () => 'path: {disableMergeSlashes: false}' },
    path_with_escaped_slashes_action: {
      at: ['path', 'escapedSlashesAction'],
      write: () => 'path: {escapedSlashesAction: UnescapeAndRedirect}',
    },
    headers_with_underscores_action: {
      at: ['headers', 'withUnderscoresAction'],
      write: () => 'headers: {withUnderscoresAction: RejectRequest}',
    },
    common_http_protocol_options: {
      at: ['headers', 'withUnderscoresAction'],
      write: () => 'headers: {withUnderscoresAction: RejectRequest}',
    },
  },
});

/** `spec` of an EnvoyProxy. */
export const envoyProxy: Dialect = dialectOf({
  kind: 'EnvoyProxy',
  otherwise: 'its `bootstrap` can set it',
  fields: {
    layered_runtime: {
      write: () =>
        'bootstrap: {type: JSONPatch, jsonPatches: [{op: add, path: /layered_runtime/layers/-, value: {name: lambda, static_layer: {envoy.reloadable_features.ext_proc_graceful_grpc_close: true}}}]}',
    },
  },
});

/** A size in bytes as Kubernetes writes it. */
function quantity(bytes: string): string {
  const mebibytes = Number(bytes) / (1024 * 1024);
  return Number.isInteger(mebibytes) && mebibytes > 0 ? `${mebibytes}Mi` : bytes;
}
