// AWS's own runtime for Node (the Runtime Interface Client), fed by a Runtime API of this process: functions that really stream.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bytesOf, type StreamScript, type StubStream } from './streaming-stub.ts';

const execute = promisify(execFile);
const VERSION = '3.3.0';
const API = '/2018-06-01/runtime';

/** One function in a process of its own, which is asked one thing at a time, as on AWS. */
export interface LambdaRuntime {
  /** Has the runtime serve a request of the stub. */
  readonly script: StreamScript;
  stop(): Promise<void>;
}

/** Gets the client from npm. Its compiled part, which posts whole results, is not built: `lambda-runtime-client.ts` does that. */
export async function installRuntime(directory: string): Promise<string> {
  await execute('npm', ['pack', `aws-lambda-ric@${VERSION}`, '--pack-destination', directory]);
  await execute('tar', ['xzf', `aws-lambda-ric-${VERSION}.tgz`], { cwd: directory });
  return join(directory, 'package/bin/index.mjs');
}

/** `source` is the text of the function's module; `handler` the name of its export. */
export async function startRuntime(program: string, source: string, handler: string): Promise<LambdaRuntime> {
  const directory = mkdtempSync(join(tmpdir(), 'lambda-runtime-'));
  writeFileSync(join(directory, 'index.mjs'), source);
  const api = new RuntimeApi();
  const port = await api.listen();
  const client = join(import.meta.dirname, 'lambda-runtime-client.ts');
  const child = spawn(process.execPath, ['--import', client, program, `index.${handler}`], {
    cwd: directory,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: 'true',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_REGION: 'us-east-1',
      LAMBDA_TASK_ROOT: directory,
    },
  });
  child.once('exit', () => api.close());
  return {
    script: (stream, request) => api.invoke(request.body, stream),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      api.close();
      rmSync(directory, { recursive: true });
    },
  };
}

interface Waiting {
  readonly id: string;
  readonly event: Buffer;
  readonly stream: StubStream;
  readonly done: () => void;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, for one runtime. */
class RuntimeApi {
  readonly #server: Server;
  readonly #queue: Waiting[] = [];
  readonly #running = new Map<string, Waiting>();
  #next: ServerResponse | undefined;
  #calls = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  invoke(event: Buffer, stream: StubStream): Promise<void> {
    this.#calls++;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#queue.push({ id: `call-${this.#calls}`, event, stream, done: resolve });
    this.#hand();
    return promise;
  }

  #hand(): void {
    const response = this.#next;
    const waiting = response === undefined ? undefined : this.#queue.shift();
    if (response === undefined || waiting === undefined) return;
    this.#next = undefined;
    this.#running.set(waiting.id, waiting);
    response.writeHead(200, {
      'Lambda-Runtime-Aws-Request-Id': waiting.id,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + 60_000),
      'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:123456789012:function:f',
      'Content-Type': 'application/json',
    });
    response.end(waiting.event);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '' } = request;
    if (url === `${API}/invocation/next`) {
      this.#next = response;
      this.#hand();
      return;
    }
    const [, id = '', what] = /\/invocation\/([^/]+)\/(response|error)$/.exec(url) ?? [];
    const waiting = this.#running.get(id);
    this.#running.delete(id);
    if (waiting === undefined) {
      request.resume();
      response.writeHead(404).end();
      return;
    }
    await (what === 'error' ? failed(request, waiting.stream) : passed(request, waiting.stream));
    response.writeHead(202).end('{"status":"OK"}');
    waiting.done();
  }
}

/** What the runtime writes becomes chunks as it comes; an error in the middle is told in trailers. */
async function passed(request: IncomingMessage, stream: StubStream): Promise<void> {
  for await (const chunk of request) await stream.chunk(chunk as Buffer);
  const type = request.trailers['lambda-runtime-function-error-type'];
  if (type === undefined) return stream.complete();
  const body = Buffer.from(request.trailers['lambda-runtime-function-error-body'] ?? '', 'base64').toString();
  await stream.complete({ ErrorCode: type, ErrorDetails: body });
}

async function failed(request: IncomingMessage, stream: StubStream): Promise<void> {
  const type = request.headers['lambda-runtime-function-error-type'];
  const details = (await bytesOf(request)).toString();
  await stream.complete({ ErrorCode: String(type ?? 'Unhandled'), ErrorDetails: details });
}
