import { Writable } from 'node:stream';
import type { StreamScript, StubStream } from './streaming-stub.ts';
import { prelude } from './streaming-stub.ts';

/** The stream that Lambda's Node runtime gives to a function which streams. */
export class ResponseStream extends Writable {
  readonly #stub: StubStream;

  constructor(stub: StubStream) {
    super();
    this.#stub = stub;
  }

  setContentType(): void {
    // It is a header of the API's answer, which callers of InvokeWithResponseStream do not get.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#stub.chunk(chunk).then(done);
  }

  override _final(done: () => void): void {
    this.#stub.complete().then(done);
  }
}

export type StreamingHandler = (event: unknown, stream: ResponseStream, context: object) => Promise<void>;

/** As the runtime has it: what a module that streams finds when it is loaded. */
export function provideAwsLambda(): void {
  Object.assign(globalThis, {
    awslambda: {
      streamifyResponse: (handler: StreamingHandler) => handler,
      HttpResponseStream: {
        from(stream: ResponseStream, head: unknown): ResponseStream {
          stream.write(prelude(head));
          return stream;
        },
      },
    },
  });
}

/** What a handler does with one call. One that throws has failed. */
export function scriptOf(handler: StreamingHandler): StreamScript {
  return async (stub, { body }) => {
    const stream = new ResponseStream(stub);
    try {
      await handler(JSON.parse(body.toString()), stream, { functionName: 'local' });
    } catch (error) {
      // What was written goes first.
      await new Promise<void>((resolve) => void stream.write('', () => resolve()));
      const { name, message } = error as Error;
      await stub.fail(name, JSON.stringify({ errorType: name, errorMessage: message }));
    }
  };
}
