import { request as http1 } from 'node:http';
import { connect, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';

export interface ExactCall {
  readonly method?: string;
  readonly path: string;
  /** Values of one name stay apart. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

/** What a caller receives, line by line: `fetch` joins headers, and hides some. */
export interface ExactAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** The values of one header. */
  values(name: string): readonly string[];
}

export type Caller = (url: string, call: ExactCall) => Promise<ExactAnswer>;

/** One call on a connection of its own. */
export const callHttp1: Caller = (url, { method = 'GET', path, headers = {}, body }) =>
  new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const fields = Object.entries({ ...headers, ...length }).map(([name, value]): [string, string | string[]] => [
      name,
      lineOrLines(value),
    ]);
    const { hostname, port } = new URL(url);
    const options = {
      hostname,
      port,
      path,
      method,
      headers: Object.fromEntries(fields),
      agent: false,
      maxHeaderSize: 512 * 1024,
    };
    const outgoing = http1(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { rawHeaders } = incoming;
        const received: [string, string][] = [];
        for (let i = 0; i < rawHeaders.length; i += 2) {
          received.push([(rawHeaders[i] ?? '').toLowerCase(), rawHeaders[i + 1] ?? '']);
        }
        resolve(answer(incoming.statusCode ?? 0, received, Buffer.concat(chunks)));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

/** Node takes no list for some names. */
function lineOrLines(value: string | readonly string[]): string | string[] {
  if (typeof value === 'string') return value;
  const [first = ''] = value;
  return value.length === 1 ? first : [...value];
}

export const callHttp2: Caller = (url, { method = 'GET', path, headers = {}, body }) =>
  new Promise((resolve, reject) => {
    const session = connect(url, { maxHeaderListPairs: 2_000, settings: { maxHeaderListSize: 512 * 1024 } });
    session.on('error', reject);
    const fields = Object.entries(headers).map(([name, value]) => [name, lineOrLines(value)]);
    const stream = session.request({ ...Object.fromEntries(fields), ':method': method, ':path': path });
    const chunks: Buffer[] = [];
    let head: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
    stream.on('response', (received) => {
      head = received;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      const received = Object.entries(head)
        .filter(([name]) => !name.startsWith(':'))
        .flatMap(([name, value]) =>
          (Array.isArray(value) ? value : [value ?? '']).map((one): [string, string] => [name, one]),
        );
      resolve(answer(Number(head[':status'] ?? 0), received, Buffer.concat(chunks)));
      session.close();
    });
    stream.end(body);
  });

function answer(status: number, headers: readonly (readonly [string, string])[], body: Buffer): ExactAnswer {
  const values = (name: string) => headers.filter(([key]) => key === name).map(([, value]) => value);
  return { status, headers, body, values };
}
