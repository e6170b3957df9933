import {
  type ServerDuplexStream,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { GrpcService } from './grpc-service.ts';

type Call = ServerDuplexStream<unknown, unknown>;

/** The same service; calls of its bidirectional methods end (DEADLINE_EXCEEDED) if their first message does not come. */
export function endSilentStreams(service: GrpcService, ms: number, onSilent: () => void): GrpcService {
  const implementation: UntypedServiceImplementation = { ...service.implementation };
  for (const name of twoWayMethods(service.definition)) {
    const handle = service.implementation[name] as ((call: Call) => void) | undefined;
    if (handle === undefined) continue;
    implementation[name] = (call: Call): void => {
      watch(call, ms, onSilent);
      handle(call);
    };
  }
  return { definition: service.definition, implementation };
}

/** Paths of the methods that `endSilentStreams` watches. */
export function watchedPaths({ definition }: GrpcService): string[] {
  return twoWayMethods(definition).flatMap((name) => definition[name]?.path ?? []);
}

function twoWayMethods(definition: ServiceDefinition): string[] {
  return Object.entries(definition)
    .filter(([, { requestStream, responseStream }]) => requestStream && responseStream)
    .map(([name]) => name);
}

function watch(call: Call, ms: number, onSilent: () => void): void {
  const timer = setTimeout(() => {
    onSilent();
    call.emit('error', { code: status.DEADLINE_EXCEEDED, details: `no message within ${ms / 1000} s` });
  }, ms);
  timer.unref();
  const stop = (): void => clearTimeout(timer);
  call.once('data', stop);
  // A half-close without a message ends the stream by itself.
  call.once('end', stop);
  call.once('cancelled', stop);
}
