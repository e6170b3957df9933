/** Where one listener listens. `text` is what the operator wrote, with `{worker}` filled in. */
export type ListenAddress =
  | { readonly kind: 'unix'; readonly text: string; readonly path: string }
  | { readonly kind: 'tcp'; readonly text: string; readonly host: string; readonly port: number };

/** An address that cannot be used; the message names it and says what is expected. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly address: string;
  readonly problem: string;

  constructor(address: string, problem: string, cause?: unknown) {
    super(`cannot listen on ${address}: ${problem}`, cause === undefined ? undefined : { cause });
    this.address = address;
    this.problem = problem;
  }
}

/** `sun_path` of Linux is 108 bytes with its final zero (104 on macOS and the BSDs). */
export const MAX_SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

const WORKER = /\{worker\}/g;
const EXPECTED = 'expected unix:/path or host:port, e.g. unix:/run/lambda-ext-proc.sock or 127.0.0.1:50051';

/**
 * Reads `unix:/path`, `host:port` or `[ipv6]:port`. `{worker}` in a path or port becomes the worker's number, counted
 * from 0; in a port it is added: `127.0.0.1:5005{worker}`. Throws ListenError.
 */
export function parseListenAddress(text: string, worker = 0): ListenAddress {
  const expanded = text.trim().replaceAll(WORKER, String(worker));
  if (expanded.startsWith('unix:')) return parseUnix(expanded);
  return parseTcp(expanded);
}

/** True for an address that differs from worker to worker. */
export function namesWorker(text: string): boolean {
  return text.includes('{worker}');
}

function parseUnix(text: string): ListenAddress {
  // unix:///path is how gRPC writes it, unix:/path how Envoy's users do.
  const path = text.slice('unix:'.length).replace(/^\/\/(?=\/)/, '');
  if (!path.startsWith('/')) throw new ListenError(text, 'the path of a Unix socket must be absolute: unix:/path');
  if (path.includes('\0')) throw new ListenError(text, 'the path contains a zero byte');
  if (path.endsWith('/')) throw new ListenError(text, 'the path is a directory; name a file in it');
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_SOCKET_PATH_BYTES) {
    throw new ListenError(
      text,
      `the path is too long for a Unix socket (${bytes} bytes, at most ${MAX_SOCKET_PATH_BYTES})`,
    );
  }
  return { kind: 'unix', text, path };
}

function parseTcp(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.]+)?)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (match === null || host === undefined) throw new ListenError(text, EXPECTED);
  const port = Number(match[3]);
  if (port > 65_535) throw new ListenError(text, `port ${port} is out of range (0 to 65535)`);
  return { kind: 'tcp', text, host, port };
}

/** `host:port` with brackets around an IPv6 host. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
