import { GRPC_AUTHORITY } from '../envoy-names.ts';
import { createExternalProcessor, selectingMetadata } from '../ext-proc/index.ts';
import { createLogger, Metrics } from '../observability/index.ts';
import type { PolicySet } from '../policy/index.ts';
import { createServer } from '../server/index.ts';
import { ANSWERED_BY_BACKEND, InMemoryEnvoy, ReplyQueue, requestAttributesOf } from '../trial/index.ts';
import { EnvoyConnection } from './envoy-connection.ts';
import { LoopbackFunction } from './loopback-function.ts';
import { LoopbackInvoker } from './loopback-invoker.ts';
import { backend, warmUpEnvoy, warmUpRequests } from './requests.ts';
import { socketPair } from './socket-pair.ts';
import { standInPolicies } from './stand-in-policies.ts';
import { typicalPolicies } from './typical-policies.ts';

export interface WarmUpOptions {
  readonly set: PolicySet;
  /** It ends after so long, whatever is done by then; one request at least is sent. */
  readonly budgetMs: number;
  readonly version: string;
}

/** As many at a time as a busy connection has. */
const BUSY = 8;
/**
 * Beyond the budget, for the requests under way: a machine may swallow what is sent over its loopback interface, and must serve all
 * the same.
 */
const SLACK_MS = 5_000;
/** Requests of each kind for each API after a reload: what is compiled is the server's already, only the policies are new. */
const RELOAD_ROUNDS = 20;

/**
 * Sends requests of its own through the whole path of a process (HTTP/2, gRPC, the machine, expressions, signing, the call of a function,
 * the reply), so that V8 has compiled it before the first caller's. All that it needs is made for it: server, metrics, logger,
 * connections, keys and the function; nothing of what serves callers changes. Resolves with the number of requests; rejects where they
 * are not done SLACK_MS after the budget.
 */
export async function warmUp({ set, budgetMs, version }: WarmUpOptions): Promise<number> {
  const begin = performance.now();
  const cut = cutAfter(budgetMs);
  const half = { end: begin + budgetMs / 2, rounds: Number.POSITIVE_INFINITY, concurrency: BUSY, version, cut };
  const typical = await typicalPolicies();
  return await withFunction(half, async (invoker) => {
    const requests = await warmSet(typical, invoker, half);
    return requests + (await warmSet(standInPolicies(set), invoker, { ...half, end: begin + budgetMs }));
  });
}

/** The same for policies that a serving process takes into force: few requests, one at a time. */
export async function warmUpPolicies({ set, budgetMs, version }: WarmUpOptions): Promise<number> {
  const cut = cutAfter(budgetMs);
  const bounds = { end: performance.now() + budgetMs, rounds: RELOAD_ROUNDS, concurrency: 1, version, cut };
  return await withFunction(bounds, (invoker) => warmSet(standInPolicies(set), invoker, bounds));
}

function cutAfter(budgetMs: number): AbortSignal {
  return AbortSignal.timeout(budgetMs + SLACK_MS);
}

async function withFunction(
  { version, cut }: Bounds,
  work: (invoker: LoopbackInvoker) => Promise<number>,
): Promise<number> {
  const lambda = await LoopbackFunction.start();
  const invoker = new LoopbackInvoker(lambda.endpoint, `lambda-ext-proc/${version}`);
  try {
    return await work(invoker);
  } catch (error) {
    if (!cut.aborted) throw error;
    throw new Error('its requests over the loopback interface of this machine took too long', { cause: error });
  } finally {
    lambda.stop();
    await invoker.close();
  }
}

interface Bounds {
  readonly end: number;
  readonly rounds: number;
  readonly concurrency: number;
  readonly version: string;
  readonly cut: AbortSignal;
}

async function warmSet(
  set: PolicySet,
  invoker: LoopbackInvoker,
  { end, rounds, concurrency, version, cut }: Bounds,
): Promise<number> {
  const logger = createLogger({ level: 'info', destination: { write: () => {} } });
  const metrics = new Metrics();
  const processor = createExternalProcessor({
    policies: { current: () => set },
    invoker,
    metrics,
    logger,
    node: { id: null, version, tenant: null, zone: null, shardingTags: [] },
  });
  const server = await createServer({
    services: [processor],
    listeners: [],
    maxBodyBytes: set.limits.bodyBytes,
    maxConcurrentStreams: 1_000,
    metadata: selectingMetadata,
    refusals: metrics,
    logger,
  });
  let connection: EnvoyConnection | undefined;
  const onCut = (): void => connection?.close();
  cut.addEventListener('abort', onCut);
  let requests = 0;
  try {
    const [near, far] = await socketPair(cut);
    const envoyEnd = new EnvoyConnection(near, processor.definition);
    connection = envoyEnd;
    server.accept(far);
    const work = plan(set, rounds);
    const worker = async (): Promise<void> => {
      for (const { api, request } of work) {
        if (requests > 0 && performance.now() >= end) return;
        requests++;
        const replies = new ReplyQueue(new Map(), GRPC_AUTHORITY);
        const envoy = new InMemoryEnvoy(envoyEnd.open(api, replies), replies, {
          setup: warmUpEnvoy,
          attributes,
          metadata: {},
        });
        await envoy.run(request, backend);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return requests;
  } finally {
    cut.removeEventListener('abort', onCut);
    connection?.close();
    await server.close();
    metrics.stop();
  }
}

/** API after API, so that each has had some requests when the time is up. */
function* plan(set: PolicySet, rounds: number): Generator<{ api: string; request: (typeof warmUpRequests)[number] }> {
  if (set.apis.size === 0) return;
  for (let round = 0; round < rounds; round++) {
    for (const api of set.apis.keys()) {
      for (const request of warmUpRequests) yield { api, request };
    }
  }
}

const attributes = { request: requestAttributesOf('warm-up', new Map()), response: ANSWERED_BY_BACKEND };
