import type { Metadata, ServerInterceptingCallInterface, ServiceDefinition } from '@grpc/grpc-js';
import type { ResultCache } from '../cache/index.ts';
import type { Capacity } from './capacity.ts';
import { StreamCall } from './stream-call.ts';
import { createStreams, type StreamsOptions } from './streams.ts';
import { loadServiceDefinition } from './wire/index.ts';

export interface ExternalProcessor {
  readonly definition: ServiceDefinition;
  readonly handlers: { readonly Process: (call: ServerInterceptingCallInterface, metadata: Metadata) => StreamCall };
  /** Cuts all streamed answers; their callers, logs and metrics get the reason. */
  cutAnswers(): void;
  readonly capacity: Capacity;
  readonly cache: ResultCache;
}

/** The gRPC service `envoy.service.ext_proc.v3.ExternalProcessor`. */
export function createExternalProcessor(options: StreamsOptions): ExternalProcessor {
  const streams = createStreams(options);
  return {
    definition: loadServiceDefinition(),
    handlers: { Process: (call, metadata) => new StreamCall(call, metadata, streams, options.logger) },
    cutAnswers: () => streams.cutAnswers(),
    capacity: streams.capacity,
    cache: streams.cache,
  };
}
