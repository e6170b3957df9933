import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { serviceErrorSchemas } from './service-errors.ts';
import { type SignedRequest, signatureError } from './sigv4-check.ts';

/** What the stub does with one request. `runs`: whether the function counts as run by it. */
export type Behaviour =
  /** An answer as the service gives it. */
  | { readonly kind: 'answer'; readonly answer: StubAnswer; readonly runs?: boolean }
  /** One of the service's errors, with the status of its schema. Runs the function only where told. */
  | {
      readonly kind: 'error';
      readonly type: string;
      readonly headers?: Record<string, string>;
      readonly runs?: boolean;
    }
  /** These bytes and then: keep the connection, close it, or reset it. */
  | { readonly kind: 'raw'; readonly bytes: Buffer; readonly end: 'keep' | 'close' | 'reset'; readonly runs?: boolean }
  /** Nothing, or the head alone, and then silence. */
  | { readonly kind: 'hang'; readonly after: 'nothing' | 'head' }
  /** The answer, one byte at a time. */
  | { readonly kind: 'drip'; readonly answer: StubAnswer; readonly everyMs: number }
  /** An answer after a while. */
  | { readonly kind: 'late'; readonly answer: StubAnswer; readonly afterMs: number };

export interface StubAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

export interface StubRequest extends SignedRequest {
  readonly functionName: string;
  /** The same for all attempts of one call. */
  readonly invocationId: string;
  /** Number of the connection it came on. */
  readonly connection: number;
  readonly at: number;
}

export interface FaultStubOptions {
  /** Access key → secret; signatures are checked against them. */
  readonly secrets?: ReadonlyMap<string, string>;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** How far the stub's clock is ahead. */
  readonly clockAheadMs?: number;
  /** Resets a connection when a second request arrives on it, as a server does that has just closed it. */
  readonly resetReused?: boolean;
  /** Where it listens; 127.0.0.1 by default. */
  readonly address?: string;
}

/** A local Lambda that goes wrong on demand, byte by byte. Behaviours are told by function name, one for each request. */
export class FaultStub {
  readonly requests: StubRequest[] = [];
  /** Function runs by invocation id: more than one is a call whose function ran twice. */
  readonly runs = new Map<string, number>();
  connections = 0;
  readonly #server: Server;
  readonly #options: FaultStubOptions;
  readonly #behaviours = new Map<string, Behaviour[]>();
  readonly #sockets = new Set<Socket>();
  readonly #statuses = new Map(serviceErrorSchemas().map(({ name, status }) => [name, status]));

  private constructor(options: FaultStubOptions) {
    this.#options = options;
    const accept = (socket: Socket): void => this.#accept(socket);
    this.#server = options.tls === undefined ? createServer(accept) : createTlsServer({ ...options.tls }, accept);
  }

  static async start(options: FaultStubOptions = {}): Promise<FaultStub> {
    const stub = new FaultStub(options);
    await new Promise<void>((resolve) => stub.#server.listen(0, options.address ?? '127.0.0.1', resolve));
    return stub;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get endpoint(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Waits until no more than `open` connections are left; false: they stayed. */
  async closedTo(open: number): Promise<boolean> {
    for (let i = 0; i < 200 && this.open > open; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    return this.open <= open;
  }

  /** The function's behaviours, one for each request; the last one stays. Without any it answers `{}`. */
  script(functionName: string, ...behaviours: Behaviour[]): void {
    this.#behaviours.set(functionName, behaviours);
  }

  /** How often the function ran for the call that ran it most. */
  get mostRuns(): number {
    return Math.max(0, ...this.runs.values());
  }

  attempts(functionName: string): number {
    return this.requests.filter((request) => request.functionName === functionName).length;
  }

  forget(): void {
    this.requests.length = 0;
    this.runs.clear();
    this.#behaviours.clear();
  }

  /** Ends every idle or busy connection. */
  closeConnections(how: 'close' | 'reset' = 'close'): void {
    for (const socket of this.#sockets) how === 'reset' ? socket.resetAndDestroy() : socket.end();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.connections++;
    const connection = this.connections;
    this.#sockets.add(socket);
    let pending = Buffer.alloc(0);
    let served = 0;
    socket.setNoDelay(true);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      if (served > 0 && this.#options.resetReused) {
        socket.resetAndDestroy();
        return;
      }
      pending = Buffer.concat([pending, chunk]);
      for (let found = parse(pending); found !== undefined; found = parse(pending)) {
        pending = pending.subarray(found.length);
        served++;
        this.#serve(socket, { ...found.request, connection, at: Date.now() });
      }
    });
  }

  #serve(socket: Socket, request: StubRequest): void {
    this.requests.push(request);
    const { secrets, clockAheadMs = 0 } = this.#options;
    const wrong = secrets === undefined ? undefined : signatureError(request, secrets, Date.now() + clockAheadMs);
    if (wrong !== undefined) {
      socket.write(this.#encode({ status: 403, headers: { 'x-amzn-errortype': wrong }, body: '{"message":"no"}' }));
      return;
    }
    const script = this.#behaviours.get(request.functionName);
    const behaviour = (script !== undefined && script.length > 1 ? script.shift() : script?.[0]) ?? defaultBehaviour;
    if (runsFunction(behaviour)) this.runs.set(request.invocationId, (this.runs.get(request.invocationId) ?? 0) + 1);
    this.#behave(socket, behaviour);
  }

  #behave(socket: Socket, behaviour: Behaviour): void {
    switch (behaviour.kind) {
      case 'answer':
        socket.write(this.#encode(behaviour.answer));
        return;
      case 'error':
        socket.write(this.#encode(this.errorAnswer(behaviour.type, behaviour.headers)));
        return;
      case 'raw':
        socket.write(behaviour.bytes, () => {
          if (behaviour.end === 'close') socket.end();
          if (behaviour.end === 'reset') socket.resetAndDestroy();
        });
        return;
      case 'hang':
        if (behaviour.after === 'head') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n');
        return;
      case 'late':
        setTimeout(() => socket.write(this.#encode(behaviour.answer)), behaviour.afterMs).unref();
        return;
      case 'drip':
        drip(socket, this.#encode(behaviour.answer), behaviour.everyMs);
    }
  }

  /** An error as the service words it. */
  errorAnswer(type: string, headers: Record<string, string> = {}): StubAnswer {
    return {
      status: this.#statuses.get(type) ?? 400,
      headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazonaws.lambda/`, ...headers },
      body: JSON.stringify({ Type: 'User', message: `${type} of arn:aws:lambda:us-east-1:123456789012:function:f` }),
    };
  }

  #encode(answer: StubAnswer): Buffer {
    return encodeAnswer({ ...answer, headers: { date: this.#date(), ...answer.headers } });
  }

  #date(): string {
    return new Date(Date.now() + (this.#options.clockAheadMs ?? 0)).toUTCString();
  }
}

const defaultBehaviour: Behaviour = { kind: 'answer', answer: { status: 200, body: '{}' } };

/** The bytes of an answer with its content-length. */
export function encodeAnswer({ status, headers = {}, body = '' }: StubAnswer): Buffer {
  const bytes = Buffer.from(body);
  const fields = {
    'x-amzn-requestid': '11111111-2222-3333-4444-555555555555',
    ...(status === 204 ? {} : { 'content-length': String(bytes.byteLength) }),
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join('')}\r\n`, 'latin1'), bytes]);
}

function runsFunction(behaviour: Behaviour): boolean {
  switch (behaviour.kind) {
    case 'answer':
      return behaviour.runs ?? behaviour.answer.status < 300;
    case 'error':
      return behaviour.runs ?? false;
    case 'raw':
      return behaviour.runs ?? true;
    default:
      return true;
  }
}

function drip(socket: Socket, bytes: Buffer, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || sent === bytes.byteLength) clearInterval(timer);
    else socket.write(bytes.subarray(sent, ++sent));
  }, everyMs);
}

interface Parsed {
  readonly length: number;
  readonly request: Omit<StubRequest, 'connection' | 'at'>;
}

function parse(bytes: Buffer): Parsed | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [start = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const [method = '', target = ''] = start.split(' ');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const length = headEnd + 4 + Number(headers.get('content-length') ?? 0);
  if (bytes.byteLength < length) return undefined;
  const body = Buffer.from(bytes.subarray(headEnd + 4, length));
  const name = /\/functions\/([^/?]+)\/invocations/.exec(target)?.[1] ?? '';
  const request = {
    method,
    target,
    headers,
    body,
    functionName: decodeURIComponent(name),
    invocationId: headers.get('amz-sdk-invocation-id') ?? '',
  };
  return { length, request };
}
