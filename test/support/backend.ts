import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** What arrived at the backend. */
export interface BackendRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** Lower-case names; duplicates stay separate, in order of arrival. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
  /** The first value of a header. */
  header(name: string): string | undefined;
}

/** What the backend says. A body of chunks is written as they come (SSE, slow answers). */
export interface BackendAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
  readonly trailers?: Readonly<Record<string, string>>;
}

export type Answering = (request: BackendRequest) => BackendAnswer | Promise<BackendAnswer>;

/** The body of an answer by `echo`. */
export interface Echo {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
  readonly trailers: Readonly<Record<string, string>>;
}

export interface Backend {
  /** `127.0.0.1:PORT`, as `envoyConfig` takes it. */
  readonly address: string;
  readonly url: string;
  /** Requests since the start or the last `reset()`. */
  readonly calls: number;
  /** The last 1,000 of them. */
  readonly requests: readonly BackendRequest[];
  readonly last: BackendRequest | undefined;
  /** What to answer from now on. */
  answerWith(answer: BackendAnswer | Answering): void;
  /** Forgets the calls and echoes again. */
  reset(): void;
  stop(): Promise<void>;
}

export interface BackendOptions {
  /** `http1` by default; `h2c` for gRPC. */
  readonly protocol?: 'http1' | 'h2c';
  readonly answer?: BackendAnswer | Answering;
}

/** Answers what arrived, as JSON. */
const echo: Answering = (request) => {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of request.headers) {
    const before = headers[name];
    headers[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  const { method, path, trailers } = request;
  const body: Echo = { method, path, headers, body: request.body.toString(), trailers };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
};

export async function startBackend(options: BackendOptions = {}): Promise<Backend> {
  let answering: Answering = asAnswering(options.answer ?? echo);
  let calls = 0;
  let requests: BackendRequest[] = [];

  const handle = async (incoming: Incoming, outgoing: Outgoing) => {
    calls++;
    const request = await readRequest(incoming);
    requests.push(request);
    if (requests.length > 2000) requests = requests.slice(-1000);
    await writeAnswer(outgoing, await answering(request));
  };
  const listener = (incoming: Incoming, outgoing: Outgoing) => {
    // A caller that goes away ends the stream under the handler's hands; anything else shows as a reset to the caller.
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  };
  // Limits are Envoy's and the sidecar's to keep.
  const generous = { keepAliveTimeout: 0, maxHeaderSize: 512 * 1024 };
  const server = options.protocol === 'h2c' ? createHttp2(listener) : createHttp1(generous, listener);
  if ('maxHeadersCount' in server) server.maxHeadersCount = 0;
  const sessions = new Set<{ destroy(): void }>();
  server.on('connection', (socket: { destroy(): void; on(event: 'close', then: () => void): void }) => {
    sessions.add(socket);
    socket.on('close', () => sessions.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    address: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    get calls() {
      return calls;
    },
    get requests() {
      return requests.slice(-1000);
    },
    get last() {
      return requests.at(-1);
    },
    answerWith(answer) {
      answering = asAnswering(answer);
    },
    reset() {
      calls = 0;
      requests = [];
      answering = echo;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sessions) socket.destroy();
      }),
  };
}

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

function asAnswering(answer: BackendAnswer | Answering): Answering {
  return typeof answer === 'function' ? answer : () => answer;
}

async function readRequest(incoming: Incoming): Promise<BackendRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers: (readonly [string, string])[] = [];
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.push([incoming.rawHeaders[i]?.toLowerCase() ?? '', incoming.rawHeaders[i + 1] ?? '']);
  }
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers,
    body: Buffer.concat(chunks),
    trailers: { ...incoming.trailers } as Record<string, string>,
    header: (name) => headers.find(([candidate]) => candidate === name)?.[1],
  };
}

async function writeAnswer(outgoing: Outgoing, answer: BackendAnswer): Promise<void> {
  outgoing.statusCode = answer.status ?? 200;
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    outgoing.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  const { body = '' } = answer;
  if (typeof body === 'string' || body instanceof Uint8Array) {
    if (answer.trailers) {
      write(outgoing, body);
      outgoing.addTrailers({ ...answer.trailers });
      outgoing.end();
    } else {
      const bytes = Buffer.from(body);
      const bodiless = outgoing.statusCode === 204 || outgoing.statusCode === 304;
      if (!bodiless && !outgoing.hasHeader('content-length')) outgoing.setHeader('content-length', bytes.length);
      if (bodiless) outgoing.end();
      else outgoing.end(bytes);
    }
    return;
  }
  // The headers go out before the first chunk exists.
  if ('flushHeaders' in outgoing) outgoing.flushHeaders();
  for await (const chunk of body) write(outgoing, chunk);
  if (answer.trailers) outgoing.addTrailers({ ...answer.trailers });
  outgoing.end();
}

function write(outgoing: Outgoing, chunk: string | Uint8Array): void {
  // Both kinds have `write`, with overloads that have no common call signature.
  (outgoing as { write(chunk: string | Uint8Array): boolean }).write(chunk);
}
