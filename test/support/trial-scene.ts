import { request as httpRequest, type IncomingMessage } from 'node:http';
import { loadPolicies } from '../../src/config/index.ts';
import type { GivenAnswer } from '../../src/lambda/index.ts';
import { type EnvoySetup, type HeaderLine, runTrial } from '../../src/trial/index.ts';
import type { Environment } from './environment.ts';
import type { Behaviour, FaultStub } from './fault-stub.ts';

/** One request, told once for the Envoy in memory and once for the real one. */
export interface TrialCase {
  readonly api: string;
  readonly method?: string;
  /** With its query; the API is before it. */
  readonly path?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
  readonly trailers?: Readonly<Record<string, string>>;
  readonly functions?: Readonly<Record<string, GivenAnswer>>;
  readonly backend?: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    readonly body?: string;
    readonly trailers?: Readonly<Record<string, string>>;
  };
}

/** What both must agree on. */
export interface Seen {
  readonly calls: readonly (readonly [name: string, payload: string])[];
  readonly forwarded: Message | undefined;
  readonly response: Message;
  readonly error: string | undefined;
}

interface Message {
  /** Method and path, or the status. */
  readonly start: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

/** `app` takes whole events, which have the time and what Envoy adds: of those nothing but the call is compared. */
const callOf = (name: string, payload: Uint8Array | readonly number[]): readonly [string, string] => [
  name,
  name === 'app' ? 'an event' : Buffer.from(payload).toString(),
];

/** What Envoy and HTTP/1.1 add by themselves, and what names the run. */
const ADDED = new Set([
  'connection',
  'date',
  'host',
  'keep-alive',
  'server',
  'transfer-encoding',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-upstream-service-time',
  'x-forwarded-proto',
  'x-request-id',
]);

const messageOf = (
  start: string,
  headers: readonly HeaderLine[],
  body: Uint8Array,
  trailers: readonly HeaderLine[],
): Message => ({
  start,
  headers: headers
    .filter(([name]) => !ADDED.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort(),
  body: Buffer.from(body).toString('latin1'),
  trailers: trailers.map(([name, value]) => `${name}: ${value}`).sort(),
});

export async function inMemory(document: object, one: TrialCase, envoy: Partial<EnvoySetup>): Promise<Seen> {
  const { api, method = 'GET', headers = [], body = '', functions = {}, backend = {} } = one;
  const run = await runTrial({
    set: loadPolicies(JSON.stringify(document), 'policies.json').set,
    api,
    route: undefined,
    authority: undefined,
    metadata: {},
    request: {
      method,
      path: pathOf(one),
      scheme: 'http',
      authority: 'shop.test',
      headers,
      body: Buffer.from(body),
      trailers: Object.entries(one.trailers ?? {}),
    },
    attributes: new Map(),
    functions: {
      given: ({ functionName }) =>
        functions[functionName] ?? { kind: 'result', payload: Buffer.from('{}'), delayMs: 0 },
    },
    backend: () => ({
      status: backend.status ?? 200,
      headers: Object.entries(backend.headers ?? {}).flatMap(([name, value]) =>
        [value].flat().map((single): HeaderLine => [name, single]),
      ),
      body: Buffer.from(backend.body ?? ''),
      trailers: Object.entries(backend.trailers ?? {}),
    }),
    envoy,
    version: 'test',
  });
  const { forwarded, response, error } = run;
  return {
    calls: run.steps.flatMap(({ call }) => {
      if (call === undefined || call.error?.failure === 'invalid-field') return [];
      return [callOf(call.invocation.functionName, call.invocation.payload ?? [])];
    }),
    forwarded:
      forwarded === undefined
        ? undefined
        : messageOf(`${forwarded.method} ${forwarded.path}`, forwarded.headers, forwarded.body, forwarded.trailers),
    response: messageOf(String(response.status), response.headers, response.body, response.trailers),
    error: error?.failure.key,
  };
}

/** `prefix` chooses the route. */
export async function throughEnvoy(
  { backend, envoy }: Environment,
  lambda: FaultStub,
  one: TrialCase,
  prefix: string,
): Promise<Seen> {
  backend.reset();
  lambda.forget();
  backend.answerWith({ status: 200, ...one.backend });
  for (const [name, answer] of Object.entries(one.functions ?? {})) lambda.script(name, behaviourOf(answer));
  const { message, body } = await call(envoy.port, `${prefix}${pathOf(one)}`, one);
  const { last } = backend;
  const entry = await envoy.accessLog(({ path }) => path?.startsWith(prefix + pathOf(one)) === true);
  return {
    // Attempts of one call have one id.
    calls: [...new Map(lambda.requests.map((request) => [request.invocationId, request])).values()].map((request) =>
      callOf(request.functionName, request.body),
    ),
    forwarded:
      last === undefined
        ? undefined
        : messageOf(
            `${last.method} ${last.path.replace(prefix, '')}`,
            last.headers.map(([name, value]): HeaderLine => [name, utf8(value)]),
            last.body,
            Object.entries(last.trailers),
          ),
    response: messageOf(
      String(message.statusCode),
      linesOf(message),
      body,
      Object.entries(message.trailers).map(([name, value]) => [name, value ?? '']),
    ),
    error:
      /^lambda_ext_proc\{([A-Z_]+)\}$/.exec(entry.details ?? '')?.[1]?.replace(/^SEND_TO_CONSUMER$/, '') || undefined,
  };
}

function pathOf({ path = '/' }: TrialCase): string {
  return path;
}

function call(port: number, path: string, { method = 'GET', headers = [], body = '', trailers }: TrialCase) {
  const length =
    trailers !== undefined
      ? ['transfer-encoding', 'chunked']
      : body.length === 0
        ? []
        : ['content-length', String(Buffer.byteLength(Buffer.from(body)))];
  const raw = ['host', 'shop.test', ...headers.flat(), ...length];
  return new Promise<{ readonly message: IncomingMessage; readonly body: Buffer }>((resolve, reject) => {
    const request = httpRequest(
      { port, host: '127.0.0.1', path, method, headers: raw, maxHeaderSize: 512 * 1024 },
      (message) => {
        const chunks: Buffer[] = [];
        message.on('data', (chunk: Buffer) => chunks.push(chunk));
        message.on('end', () => resolve({ message, body: Buffer.concat(chunks) }));
      },
    );
    request.on('error', reject);
    if (trailers !== undefined) request.addTrailers({ ...trailers });
    request.end(body);
  });
}

/** Node reads values as Latin-1. */
const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString();

function linesOf({ rawHeaders }: IncomingMessage): readonly HeaderLine[] {
  const lines: HeaderLine[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    lines.push([(rawHeaders[i] ?? '').toLowerCase(), utf8(rawHeaders[i + 1] ?? '')]);
  }
  return lines;
}

/** What a real Lambda does that is to answer so; a failure to connect is a connection that breaks. */
function behaviourOf(answer: GivenAnswer): Behaviour {
  switch (answer.kind) {
    case 'failure':
      return { kind: 'raw', bytes: Buffer.alloc(0), end: 'reset' };
    case 'refusal': {
      const { name, status, retryAfterSeconds } = answer;
      const headers = {
        ...(name === undefined ? {} : { 'x-amzn-errortype': name }),
        ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      };
      return { kind: 'answer', answer: { status, headers, body: '{"message":"refused"}' } };
    }
    case 'result': {
      if (answer.delayMs > 0) return { kind: 'hang', after: 'nothing' };
      const headers = answer.functionError === undefined ? {} : { 'x-amz-function-error': answer.functionError };
      return { kind: 'answer', answer: { status: 200, headers, body: Buffer.from(answer.payload) }, runs: true };
    }
  }
}
