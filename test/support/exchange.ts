import { Client, type ClientDuplexStream, credentials, Metadata, type StatusObject } from '@grpc/grpc-js';
import type { ProcessingRequest } from '../../src/ext-proc/generated/envoy/service/ext_proc/v3/ProcessingRequest.ts';
import type { ProcessingResponse__Output } from '../../src/ext-proc/generated/envoy/service/ext_proc/v3/ProcessingResponse.ts';
import { loadServiceDefinition } from '../../src/ext-proc/wire/service-definition.ts';

export type Message = ProcessingRequest;
export type Reply = ProcessingResponse__Output;

/** Envoy's end of the protocol, for tests that say what Envoy never would. */
export class ExchangeClient {
  readonly #client: Client;
  readonly #method = loadServiceDefinition().Process;

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  }

  open(metadata: Readonly<Record<string, string>> = {}): Exchange {
    const method = this.#method;
    if (method === undefined) throw new Error('no method Process');
    const fields = new Metadata();
    for (const [name, value] of Object.entries(metadata)) fields.set(name, value);
    return new Exchange(
      this.#client.makeBidiStreamRequest(
        method.path,
        method.requestSerialize as (value: Message) => Buffer,
        method.responseDeserialize as (bytes: Buffer) => Reply,
        fields,
      ),
    );
  }

  close(): void {
    this.#client.close();
  }
}

/** One stream. */
export class Exchange {
  readonly replies: Reply[] = [];
  /** How the server ended it; never rejects. */
  readonly status: Promise<StatusObject>;
  readonly call: ClientDuplexStream<Message, Reply>;
  #ended: StatusObject | undefined;
  #wake: (() => void) | undefined;

  constructor(call: ClientDuplexStream<Message, Reply>) {
    this.call = call;
    call.on('data', (reply: Reply) => {
      this.replies.push(reply);
      this.#wake?.();
    });
    // The status says the same.
    call.on('error', () => {});
    this.status = new Promise((resolve) => {
      call.on('status', (status: StatusObject) => {
        this.#ended = status;
        this.#wake?.();
        resolve(status);
      });
    });
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  send(message: Message): void {
    if (!this.ended) this.call.write(message);
  }

  /** Until there are so many replies, or the stream has ended. */
  async until(count: number): Promise<void> {
    while (this.replies.length < count && !this.ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Sends and waits for the reply; undefined when the stream ended instead. */
  async ask(message: Message): Promise<Reply | undefined> {
    const index = this.replies.length;
    this.send(message);
    await this.until(index + 1);
    return this.replies[index];
  }

  end(): Promise<StatusObject> {
    this.call.end();
    return this.status;
  }

  cancel(): Promise<StatusObject> {
    this.call.cancel();
    return this.status;
  }
}

/** Headers as Envoy sends them. */
function headerMap(headers: Readonly<Record<string, string | Uint8Array>>) {
  return {
    headers: Object.entries(headers).map(([key, value]) => ({ key, raw_value: Buffer.from(value as string) })),
  };
}

export const requestHeaders = (end: boolean, extra: Readonly<Record<string, string>> = {}): Message => ({
  request_headers: {
    headers: headerMap({ ':method': 'POST', ':path': '/a?b=c', ':scheme': 'http', ':authority': 'h', ...extra }),
    end_of_stream: end,
  },
});

const fromBackend = {
  'response.code_details': { stringValue: 'via_upstream' },
  'upstream.address': { stringValue: '127.0.0.1:80' },
};

export const responseHeaders = (end: boolean, extra: Readonly<Record<string, string>> = {}): Message => ({
  response_headers: {
    headers: headerMap({ ':status': '200', ...extra }),
    end_of_stream: end,
  },
  attributes: { 'envoy.filters.http.ext_proc': { fields: fromBackend } },
});
