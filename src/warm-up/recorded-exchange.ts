import type { ServiceDefinition } from '@grpc/grpc-js';
import { GRPC_AUTHORITY } from '../envoy-names.ts';
import { type ProcessingRequest, type ProcessingResponse, writeRequest } from '../ext-proc/index.ts';
import { type EnvoyOptions, type HttpRequest, InMemoryEnvoy, ReplyQueue } from '../trial/index.ts';
import type { EnvoyConnection } from './envoy-connection.ts';
import { backend } from './requests.ts';

type Method = ServiceDefinition[string];

/** A message that Envoy sends once it has `after` replies; undefined: it ends the stream. */
interface Step {
  readonly after: number;
  readonly message: Buffer | undefined;
}

interface Recording {
  readonly steps: readonly Step[];
  /** The first byte of each reply: the tag of the field that gives its kind. */
  readonly kinds: readonly (number | undefined)[];
}

/** How a request goes through the filter: see `InMemoryEnvoy`. */
export interface ExchangeOptions {
  readonly method: Method;
  /** Header block of the gRPC call. */
  readonly headers: Buffer;
  readonly request: HttpRequest;
  readonly envoy: EnvoyOptions;
}

/**
 * One request as Envoy sends it. The first run follows Envoy's rules; later runs send the recorded bytes again, which costs almost nothing
 * compared with the work of the server.
 */
export class RecordedExchange {
  readonly #options: ExchangeOptions;
  #recording: Recording | undefined;
  #times = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /** Resolves when the stream has ended. */
  async run(connection: EnvoyConnection): Promise<void> {
    if (this.#recording === undefined) this.#recording = await this.#record(connection);
    else await this.#replay(connection, this.#recording);
  }

  async #record(connection: EnvoyConnection): Promise<Recording> {
    const { method, headers, request, envoy } = this.#options;
    const replies = new ReplyQueue(new Map(), GRPC_AUTHORITY);
    const steps: Step[] = [];
    const kinds: (number | undefined)[] = [];
    const stream = await connection.open(headers, {
      message(bytes) {
        kinds.push(bytes[0]);
        replies.write(method.responseDeserialize(bytes) as ProcessingResponse);
      },
      ended: () => replies.fail('its end', 'the server has ended it, or the connection was cut'),
    });
    const sink = {
      receive(message: ProcessingRequest): void {
        const bytes = writeRequest(message);
        steps.push({ after: kinds.length, message: bytes });
        stream.send(bytes);
      },
      close(): void {
        steps.push({ after: kinds.length, message: undefined });
        stream.close('end');
      },
    };
    await new InMemoryEnvoy(sink, replies, envoy).run(request, backend);
    return { steps, kinds };
  }

  async #replay(connection: EnvoyConnection, { steps, kinds }: Recording): Promise<void> {
    // Alternate, because Envoy ends streams in both ways: see EnvoyStream.
    const how = this.#times++ % 2 === 0 ? 'end' : 'reset';
    let ended = (): void => {};
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    let step = 0;
    let replies = 0;
    const stream = await connection.open(this.#options.headers, {
      message(bytes) {
        // The policies decided differently than in the recording (by time or chance), so its next message does not fit.
        if (bytes[0] === kinds[replies++]) advance();
        else stream.close('reset');
      },
      ended,
    });
    const advance = (): void => {
      for (let next = steps[step]; next !== undefined && next.after <= replies; next = steps[++step]) {
        if (next.message === undefined) stream.close(how);
        else stream.send(next.message);
      }
    };
    advance();
    await end;
  }
}
