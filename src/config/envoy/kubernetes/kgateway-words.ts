import { type Dialect, dialectOf, type FieldWords, SECOND_LINE } from './dialect.ts';

const mode = (field: string): FieldWords => ({
  at: ['processingMode', field],
  write: (value) => `processingMode: {${field}: ${value || 'SEND'}}`,
});

/** The fields of a ProcessingMode, by Envoy's names (api/v1alpha1/kgateway/ext_proc_types.go). */
export const MODES: Readonly<Record<string, string>> = {
  request_header_mode: 'requestHeaderMode',
  response_header_mode: 'responseHeaderMode',
  request_body_mode: 'requestBodyMode',
  response_body_mode: 'responseBodyMode',
  request_trailer_mode: 'requestTrailerMode',
  response_trailer_mode: 'responseTrailerMode',
};

const fields: Readonly<Record<string, FieldWords>> = {
  processing_mode: { at: ['processingMode'] },
  ...Object.fromEntries(Object.entries(MODES).map(([envoy, own]) => [envoy, mode(own)])),
  allow_mode_override: {
    at: ['allowProcessingModeOverride'],
    write: (value) => `allowProcessingModeOverride: ${value || 'true'}`,
  },
  allowed_override_modes: { at: ['allowedProcessingModeOverrides'], write: () => 'allowedProcessingModeOverrides' },
  message_timeout: { at: ['messageTimeout'], write: (value) => `messageTimeout: ${value}` },
  max_message_timeout: { at: ['maxMessageTimeout'], write: (value) => `maxMessageTimeout: ${value}` },
  failure_mode_allow: { at: ['failOpen'], write: (value) => `failOpen: ${value || 'false'}` },
  route_cache_action: { at: ['routeCacheAction'], write: () => 'routeCacheAction' },
  grpc_service: { at: ['grpcService'] },
  authority: { at: ['grpcService', 'authority'], write: (value) => `grpcService: {authority: ${value}}` },
  per_connection_buffer_limit_bytes: {
    write: (value) => `ListenerPolicy.spec.default.perConnectionBufferLimitBytes: ${value}`,
  },
  request_attributes: {},
  response_attributes: {},
  metadata_options: {},
  forwarding_namespaces: {
    at: ['metadataOptions', 'forwarding'],
    write: (value) => `metadataOptions: {forwarding: ${value}}`,
  },
  mutation_rules: {},
};

const SECOND_LINES = [[SECOND_LINE, `kgateway has no object that could ${SECOND_LINE}`]] as const;

/** `spec.extProc` of a GatewayExtension. */
export const gatewayExtension: Dialect = dialectOf({
  kind: 'GatewayExtension',
  otherwise: 'kgateway cannot set it',
  phrases: SECOND_LINES,
  fields,
});

/** `spec.extProc` of a TrafficPolicy, which can only replace the modes. */
export const trafficPolicy: Dialect = dialectOf({
  kind: 'TrafficPolicy',
  otherwise: 'the GatewayExtension that it refers to may have one',
  phrases: SECOND_LINES,
  fields,
});
