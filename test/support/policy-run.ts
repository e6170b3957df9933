import assert from 'node:assert/strict';
import { pino } from 'pino';
import { loadPolicies } from '../../src/config/index.ts';
import type { Invocation, InvocationResult, LambdaInvoker } from '../../src/lambda/index.ts';
import type { MemoryAccount } from '../../src/memory-account.ts';
import type { FailureRecord, InvocationEnd, InvocationLabels } from '../../src/observability/index.ts';
import {
  type ApiPolicies,
  defaultLogging,
  HttpHeaders,
  ListedHeaders,
  type PhaseOutcome,
  type RequestHead,
  type RequestLogging,
  type ResponseStreams,
  runPolicies,
  type SharedResults,
  type Trace,
  Transaction,
} from '../../src/policy/index.ts';
import { invokerOf } from './invoker-of.ts';

/** A function of the test: text is a result of status 200, what is thrown is the invocation's error. */
export type TestFunction = (
  invocation: Invocation,
  signal: AbortSignal | undefined,
) => string | Partial<InvocationResult> | Promise<string | Partial<InvocationResult>>;

export interface PolicyRunOptions {
  /** By function name; one that is not named here answers its payload. */
  readonly functions?: Readonly<Record<string, TestFunction>>;
  /** Functions that stream, by name; another one streams what it answers. */
  readonly streams?: Readonly<Record<string, LambdaInvoker['invokeStreaming']>>;
  /** Room for answers that stream; absent: without a limit. */
  readonly room?: ResponseStreams;
  readonly method?: string;
  readonly path?: string;
  /** Pairs where a name occurs several times, or a value is not UTF-8. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | readonly (readonly [name: string, value: string | Uint8Array])[];
  /** What else the protocol tells. */
  readonly head?: Partial<RequestHead>;
  readonly bodyLimit?: number;
  readonly evaluationMs?: number;
  /** What is kept is taken from it; absent: without a limit. */
  readonly memory?: MemoryAccount;
  /** Of the log; `debug` shows payloads of failed functions. */
  readonly level?: 'info' | 'debug';
  /** As flags of `serve` say. */
  readonly logging?: Partial<RequestLogging>;
  /** Results that are kept for several runs; absent: none is. */
  readonly cache?: SharedResults;
  /** Told of what the policies do. */
  readonly trace?: Trace;
}

export interface PolicyRun {
  readonly transaction: Transaction;
  /** Function names, in the order of their calls. */
  readonly calls: readonly string[];
  readonly invocations: readonly Invocation[];
  /** What the observer was told. */
  readonly counted: readonly (InvocationLabels & InvocationEnd)[];
  /** Records of failures that the observer was told. */
  readonly failures: readonly FailureRecord[];
  /** Limits that were reached. */
  readonly reached: readonly string[];
  /** Lines of the log so far, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  request(body?: string | Uint8Array): Promise<PhaseOutcome>;
  /** The backend answers. */
  response(status: number, headers?: Readonly<Record<string, string>>, body?: string): Promise<PhaseOutcome>;
}

/** One transaction of the API `default` of a document, whose functions are the test's: no socket, no clock. */
export function policyRun(document: object, options: PolicyRunOptions = {}): PolicyRun {
  return runOf(apiOf(document), options);
}

/** The API `default` of a document, compiled. */
export function apiOf(document: object): ApiPolicies {
  const { set } = loadPolicies(JSON.stringify({ version: 1, ...document }), 'policies.json');
  assert.ok(set.fallback, 'the document has no API called default');
  return set.fallback;
}

/** As policyRun, for an API that the document has no words for. */
export function runOf(policies: ApiPolicies, options: PolicyRunOptions = {}): PolicyRun {
  const { functions = {}, method = 'POST', path = '/a?b=c', headers = {}, level = 'info' } = options;
  const { bodyLimit = 1_000, evaluationMs = 250 } = options;
  const invocations: Invocation[] = [];
  const counted: (InvocationLabels & InvocationEnd)[] = [];
  const failures: FailureRecord[] = [];
  const reached: string[] = [];
  const log: Record<string, unknown>[] = [];
  const whole = invokerOf(async (invocation, signal): Promise<InvocationResult> => {
    invocations.push(invocation);
    const act = functions[invocation.functionName] ?? echo;
    const result = await act(invocation, signal);
    const partial = typeof result === 'string' ? { payload: Buffer.from(result) } : result;
    return { status: 200, payload: Buffer.alloc(0), attempts: 1, ...partial };
  });
  const invoker: LambdaInvoker = {
    invoke: (invocation, signal) => whole.invoke(invocation, signal),
    invokeStreaming(invocation, signal) {
      const stream = options.streams?.[invocation.functionName];
      if (stream === undefined) return whole.invokeStreaming(invocation, signal);
      invocations.push(invocation);
      return stream(invocation, signal);
    },
  };
  const transaction = new Transaction(
    policies,
    {
      invoker,
      logger: pino({ level }, { write: (line: string) => void log.push(JSON.parse(line)) }),
      observer: {
        invocation: (labels) => ({ end: (end) => void counted.push({ ...labels, ...end }), drop() {} }),
        failed: (record) => void failures.push(record),
        limitReached: (limit) => void reached.push(limit),
      },
      node: { id: 'node-1', version: null, tenant: null, zone: null, shardingTags: [] },
      logging: { ...defaultLogging, ...options.logging },
      cache: options.cache,
      trace: options.trace,
    },
    bodyLimit,
    evaluationMs,
    options.memory,
    options.room,
  );
  transaction.beginRequest({
    method,
    uri: path,
    scheme: 'http',
    host: 'shop.test',
    version: null,
    protocol: null,
    timestamp: 0,
    remoteAddress: null,
    localAddress: null,
    localPort: null,
    ssl: null,
    headers: headersOf(headers),
    ...options.head,
  });
  return {
    transaction,
    invocations,
    counted,
    failures,
    reached,
    log,
    get calls() {
      return invocations.map(({ functionName }) => functionName);
    },
    request: (body) => runPolicies(transaction, 'request', body === undefined ? undefined : Buffer.from(body)),
    response(status, fields = {}, body) {
      transaction.beginResponse(status, headersOf(fields));
      return runPolicies(transaction, 'response', body === undefined ? undefined : Buffer.from(body));
    },
  };
}

/** The answer of an outcome, its body as text. */
export function answerOf(outcome: PhaseOutcome) {
  assert.equal(outcome.kind, 'answer');
  assert.ok(outcome.kind === 'answer');
  const { status, headers, body, errorKey } = outcome.answer;
  const text = body === undefined ? undefined : Buffer.from(body).toString();
  return { status, headers: Object.fromEntries(headers), body: text, errorKey };
}

/** A step of a document: `calls` is its function. */
export function step(calls: string, configuration: object = {}, outer: object = {}): object {
  return { ...outer, configuration: { function: calls, ...configuration } };
}

const headersOf = (fields: NonNullable<PolicyRunOptions['headers']>): HttpHeaders => {
  const pairs: readonly (readonly [string, string | Uint8Array])[] = Array.isArray(fields)
    ? fields
    : Object.entries(fields);
  return new HttpHeaders(new ListedHeaders(pairs.map(([name, value]) => [name, Buffer.from(value)])));
};

const echo: TestFunction = ({ payload }) => ({ payload: payload ?? Buffer.alloc(0) });
