/** What Envoy's configuration calls the parts of this server by. */

/** The gRPC service that Envoy calls, and that its health checks ask for. */
export const SERVICE_NAME = 'envoy.service.ext_proc.v3.ExternalProcessor';

/** Metadata of a gRPC stream (`grpc_initial_metadata`), by which a route says how it is to be served. */
export const streamMetadata = {
  /** The name of the API. */
  api: 'x-lambda-api',
  /** Policies that the route brings along, as JSON. */
  policies: 'x-lambda-policies',
  /** Envoy's `message_timeout` and `max_message_timeout` in milliseconds. */
  messageTimeout: 'x-lambda-message-timeout',
  maxMessageTimeout: 'x-lambda-max-message-timeout',
} as const;
