import { once } from 'node:events';
import { request as http1 } from 'node:http';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';

export interface StreamedCall {
  readonly method?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Over HTTP/2. */
  readonly trailers?: Readonly<Record<string, string>>;
}

/** How a response ended, as its caller can tell. */
export type Ending = 'end' | 'cut';

/** A response that is read while it arrives. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What has come so far. */
  body(): Buffer;
  /** Waits until so many bytes have come, or the end. */
  until(bytes: number): Promise<string>;
  readonly ended: Promise<Ending>;
  /** The caller leaves. */
  leave(): void;
}

export type StreamingCaller = (url: string, path: string, call?: StreamedCall) => Promise<Received>;

interface Source {
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end' | 'close' | 'aborted', listener: () => void): unknown;
}

function received(
  status: number,
  headers: IncomingHttpHeaders,
  source: Source,
  isWhole: () => boolean,
  leave: () => void,
): Received {
  const chunks: Buffer[] = [];
  let size = 0;
  let wake = Promise.withResolvers<void>();
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  source.on('data', (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    wake.resolve();
    wake = Promise.withResolvers();
  });
  source.on('close', () => {
    resolve(isWhole() ? 'end' : 'cut');
    wake.resolve();
  });
  const body = () => Buffer.concat(chunks);
  return {
    status,
    headers,
    body,
    async until(bytes) {
      let over = false;
      void ended.then(() => {
        over = true;
      });
      while (size < bytes && !over) await Promise.race([wake.promise, ended]);
      return body().toString();
    },
    ended,
    leave,
  };
}

/** One call on a connection of its own. */
export const streamHttp1: StreamingCaller = (url, path, { method = 'GET', body, headers = {} } = {}) =>
  new Promise((resolve, reject) => {
    const outgoing = http1(new URL(path, url), { method, agent: false, headers }, (incoming) => {
      incoming.on('error', () => {});
      resolve(
        received(
          incoming.statusCode ?? 0,
          incoming.headers,
          incoming,
          () => incoming.complete,
          () => outgoing.destroy(),
        ),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

export const streamHttp2: StreamingCaller = async (
  url,
  path,
  { method = 'GET', body, headers = {}, trailers } = {},
) => {
  const session = connectHttp2(url);
  session.on('error', () => {});
  const stream = session.request(
    { ...headers, ':method': method, ':path': path },
    { endStream: body === undefined, waitForTrailers: trailers !== undefined },
  );
  if (trailers !== undefined) stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.on('error', () => {});
  stream.on('close', () => session.close());
  if (body !== undefined) stream.end(body);
  const [fields] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status'?: number }];
  let whole = false;
  stream.on('end', () => {
    whole = stream.rstCode === 0;
  });
  return received(
    Number(fields[':status']),
    fields,
    stream,
    () => whole && stream.rstCode === 0,
    () => session.destroy(),
  );
};

export const streamingCallers = { 'HTTP/1.1': streamHttp1, 'HTTP/2': streamHttp2 } as const;
