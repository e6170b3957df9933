import {
  Metadata,
  type ServerDuplexStream,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { NodeScope } from '../expression/index.ts';
import type { LambdaInvoker } from '../lambda/index.ts';
import type { PolicySource } from '../policy/index.ts';
import { Capacity } from './capacity.ts';
import { HiddenHeaders } from './hidden-headers.ts';
import { askBeforeMessages } from './message-decoder.ts';
import { MissingBodies } from './missing-bodies.ts';
import type { StreamObserver } from './observer.ts';
import { ProcessingStream } from './stream.ts';
import type { Peer, StreamContext } from './stream-context.ts';
import { loadServiceDefinition, type ProcessingRequest, type ProcessingResponse } from './wire/index.ts';

export interface ExternalProcessorOptions {
  readonly policies: PolicySource;
  readonly invoker: LambdaInvoker;
  readonly metrics: StreamObserver;
  readonly logger: Logger;
  readonly node: NodeScope;
  readonly now?: () => number;
}

export interface ExternalProcessor {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  readonly capacity: Capacity;
}

type Call = ServerDuplexStream<ProcessingRequest, ProcessingResponse>;

/** The gRPC service `envoy.service.ext_proc.v3.ExternalProcessor`. */
export function createExternalProcessor(options: ExternalProcessorOptions): ExternalProcessor {
  const { policies, invoker, metrics, logger, node, now = Date.now } = options;
  const capacity = new Capacity();
  const shared = { capacity, missingBodies: new MissingBodies(), hiddenHeaders: new HiddenHeaders(logger) };
  const runtime = { invoker, logger, observer: metrics, node };
  const process = (call: Call): void => {
    const context = { set: policies.current(), runtime, observer: metrics, logger, now, ...shared };
    serve(call, context);
  };
  return { definition: loadServiceDefinition(), implementation: { Process: process }, capacity };
}

function serve(call: Call, context: StreamContext): void {
  const stream = new ProcessingStream(new CallPeer(call), context);
  askBeforeMessages(call, (bytes) => stream.begin(bytes));
  call.on('data', (message: ProcessingRequest) => stream.receive(message));
  call.on('drain', () => stream.drained());
  call.on('end', () => {
    stream.close();
    // With graceful close Envoy waits for this for a second.
    call.end();
  });
  call.on('cancelled', () => stream.close());
  call.on('error', (error) => {
    context.logger.debug({ err: error }, 'gRPC stream ended with an error');
    stream.close();
  });
}

/** grpc-js says by itself that it takes gzip; such streams are refused. */
const INITIAL = new Metadata();
INITIAL.set('grpc-accept-encoding', 'identity');

class CallPeer implements Peer {
  readonly #call: Call;
  #initialMetadataSent = false;

  constructor(call: Call) {
    this.#call = call;
  }

  get metadata(): Metadata {
    return this.#call.metadata;
  }

  sendInitialMetadata(): void {
    if (this.#initialMetadataSent) return;
    this.#initialMetadataSent = true;
    this.#call.sendMetadata(INITIAL);
  }

  write(reply: ProcessingResponse, onSent?: () => void): boolean {
    this.sendInitialMetadata();
    return this.#call.write(reply, onSent);
  }

  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    if (!this.#call.writableNeedDrain) this.#call.resume();
  }

  fail(code: 'INVALID_ARGUMENT' | 'INTERNAL', details: string): void {
    this.#call.emit('error', { code: status[code], details });
  }
}
