import type { Metadata, ServerInterceptingCallInterface, ServiceDefinition } from '@grpc/grpc-js';

/** The events of a call in grpc-js. */
export type FullCallListener = Parameters<ServerInterceptingCallInterface['start']>[0];
/** The events that a service gets after the call's metadata. */
export type CallListener = Omit<FullCallListener, 'onReceiveMetadata'>;

/**
 * Starts one call of a bidirectional method. `call.startRead()` requests one message or the end of the client's messages;
 * `call.sendStatus` ends the call.
 */
export type CallHandler = (call: ServerInterceptingCallInterface, metadata: Metadata) => CallListener;

export interface GrpcService {
  /** Of bidirectional methods. */
  readonly definition: ServiceDefinition;
  /** By the method's name. */
  readonly handlers: Readonly<Record<string, CallHandler>>;
}
