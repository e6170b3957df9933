// A minimal server for Envoy's protocol without any code of this project's own server, so that probes see only what Envoy does.
import { join } from 'node:path';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { SERVICE_NAME } from '../../src/envoy-names.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.ts';

/** Metadata of a stream that names the probe. */
export const PROBE_KEY = 'x-probe';

/** The fields of ProcessingRequest that probes read. */
export interface Message {
  /** The kind of message. */
  readonly request: Part;
  readonly request_body?: BodyPart;
  readonly response_body?: BodyPart;
  readonly attributes?: Readonly<Record<string, Struct>>;
  readonly metadata_context?: { readonly filter_metadata?: Readonly<Record<string, Struct>> };
  readonly protocol_config?: { readonly send_body_without_waiting_for_header_response?: boolean };
}

export type Part =
  | 'request_headers'
  | 'response_headers'
  | 'request_body'
  | 'response_body'
  | 'request_trailers'
  | 'response_trailers';

export interface BodyPart {
  /** Absent if it is empty. */
  readonly body?: Buffer;
  readonly end_of_stream?: boolean;
}

export interface Struct {
  readonly fields: Readonly<Record<string, { readonly numberValue?: number; readonly stringValue?: string }>>;
}

/** One gRPC stream, which belongs to one HTTP request. */
export interface ProbeStream {
  /** The gRPC call's `:authority`. */
  readonly authority: string;
  readonly messages: readonly Message[];
  /** A ProcessingResponse. */
  reply(message: object): void;
}

export type Behaviour = (message: Message, stream: ProbeStream) => void;

export interface ProbeServer {
  /** `unix:/path`, in the form for Envoy's configuration. */
  readonly address: string;
  /** The streams of a probe so far. */
  streams(probe: string): readonly ProbeStream[];
  stop(): void;
}

/** `behaviours`: the behaviour of each probe by its name. */
export async function startProbeServer(behaviours: ReadonlyMap<string, Behaviour>): Promise<ProbeServer> {
  const streams = new Map<string, ProbeStream[]>();
  const server = new Server();
  server.addService(definition(), {
    Process(call: ServerDuplexStream<Message, object>) {
      const probe = String(call.metadata.get(PROBE_KEY)[0]);
      const messages: Message[] = [];
      const stream = { authority: call.getHost(), messages, reply: (message: object) => void call.write(message) };
      streams.set(probe, [...(streams.get(probe) ?? []), stream]);
      call.on('data', (message: Message) => {
        messages.push(message);
        behaviours.get(probe)?.(message, stream);
      });
      call.on('end', () => call.end());
      // Envoy resets streams that it no longer needs.
      call.on('error', () => {});
    },
  });
  const directory: TemporaryDirectory = temporaryDirectory('probe-');
  const address = `unix:${join(directory.path, 's')}`;
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve()));
  });
  return {
    address,
    streams: (probe) => streams.get(probe) ?? [],
    stop() {
      server.forceShutdown();
      directory.remove();
    },
  };
}

function definition() {
  const found = loadSync('envoy/service/ext_proc/v3/external_processor.proto', {
    keepCase: true,
    enums: String,
    oneofs: true,
    includeDirs: [join(import.meta.dirname, '../../proto')],
  })[SERVICE_NAME];
  if (found === undefined || 'format' in found) throw new Error(`proto/ has no service ${SERVICE_NAME}`);
  return found;
}
