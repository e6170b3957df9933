import { GRPC_AUTHORITY, streamMetadata } from '../envoy-names.ts';
import { createExternalProcessor, type ExternalProcessor, selectingMetadata } from '../ext-proc/index.ts';
import { createLogger, Metrics } from '../observability/index.ts';
import type { PolicySet } from '../policy/index.ts';
import { createServer } from '../server/index.ts';
import { ANSWERED_BY_BACKEND, requestAttributesOf } from '../trial/index.ts';
import { EnvoyConnection } from './envoy-connection.ts';
import { headerBlock } from './http2-frames.ts';
import { LoopbackFunction } from './loopback-function.ts';
import { LoopbackInvoker } from './loopback-invoker.ts';
import { RecordedExchange } from './recorded-exchange.ts';
import { warmUpEnvoy, warmUpRequests } from './requests.ts';
import { socketPair } from './socket-pair.ts';
import { standInPolicies } from './stand-in-policies.ts';
import { CLOCK_FACTOR, timeSpent } from './time-spent.ts';
import { typicalPolicies } from './typical-policies.ts';

export interface WarmUpOptions {
  readonly set: PolicySet;
  /** The warm-up ends after this time, but sends at least one request. For `warmUp` it is CPU time, see `timeSpent`. */
  readonly budgetMs: number;
  readonly version: string;
}

/** Concurrent requests: as many as on a busy connection. */
const BUSY = 32;
/**
 * Time beyond the budget for requests that have not ended. A machine whose loopback interface drops packets must still be able to start
 * the server.
 */
const SLACK_MS = 5_000;
/** Requests of each kind for each API after a reload: the server's own code is compiled already, only the policies are new. */
const RELOAD_ROUNDS = 20;

/**
 * Sends its own requests through the whole request path (HTTP/2, gRPC, the machine, expressions, signing, the call of a function, the
 * reply), so that V8 has compiled it before the first caller's request. It creates its own server, metrics, logger, connections, keys and
 * function, and changes nothing that serves callers. Resolves with the number of requests; rejects if they have not ended SLACK_MS after
 * the budget.
 */
export async function warmUp({ set, budgetMs, version }: WarmUpOptions): Promise<number> {
  const cut = cutAfter(budgetMs * CLOCK_FACTOR);
  const spent = timeSpent();
  const half = {
    isOver: () => spent() >= budgetMs / 2,
    rounds: Number.POSITIVE_INFINITY,
    concurrency: BUSY,
    version,
    cut,
  };
  // Not changed by standInPolicies, so that V8 also sees objects of the shape that loading gives them.
  const typical = await typicalPolicies();
  return await withFunction(half, async (invoker) => {
    const requests = await warmSet(typical, invoker, half);
    return requests + (await warmSet(standInPolicies(set), invoker, { ...half, isOver: () => spent() >= budgetMs }));
  });
}

/** The same for new policies of a serving process, before they are in force: few requests, one at a time. */
export async function warmUpPolicies({ set, budgetMs, version }: WarmUpOptions): Promise<number> {
  const cut = cutAfter(budgetMs);
  const end = performance.now() + budgetMs;
  const bounds = { isOver: () => performance.now() >= end, rounds: RELOAD_ROUNDS, concurrency: 1, version, cut };
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
  readonly isOver: () => boolean;
  readonly rounds: number;
  readonly concurrency: number;
  readonly version: string;
  readonly cut: AbortSignal;
}

async function warmSet(
  set: PolicySet,
  invoker: LoopbackInvoker,
  { isOver, rounds, concurrency, version, cut }: Bounds,
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
    const envoyEnd = new EnvoyConnection(near);
    connection = envoyEnd;
    server.accept(far);
    const work = plan(exchanges(set, processor), rounds);
    const worker = async (): Promise<void> => {
      for (const exchange of work) {
        if (requests > 0 && isOver()) return;
        requests++;
        await exchange.run(envoyEnd);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    cut.throwIfAborted();
    return requests;
  } finally {
    cut.removeEventListener('abort', onCut);
    connection?.close();
    await server.close();
    metrics.stop();
  }
}

/** One API after the other, so that each gets some requests before the time is up. */
function* plan(exchanges: Iterable<RecordedExchange>, rounds: number): Generator<RecordedExchange> {
  const made: RecordedExchange[] = [];
  for (const exchange of exchanges) {
    made.push(exchange);
    yield exchange;
  }
  if (made.length === 0) return;
  for (let round = 1; round < rounds; round++) yield* made;
}

/** Each kind of request for each API. */
function* exchanges({ apis }: PolicySet, { definition }: ExternalProcessor): Generator<RecordedExchange> {
  const { Process: method } = definition;
  if (method === undefined) throw new Error('the service has no method Process');
  const envoy = { setup: warmUpEnvoy, attributes, metadata: {} };
  for (let number = 0; number < apis.size; number++) {
    const headers = headerBlock({
      ':method': 'POST',
      ':scheme': 'http',
      ':path': method.path,
      ':authority': GRPC_AUTHORITY,
      te: 'trailers',
      'content-type': 'application/grpc',
      [streamMetadata.api]: String(number),
    });
    for (const request of warmUpRequests) yield new RecordedExchange({ method, headers, request, envoy });
  }
}

const attributes = { request: requestAttributesOf('warm-up', new Map()), response: ANSWERED_BY_BACKEND };
