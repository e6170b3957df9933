import type { Metadata, ServerInterceptingCallInterface, ServiceDefinition } from '@grpc/grpc-js';

/** What grpc-js tells of a call. */
export type FullCallListener = Parameters<ServerInterceptingCallInterface['start']>[0];
/** What a service is told of a call after its metadata. */
export type CallListener = Omit<FullCallListener, 'onReceiveMetadata'>;

/**
 * Begins one call of a bidirectional method. `call.startRead()` asks for one message, or the end of the client's messages; the call
 * ends with `call.sendStatus`.
 */
export type CallHandler = (call: ServerInterceptingCallInterface, metadata: Metadata) => CallListener;

export interface GrpcService {
  /** Of bidirectional methods. */
  readonly definition: ServiceDefinition;
  /** By the method's name. */
  readonly handlers: Readonly<Record<string, CallHandler>>;
}
