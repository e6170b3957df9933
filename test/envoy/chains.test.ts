// An arbitrary chain of policies answers the same through a real Envoy that sends bodies when asked (the recommended
// set-up), always whole, or in pieces.
import assert from 'node:assert/strict';
import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import type { Answering, BackendRequest } from '../support/backend.ts';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import type { ProcessingMode } from '../support/envoy-config.ts';
import { answer, chain, type GeneratedAnswer, type GeneratedRequest, request } from '../support/policy-chains.ts';

const chains = Number(process.env.ENVOY_CHAINS ?? 40);
const requestsPerChain = Number(process.env.ENVOY_CHAIN_REQUESTS ?? 4);
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const headersOnly: ProcessingMode = { request_header_mode: 'SEND', response_header_mode: 'SKIP' };
const whole: ProcessingMode = {
  request_header_mode: 'SEND',
  response_header_mode: 'SEND',
  request_body_mode: 'BUFFERED',
  response_body_mode: 'BUFFERED',
};
const pieces: ProcessingMode = {
  request_header_mode: 'SEND',
  response_header_mode: 'SEND',
  request_body_mode: 'FULL_DUPLEX_STREAMED',
  response_body_mode: 'FULL_DUPLEX_STREAMED',
  request_trailer_mode: 'SEND',
  response_trailer_mode: 'SEND',
};
const modes = { asked: headersOnly, whole, pieces };
type Mode = keyof typeof modes;

interface Plan {
  readonly api: string;
  readonly id: string;
  readonly request: GeneratedRequest;
  readonly answer: GeneratedAnswer;
}

let lambda: EchoLambda;
let environment: Environment;
const plans = new Map<string, Plan>();
const seen = new Map<string, BackendRequest>();
const classes = new Map<string, number>();
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

const answering: Answering = (incoming) => {
  const id = incoming.header('x-id') ?? '';
  seen.set(`${id} ${incoming.header('x-mode')}`, incoming);
  const plan = plans.get(id);
  if (plan === undefined) return { status: 599 };
  const { status, encoding, trailers, type } = plan.answer;
  const body = bytesOf(plan.answer);
  const bodiless = status === 204 || status === 304 || plan.request.method === 'HEAD';
  return {
    status,
    headers: {
      'x-backend': 'b',
      'x-set': 'theirs',
      'x-remove': 'r',
      ...(encoding && !bodiless && { 'content-encoding': encoding === 'broken' ? 'gzip' : encoding }),
      ...(type && { 'content-type': type }),
    },
    ...(!bodiless && { body }),
    ...(trailers && !bodiless && body.length > 0 && { trailers: { 'x-trailer': 't' } }),
  };
};

before(async () => {
  lambda = await startEchoLambda();
  const apis = fc.sample(chain, { numRuns: chains, seed }).map((each, i) => [`c${i}`, each]);
  const keys = { region: 'us-east-1', accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint: lambda.endpoint };
  const exact = (name: string, value: string) => ({ name, string_match: { exact: value } });
  environment = await startEnvironment({
    policies: { version: 1, defaults: { ...keys, retry: { maxAttempts: 1 } }, apis: Object.fromEntries(apis) },
    backend: { answer: answering },
    envoy: {
      accessLog: false,
      connectionManager: { http_protocol_options: { enable_trailers: true } },
      backendHttp1: { enable_trailers: true },
      routes: apis.flatMap(([api]) =>
        Object.entries(modes).map(([mode, processingMode]) => ({
          name: `${api}-${mode}`,
          metadata: {
            'x-lambda-api': String(api),
            'x-lambda-envoy': JSON.stringify({ responseHeaders: processingMode.response_header_mode === 'SEND' }),
          },
          processingMode,
          extra: { match: { prefix: '/', headers: [exact('x-chain', String(api)), exact('x-mode', mode)] } },
        })),
      ),
    },
  });
});
after(async () => {
  agent.destroy();
  await environment?.stop();
  lambda?.stop();
});

test(`${chains} chains with ${requestsPerChain} requests each (seed ${seed})`, async (t) => {
  for (let i = 0; i < chains; i++) {
    const samples = fc.sample(fc.tuple(request, answer), { numRuns: requestsPerChain, seed: seed + i });
    await Promise.all(
      samples.map(([sent, answered], j) => same({ api: `c${i}`, id: `${i}.${j}`, request: sent, answer: answered })),
    );
  }
  for (const [name, count] of [...classes].sort()) t.diagnostic(`${name}: ${count}`);
});

async function same(plan: Plan): Promise<void> {
  plans.set(plan.id, plan);
  const outcomes: Partial<Record<Mode, Outcome>> = {};
  for (const mode of Object.keys(modes) as Mode[]) {
    const caller = await call(plan, mode);
    const key = `${plan.id} ${mode}`;
    outcomes[mode] = { caller, backend: backendView(seen.get(key)) };
    if (mode === 'whole') count(plan, caller, seen.has(key));
    seen.delete(key);
  }
  plans.delete(plan.id);
  const context = `seed ${seed}: ${JSON.stringify(plan, (_, value) => (typeof value === 'string' ? value.slice(0, 40) : value))}`;
  const { asked, whole: entire, pieces: parts } = outcomes;
  assert.ok(asked && entire && parts);
  assert.deepEqual(...comparable(entire, asked), `whole ≠ asked, ${context}`);
  assert.deepEqual(...comparable(parts, entire), `pieces ≠ whole, ${context}`);
}

interface View {
  readonly status?: number;
  readonly method?: string;
  readonly path?: string;
  readonly headers: object;
  readonly body: string;
  /** Undefined where a content-length rules them out: HTTP/1.1 has trailers in chunked bodies only. */
  readonly trailers: object | undefined;
}

interface Outcome {
  readonly caller: View;
  readonly backend: View | undefined;
}

/** A replaced body has its length in one mode and none in another: trailers and `trailer` count where both could carry them. */
function comparable(a: Outcome, b: Outcome): [Outcome, Outcome] {
  const side = (name: keyof Outcome) => a[name]?.trailers === undefined || b[name]?.trailers === undefined;
  const without = (view: View | undefined, drop: boolean) =>
    view && drop ? { ...view, headers: { ...view.headers, trailer: undefined }, trailers: undefined } : view;
  const view = (outcome: Outcome): Outcome => ({
    caller: without(outcome.caller, side('caller')) as View,
    backend: without(outcome.backend, side('backend')),
  });
  return [view(a), view(b)];
}

function call({ api, id, request: sent }: Plan, mode: Mode): Promise<View> {
  const bytes = bytesOf(sent);
  const withBody = sent.method !== 'GET' && sent.method !== 'HEAD';
  // Trailers without a body are refused where bodies are whole (docs/architecture.md), and traffic.test.ts shows it.
  const chunked = withBody && sent.trailers && bytes.length > 0;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      `${environment.envoy.url}/start?q=1`,
      {
        agent,
        method: sent.method,
        headers: {
          'x-chain': api,
          'x-mode': mode,
          'x-id': id,
          'x-set': 'mine',
          'x-remove': 'r',
          accept: 'application/json',
          'content-type': 'text/plain',
          ...(withBody && sent.encoding && { 'content-encoding': sent.encoding === 'broken' ? 'gzip' : sent.encoding }),
          ...(chunked
            ? { 'transfer-encoding': 'chunked', trailer: 'x-sum' }
            : withBody && { 'content-length': bytes.length }),
        },
        // A hang is a failure that names its plan.
        timeout: 20_000,
      },
      (incoming) => read(incoming).then(resolve, reject),
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer: ${api} ${id} ${mode} (seed ${seed})`)));
    outgoing.on('error', (cause) =>
      reject(new Error(`chain ${api}, request ${id}, mode ${mode}, seed ${seed}`, { cause })),
    );
    if (chunked) outgoing.addTrailers({ 'x-sum': '1' });
    outgoing.end(withBody ? bytes : undefined);
  });
}

async function read(incoming: IncomingMessage): Promise<View> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return {
    status: incoming.statusCode ?? 0,
    headers: headersView(incoming.headers),
    body: readable(bytes, incoming.headers['content-encoding']),
    trailers: 'content-length' in incoming.headers ? undefined : { ...incoming.trailers },
  };
}

/** What tells of framing, of the time or of the mode itself is left out. */
function headersView(headers: IncomingHttpHeaders): object {
  const ignored = ['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'date', 'x-mode', 'x-request-id'];
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !ignored.includes(name) && name !== 'x-envoy-upstream-service-time')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function backendView(incoming: BackendRequest | undefined): View | undefined {
  if (incoming === undefined) return undefined;
  const { method, path, body, trailers } = incoming;
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of incoming.headers) headers[name] = `${headers[name] ?? ''}${value};`;
  return {
    method,
    path,
    headers: headersView(headers),
    body: readable(body, incoming.header('content-encoding')),
    trailers: incoming.header('content-length') === undefined ? trailers : undefined,
  };
}

function bytesOf({ pieces: texts, encoding }: GeneratedRequest | GeneratedAnswer): Buffer {
  const plain = Buffer.from(texts.join(''));
  if (encoding === 'gzip') return gzipSync(plain);
  if (encoding === 'deflate') return deflateSync(plain);
  if (encoding === 'br') return brotliCompressSync(plain);
  if (encoding === 'deflate, gzip') return gzipSync(deflateSync(plain));
  return plain;
}

/** The body as its reader decodes it: a stale content-encoding fails here. */
function readable(bytes: Buffer, encoding: string | undefined): string {
  if (bytes.length === 0) return '';
  const decoded = (): Buffer => {
    if (encoding === 'gzip') return gunzipSync(bytes);
    if (encoding === 'deflate') return inflateSync(bytes);
    if (encoding === 'br') return brotliDecompressSync(bytes);
    if (encoding === 'deflate, gzip') return inflateSync(gunzipSync(bytes));
    return bytes;
  };
  try {
    return decoded().toString();
  } catch {
    return `no ${encoding}: ${bytes.toString('latin1')}`;
  }
}

function count({ request: sent, answer: answered }: Plan, caller: View, went: boolean): void {
  const names = [
    `method ${sent.method}`,
    went ? 'went to the backend' : 'answered without the backend',
    `caller got ${caller.status}`,
  ];
  if (went) names.push(`backend answered ${answered.status}`, `backend's encoding ${answered.encoding ?? 'none'}`);
  if (sent.method !== 'GET' && sent.method !== 'HEAD') {
    names.push(`request's encoding ${sent.encoding ?? 'none'}`, `request with${sent.trailers ? '' : 'out'} trailers`);
  }
  for (const name of names) classes.set(name, (classes.get(name) ?? 0) + 1);
}
