// Lambda's InvokeWithResponseStream, written from the protocol's description: for what no real part can be made to do.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type CompleteFields, chunkFrame, completeFrame, errorFrame, exceptionFrame } from './event-frames.ts';
import { type SignedRequest, signatureError } from './sigv4-check.ts';

export interface StreamRequest extends SignedRequest {
  readonly functionName: string;
  /** The same for all attempts of one call. */
  readonly invocationId: string;
}

/** What a function does with one request. The stream is left as the script leaves it: a script that never ends it hangs. */
export type StreamScript = (stream: StubStream, request: StreamRequest) => void | Promise<void>;

export interface StreamingStubOptions {
  /** Access key → secret; signatures are checked against them. */
  readonly secrets?: ReadonlyMap<string, string>;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** How far the stub's clock is ahead. */
  readonly clockAheadMs?: number;
}

const PATH = /^\/2021-11-15\/functions\/([^/?]+)\/response-streaming-invocations(?:\?|$)/;

/** A local Lambda that streams what it is told by function name. */
export class StreamingStub {
  readonly requests: StreamRequest[] = [];
  /** Connections that were ever made. */
  connections = 0;
  readonly #scripts = new Map<string, readonly StreamScript[]>();
  readonly #served = new Map<string, number>();
  readonly #options: StreamingStubOptions;
  readonly #server: Server;
  #open = 0;

  private constructor(options: StreamingStubOptions) {
    this.#options = options;
    const serve = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response);
    this.#server = options.tls === undefined ? createServer(serve) : createTlsServer({ ...options.tls }, serve);
    this.#server.on(options.tls === undefined ? 'connection' : 'secureConnection', () => {
      this.connections++;
    });
  }

  static async start(options: StreamingStubOptions = {}): Promise<StreamingStub> {
    const stub = new StreamingStub(options);
    stub.#server.listen(0, '127.0.0.1');
    await once(stub.#server, 'listening');
    return stub;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`;
  }

  /** Streams whose connection is there and that have not ended. */
  get open(): number {
    return this.#open;
  }

  /** Waits up to `ms` until no more than so many streams are open; false: they stayed. */
  async closedTo(open: number, ms = 1_000): Promise<boolean> {
    const end = Date.now() + ms;
    while (this.#open > open && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    return this.#open <= open;
  }

  /** What the function does, a script for each request; the last one stays. */
  on(functionName: string, ...scripts: StreamScript[]): void {
    this.#scripts.set(functionName, scripts);
    this.#served.delete(functionName);
  }

  /** How often it was called. */
  attempts(functionName: string): number {
    return this.requests.filter((request) => request.functionName === functionName).length;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming);
    const { secrets, clockAheadMs = 0 } = this.#options;
    const headers = new Map(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const { method = '', url = '' } = incoming;
    const functionName = decodeURIComponent(PATH.exec(url)?.[1] ?? '');
    const invocationId = headers.get('amz-sdk-invocation-id') ?? '';
    const request: StreamRequest = { method, target: url, headers, body, functionName, invocationId };
    this.requests.push(request);
    const stream = new StubStream(response, Date.now() + clockAheadMs);
    this.#open++;
    response.once('close', () => this.#open--);
    const wrong = secrets && signatureError(request, secrets, Date.now() + clockAheadMs);
    if (wrong !== undefined) return stream.refuse(403, wrong);
    const scripts = this.#scripts.get(functionName);
    if (scripts === undefined) return stream.refuse(404, 'ResourceNotFoundException');
    const served = this.#served.get(functionName) ?? 0;
    this.#served.set(functionName, served + 1);
    await scripts[Math.min(served, scripts.length - 1)]?.(stream, request);
  }
}

/** One streamed answer. Nothing of it throws once the caller has gone. */
export class StubStream {
  readonly #response: ServerResponse;
  readonly #date: number;
  /** Resolves when the connection has closed or the answer has ended. */
  readonly closed: Promise<void>;
  /** Bytes of one write: frames are cut there. Infinity: a write for each frame. */
  cut = Number.POSITIVE_INFINITY;
  /** Bytes that were written. */
  sent = 0;

  constructor(response: ServerResponse, date: number) {
    this.#response = response;
    this.#date = date;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    response.once('close', resolve);
    response.on('error', () => {});
  }

  get isClosed(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  /** The head that a stream begins with. It is written by itself before the first byte. */
  head(headers: Readonly<Record<string, string>> = {}): void {
    if (this.#response.headersSent || this.isClosed) return;
    this.#response.writeHead(200, {
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amz-executed-version': '$LATEST',
      'x-amzn-requestid': '00000000-0000-4000-8000-000000000001',
      date: new Date(this.#date).toUTCString(),
      ...headers,
    });
    this.#response.flushHeaders();
  }

  /** Bytes as they are. Waits until the connection takes more: with nobody reading it stands still. */
  async write(bytes: Uint8Array): Promise<void> {
    this.head();
    for (let at = 0; at < bytes.length; at += this.cut) {
      if (this.isClosed) return;
      const piece = bytes.subarray(at, Math.min(bytes.length, at + this.cut));
      this.sent += piece.length;
      if (!this.#response.write(piece)) await Promise.race([once(this.#response, 'drain'), this.closed]);
    }
  }

  /** A PayloadChunk. */
  chunk(payload: Uint8Array | string): Promise<void> {
    return this.write(chunkFrame(payload));
  }

  /** InvokeComplete, and the end. */
  async complete(fields: CompleteFields = {}): Promise<void> {
    await this.write(completeFrame(fields));
    this.end();
  }

  /** The function fails: InvokeComplete with ErrorCode. */
  fail(
    ErrorCode = 'Runtime.UnhandledException',
    ErrorDetails = '{"errorMessage":"secret of the function"}',
  ): Promise<void> {
    return this.complete({ ErrorCode, ErrorDetails });
  }

  async exception(type: string, message: string): Promise<void> {
    await this.write(exceptionFrame(type, message));
    this.end();
  }

  async error(code: string, message: string): Promise<void> {
    await this.write(errorFrame(code, message));
    this.end();
  }

  /** A clean end of the HTTP answer, whatever has come before. */
  end(): void {
    this.head();
    this.#response.end();
  }

  /** The connection breaks. */
  reset(): void {
    this.#response.socket?.resetAndDestroy();
  }

  /** An error of the service instead of a stream. */
  refuse(status: number, type: string, headers: Readonly<Record<string, string>> = {}): void {
    this.answer(status, { 'x-amzn-errortype': type, ...headers }, '{"message":"no"}');
  }

  /** Any answer instead of a stream. */
  answer(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    this.#response.writeHead(status, { date: new Date(this.#date).toUTCString(), ...headers }).end(body);
  }
}

/** All bytes of what arrives. */
export async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** Streams these chunks, and ends well. */
export function streams(...chunks: readonly (Uint8Array | string)[]): StreamScript {
  return async (stream) => {
    for (const chunk of chunks) await stream.chunk(chunk);
    await stream.complete();
  };
}

/** The prelude of an HTTP answer, its delimiter included. */
export function prelude(fields: unknown): Buffer {
  return Buffer.concat([Buffer.from(JSON.stringify(fields)), Buffer.alloc(8)]);
}
