import {
  Metadata,
  type ServerDuplexStream,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { ResultCache } from '../cache/index.ts';
import type { Capacity } from './capacity.ts';
import { askBeforeMessages } from './message-decoder.ts';
import type { Peer } from './stream-context.ts';
import { createStreams, type Streams, type StreamsOptions } from './streams.ts';
import { loadServiceDefinition, type ProcessingResponse, type Received } from './wire/index.ts';

export interface ExternalProcessor {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  /** Cuts all streamed answers; their callers, logs and metrics get the reason. */
  cutAnswers(): void;
  readonly capacity: Capacity;
  readonly cache: ResultCache;
}

type Call = ServerDuplexStream<Received, ProcessingResponse>;

/** The gRPC service `envoy.service.ext_proc.v3.ExternalProcessor`. */
export function createExternalProcessor(options: StreamsOptions): ExternalProcessor {
  const streams = createStreams(options);
  const process = (call: Call): void => serve(call, streams, options.logger);
  return {
    definition: loadServiceDefinition(),
    implementation: { Process: process },
    cutAnswers: () => streams.cutAnswers(),
    capacity: streams.capacity,
    cache: streams.cache,
  };
}

function serve(call: Call, streams: Streams, logger: Logger): void {
  const stream = streams.open(new CallPeer(call));
  askBeforeMessages(call, (bytes) => stream.begin(bytes));
  call.on('data', (message: Received) => stream.receive(message));
  call.on('drain', () => stream.drained());
  call.on('end', () => {
    stream.close();
    // With graceful close Envoy waits for this for a second.
    call.end();
  });
  call.on('cancelled', () => stream.close());
  call.on('error', (error) => {
    logger.debug({ err: error }, 'gRPC stream ended with an error');
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

  get authority(): string {
    return this.#call.getHost();
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
