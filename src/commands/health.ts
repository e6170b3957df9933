import { get, type IncomingMessage } from 'node:http';
import { parseCommandLine, UsageError } from './command-line.ts';
import { healthDefinition } from './definitions.ts';
import type { CommandIo } from './io.ts';

/** Less than the time limit of the image's HEALTHCHECK, so that the reason is reported. */
const ANSWER_MS = 2_000;
const MAX_ANSWER = 65_536;

/**
 * Asks a server on this machine whether it lives, or with --ready whether it is ready: the health check of the image, which has no
 * other program. It loads nothing but Node's own HTTP client, because it runs every few seconds next to the server.
 */
export async function healthCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommandLine(healthDefinition, args, io.env);
  const address = line.required('admin');
  if (address === 'off') {
    io.stdout.write('not asked: the admin port is off\n');
    return 0;
  }
  const path = line.has('ready') ? '/readyz' : '/livez';
  const { status, body } = await ask(localUrl(address, path));
  if (status !== 200) throw new Error(`${path} of ${address} answers ${status}${failedChecks(body)}`);
  io.stdout.write(path === '/readyz' ? 'ready\n' : 'live\n');
  return 0;
}

/** A server that listens on every address of the machine is asked on its loopback. */
function localUrl(address: string, path: string): URL {
  const url = URL.parse(path, `http://${address}`);
  // A URL leaves its scheme's own port out.
  if (url === null || url.host === '' || !/:0*[1-9]\d*$/.test(address)) {
    throw new UsageError(`--admin ${address} is not an address: expected host:port or off, e.g. 127.0.0.1:9464`);
  }
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.hostname === '[::]') url.hostname = '[::1]';
  return url;
}

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

function ask(url: URL): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const fail = (error: NodeJS.ErrnoException): void => {
      const reason = signal.aborted ? `no answer within ${ANSWER_MS / 1_000} s` : (error.code ?? error.message);
      reject(new Error(`${url.pathname} of ${url.host} cannot be asked: ${reason}`));
    };
    // A separate agent: with NODE_USE_ENV_PROXY the global one would use a proxy.
    const request = get(url, { agent: false, signal }, (response) => {
      read(response).then((body) => resolve({ status: response.statusCode, body }), fail);
    });
    request.once('error', fail);
  });
}

async function read(response: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of response.setEncoding('utf8')) {
    body += piece;
    if (body.length > MAX_ANSWER) throw new Error('the answer is too long');
  }
  return body;
}

/** `: listeners: draining` of an answer of /readyz; empty for any other. */
function failedChecks(body: string): string {
  try {
    const { checks = {} } = JSON.parse(body) as {
      readonly checks?: Readonly<Record<string, { readonly status?: string; readonly reason?: string }>>;
    };
    const failed = Object.entries(checks).filter(([, { status }]) => status === 'failed');
    return failed.map(([name, { reason }]) => `: ${name}: ${reason}`).join('');
  } catch {
    return '';
  }
}
