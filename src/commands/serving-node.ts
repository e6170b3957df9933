import { createExternalProcessor, selectingMetadata } from '../ext-proc/index.ts';
import { createLambdaInvoker } from '../lambda/index.ts';
import type { Logger, Metrics } from '../observability/index.ts';
import type { PolicySource } from '../policy/index.ts';
import { ResultStore } from '../result-store/index.ts';
import {
  addReflection,
  type Check,
  clientNames,
  createServer,
  parseListenAddress,
  readinessOf,
  routeGrpcLogging,
  type ServingNode,
  type Takeover,
  watchTlsFiles,
} from '../server/index.ts';
import { startTracing } from '../tracing/index.ts';
import { keepCompiledCode } from './compile-cache.ts';
import { awaitedIdentity, credentialCheck } from './credential-check.ts';
import type { ServeOptions } from './serve-options.ts';
import { version } from './version.ts';
import { warmUpProcess } from './warm-up.ts';

export interface ServingNodeOptions {
  readonly options: ServeOptions;
  readonly policies: PolicySource;
  readonly reload: ServingNode['reload'];
  /** The worker's number, from 0. */
  readonly worker: number;
  readonly takeover: Takeover;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A body that is over the limit must still arrive, or Envoy's caller would get an empty 500 instead of a 413. */
const MESSAGE_BYTES = 64 * 1024 * 1024;
/** Streams over the limit get an answer (503), so the transport must not refuse them first. */
const STREAM_SLACK = 1_000;
const IDLE_CHECK_MS = 20;
/** For the end of a streamed answer to reach Envoy. */
const CUT_MS = 500;
/** For connections of the pool to close in order; the process ends afterwards anyway. */
const CLOSE_MS = 1_000;
/** For spans that have not left yet. A receiver that is away or slow is not waited for any longer. */
const FLUSH_MS = 2_000;
/** In how much of the grace, at its end, no request may come. */
const LAST_MS = 1_000;

/** One process's server, wired: policies → protocol → gRPC. Throws ListenError and TlsFileError. */
export async function startServingNode(wiring: ServingNodeOptions): Promise<ServingNode> {
  const { options, policies, logger, metrics, worker } = wiring;
  routeGrpcLogging(logger);
  const { limits } = policies.current();
  const tracing = await startTracing(process.env, {
    observer: metrics.traces,
    logger,
    version: version(),
    worker: options.workers > 1 ? worker : undefined,
  });
  const invoker = createLambdaInvoker({
    userAgent: `lambda-ext-proc/${version()}`,
    logger,
    tracing,
    onCredentialsLoaded: (source, ok) => metrics.credentialsRefreshed(source, ok),
    onCircuitOpened: (name) => metrics.circuitOpened(name),
  });
  metrics.observeCircuits(() => invoker.circuits());
  metrics.observeCredentials(() => invoker.credentials());
  const store = new ResultStore({ logger });
  store.follow(policies.current().resultStore);
  metrics.observeStore(store);
  const processor = createExternalProcessor({
    policies,
    invoker,
    metrics,
    logger,
    logging: options.logging,
    tracing,
    node: { id: null, version: version(), tenant: null, zone: null, shardingTags: [] },
    store: { results: store, placeOf: (invocation) => invoker.sharedPlace(invocation) },
  });
  metrics.observeCache(processor.cache);
  metrics.observeBufferedBytes(() => processor.capacity.bufferedBytes);
  metrics.watchProcess(version());
  // Before the addresses are bound, so that the first connection is served immediately.
  await warmUpProcess({ set: policies.current(), budgetMs: options.warmUpMs, logger });
  const tls = options.tls === undefined ? undefined : watchTlsFiles(options.tls, logger);
  const server = await createServer({
    services: [processor],
    listeners: options.listen.map((address) => parseListenAddress(address, worker)),
    tls,
    clientNames: options.tlsClientNames.length === 0 ? undefined : clientNames(options.tlsClientNames),
    insecurePlaintext: options.insecurePlaintext,
    takeover: wiring.takeover,
    maxBodyBytes: Math.max(MESSAGE_BYTES, 2 * limits.bodyBytes),
    maxConcurrentStreams: limits.streams + STREAM_SLACK,
    metadata: selectingMetadata,
    refusals: metrics,
    logger,
  });
  const exposed = exposedCheck(server.exposed);
  if (exposed.ports !== undefined) logger.warn({ listen: server.exposed }, exposed.ports.reason);
  server.setServing(true);
  // Credentials are requested before the first request needs them.
  setImmediate(() => credentialCheck(invoker, policies.current()));
  addReflection(server.grpc);
  keepCompiledCode();

  let draining = false;
  const release = (): void => {
    store.close();
    tls?.stop();
    metrics.stop();
  };
  return {
    addresses: server.addresses,
    readiness() {
      const set = policies.current();
      const listeners: Check = draining
        ? { status: 'failed', reason: 'draining' }
        : { status: 'ok', reason: `bound: ${server.addresses.join(', ')}` };
      const checks = { listeners, ...exposed, credentials: credentialCheck(invoker, set) };
      return readinessOf(checks, awaitedIdentity(invoker, set));
    },
    metrics: () => metrics.snapshot(),
    failures: () => metrics.recentFailures.list(),
    async reload(document) {
      const problem = await wiring.reload(document);
      store.follow(policies.current().resultStore);
      return problem;
    },
    async stop({ graceMs, replaced }) {
      draining = true;
      if (!replaced) server.setServing(false);
      await graceOver(graceMs, wiring);
      const timeoutMs = options.drainTimeoutMs;
      const end = Date.now() + timeoutMs;
      // A cut connection does not give a reason.
      const cut = setTimeout(() => processor.cutAnswers(), Math.max(timeoutMs - CUT_MS, timeoutMs / 2));
      const clean = await server.drain({ timeoutMs });
      clearTimeout(cut);
      if (!clean) logger.warn({ streams: metrics.streamsInFlight }, 'streams were still open at the end of the drain');
      // In observability mode Envoy has gone and its events are still on their way.
      while (processor.capacity.streams > 0 && Date.now() < end) await sleep(IDLE_CHECK_MS);
      await Promise.all([Promise.race([invoker.close(), sleep(CLOSE_MS)]), tracing?.close(FLUSH_MS)]);
      release();
    },
    async kill() {
      await server.close();
      release();
    },
  };
}

/** Only with --insecure-plaintext: without it such a port is not bound. */
function exposedCheck(addresses: readonly string[]): { readonly ports?: Check } {
  if (addresses.length === 0) return {};
  const reason = `--insecure-plaintext: every client that reaches ${addresses.join(', ')} may call the functions of the policies`;
  return { ports: { status: 'degraded', reason } };
}

/** Requests that still arrive then are refused: if Envoy's drain takes longer, they are lost. */
async function graceOver(graceMs: number, { metrics, logger }: ServingNodeOptions): Promise<void> {
  // Envoy has ended, or another process takes over: no wait is needed.
  if (graceMs === 0) return;
  const lastMs = Math.min(graceMs, LAST_MS);
  await sleep(graceMs - lastMs);
  const before = metrics.streamsBegun;
  await sleep(lastMs);
  const streams = metrics.streamsBegun - before;
  if (streams === 0) return;
  const message =
    'requests still arrived when the grace was over: set --drain-grace longer than the drain time of Envoy';
  logger.warn({ streams, lastMs, graceMs }, message);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
