import { type Kept, type KeyParts, resultKey } from '../cache/index.ts';
import { ExpressionError } from '../expression/index.ts';
import { type AuthorizerCall, type FunctionAnswer, isWhole } from '../formats/index.ts';
import type { Invocation, InvocationResult } from '../lambda/index.ts';
import { charge, type MemoryAccount, textBytes } from '../memory-account.ts';
import type { CacheConfiguration, PolicyStep } from './api-policies.ts';
import { type CallResult, callFunction, type FunctionCall } from './call-function.ts';
import { callKey, callParts } from './call-key.ts';
import { withEvaluationLimit } from './evaluation-limit.ts';
import type { SharedResults } from './runtime.ts';
import { encodeResult, lookUpStored } from './stored-result.ts';
import type { Execution, Transaction } from './transaction.ts';

interface KeptResult extends Kept {
  readonly result: InvocationResult;
  readonly answer: FunctionAnswer;
  /** The entry for access logs of each request that gets the result: one object, so its metadata are made once. */
  readonly execution: Execution;
}

/** What distinguishes a request of a step with a cache from others. */
export interface CacheKey {
  /** In this process. */
  readonly local: string;
  /** Values of the step's `key`, the payload, or an authorizer's identity sources. */
  readonly request: KeyParts;
}

/** What an entry of a header takes beside its texts. */
const HEADER_BYTES = 64;
/** What metadata of a kept result take, as an object and as bytes. */
const METADATA_BYTES = 2_048;

/** Undefined: the request calls the function itself, since the step has no cache, or no key for this request. */
export function cacheKeyOf(
  transaction: Transaction,
  { configuration }: PolicyStep,
  invocation: Invocation,
  question: AuthorizerCall | undefined,
): CacheKey | undefined {
  const { cache } = configuration;
  const { results } = transaction.runtime.cache ?? {};
  if (cache === undefined || results === undefined) return undefined;
  const request = question?.keyParts ?? requestParts(transaction, cache, invocation);
  if (request === undefined) {
    results.lookups.uncacheable++;
    transaction.runtime.trace?.({ kind: 'uncacheable' });
    return undefined;
  }
  const { constant } = configuration.credentials;
  const call = callKey(transaction.policies.name, cache, constant, invocation);
  return { local: resultKey([call, ...request]), request };
}

function requestParts(
  transaction: Transaction,
  { key }: CacheConfiguration,
  { payload }: Invocation,
): KeyParts | undefined {
  if (key === undefined) return [payload ?? ''];
  const values = keyOf(transaction, key);
  return values === undefined ? undefined : [values];
}

/**
 * Without a key the function is called, as without a cache. But the request of a caller who makes expressions expensive
 * fails.
 */
function keyOf(transaction: Transaction, key: NonNullable<CacheConfiguration['key']>): string | undefined {
  try {
    return key.evaluate(transaction) ?? undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError) || error.exhausted) throw withEvaluationLimit(transaction, error);
    return undefined;
  }
}

/** The cached result. Undefined: there is none, and a request that needs it must wait. */
export function keptResult(
  transaction: Transaction,
  step: PolicyStep,
  invocation: Invocation,
  { local: key }: CacheKey,
): CallResult | undefined {
  const { cache } = step.configuration;
  const { results } = transaction.runtime.cache ?? {};
  if (cache === undefined || results === undefined) return undefined;
  const kept = results.kept<KeptResult>({ owner: cache.owner, space: cache.space, key });
  if (kept === undefined) return undefined;
  reportCached({ transaction, step, invocation }, kept.result, kept.execution);
  return { result: kept.result, answer: kept.answer, held: 0 };
}

/** The cached result, one that another request waits for, or that of this request's own call. Throws PolicyFailure. */
export async function sharedResult(call: FunctionCall, key: CacheKey, signal: AbortSignal): Promise<CallResult> {
  const { transaction, step } = call;
  const { cache } = step.configuration;
  const shared = transaction.runtime.cache;
  if (cache === undefined || shared === undefined) throw new Error('a key without a cache');
  const started = performance.now();
  let askedAt: number | undefined;
  try {
    const { value } = await shared.results.fetch<KeptResult>({
      ...cache,
      key: key.local,
      signal,
      load: (ending) =>
        load(call, key, shared, ending, () => {
          askedAt = performance.now();
        }),
    });
    if (askedAt === undefined) {
      reportCached(call, value.result, { ...value.execution, durationMs: performance.now() - started });
    }
    return { result: value.result, answer: value.answer, held: 0 };
  } finally {
    // The time of its own call is counted where the call is reported.
    transaction.invocationMs += (askedAt ?? performance.now()) - started;
  }
}

/**
 * For all waiting requests: from the store, or by a call. It uses an account that does not end with the request that began it.
 * `onAsk`: the function is called.
 */
async function load(
  call: FunctionCall,
  key: CacheKey,
  shared: SharedResults,
  signal: AbortSignal,
  onAsk: () => void,
): Promise<KeptResult> {
  const { transaction, step, invocation } = call;
  const { cache } = step.configuration;
  const { store } = shared;
  const account = shared.account(transaction.policies.name);
  const memory = new LoadMemory(account);
  try {
    // Before any wait: the request in question may end meanwhile, and its data with it.
    const payload = payloadOf(call, memory);
    const parts =
      cache === undefined ? [] : [...callParts(transaction.policies.name, cache, invocation), ...key.request];
    const stored = store === undefined ? undefined : await lookUpStored(call, parts, store, memory);
    if (stored?.found !== undefined) {
      const { result, answer, ttlMs } = stored.found;
      return { result, answer, execution: executionOf(result), bytes: bytesOf(result, answer), ttlMs };
    }
    signal.throwIfAborted();
    onAsk();
    const loading = { ...call, invocation: { ...invocation, payload, memory } };
    const { result, answer } = await callFunction(loading, memory, signal);
    const { logTail: _tail, held: _held, ...kept } = result;
    if (stored?.entry !== undefined) store?.results.put(stored.entry, encodeResult(kept), account);
    return { result: kept, answer, execution: executionOf(kept), bytes: bytesOf(result, answer) };
  } finally {
    memory.release();
  }
}

function payloadOf({ step, invocation, question }: FunctionCall, memory: MemoryAccount): Uint8Array | undefined {
  if (question !== undefined) return question.payload(memory);
  const { payload } = invocation;
  if (payload !== step.configuration.requestFormat.shared) charge(memory, payload?.byteLength ?? 0);
  return payload;
}

function bytesOf({ payload }: InvocationResult, { headers, body, authorization }: FunctionAnswer): number {
  let bytes = METADATA_BYTES + payload.byteLength + (authorization?.bytes ?? 0);
  if (isWhole(body) && body !== payload) bytes += body.byteLength;
  for (const [name, value] of headers) bytes += HEADER_BYTES + textBytes(name) + textBytes(value);
  return bytes;
}

/** No request waited for it. */
function executionOf({ requestId, executedVersion, status }: InvocationResult): Execution {
  return { requestId, executedVersion, durationMs: 0, status, cached: true };
}

/** No function was called for this request: it is not in the logs and metrics of invocations. */
function reportCached(
  { transaction, step, invocation }: Pick<FunctionCall, 'transaction' | 'step' | 'invocation'>,
  result: InvocationResult,
  execution: Execution,
): void {
  const { trace } = transaction.runtime;
  trace?.({ kind: 'invocation', invocation });
  trace?.({ kind: 'result', result, cached: true });
  transaction.stepSpan?.set('lambda_ext_proc.cached', true);
  transaction.executions.set(step.name, execution);
}

/** What one call takes of an account, to be given back at once. */
class LoadMemory implements MemoryAccount {
  readonly #account: MemoryAccount;
  #held = 0;

  constructor(account: MemoryAccount) {
    this.#account = account;
  }

  get shortage(): string {
    return this.#account.shortage;
  }

  take(bytes: number): boolean {
    const taken = this.#account.take(bytes);
    if (taken) this.#held += bytes;
    return taken;
  }

  give(bytes: number): void {
    this.#held -= bytes;
    this.#account.give(bytes);
  }

  release(): void {
    this.give(this.#held);
  }
}
