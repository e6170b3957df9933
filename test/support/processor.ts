import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadPolicies } from '../../src/config/index.ts';
import { createExternalProcessor, type ExternalProcessor } from '../../src/ext-proc/index.ts';
import type { LambdaInvoker } from '../../src/lambda/index.ts';
import { Metrics } from '../../src/observability/index.ts';
import { defaultLogging, type PolicySet, type RequestLogging } from '../../src/policy/index.ts';
import { createServer, parseListenAddress } from '../../src/server/index.ts';
import { SecretWatch, secretsOf } from './secret-watch.ts';

export interface ProcessorOptions {
  /** policies.yaml. */
  readonly policies: string;
  readonly invoker: LambdaInvoker;
  /** As flags of `serve` say. */
  readonly logging?: Partial<RequestLogging>;
}

export interface RunningProcessor {
  /** `unix:/path`, as Envoy's configuration and grpc-js take it. */
  readonly address: string;
  readonly capacity: ExternalProcessor['capacity'];
  readonly metrics: Metrics;
  /** Lines of the log so far, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  reload(policies: string): void;
  stop(): Promise<void>;
}

/** The service in this process, behind the real gRPC server, with an invoker of the test's choice. */
export async function startProcessor(options: ProcessorOptions): Promise<RunningProcessor> {
  const directory = mkdtempSync(join(tmpdir(), 'processor-'));
  const load = (text: string): PolicySet => loadPolicies(text, 'policies.yaml').set;
  let set = load(options.policies);
  const metrics = new Metrics();
  const log: Record<string, unknown>[] = [];
  const watch = new SecretWatch(secretsOf(options.policies));
  const write = (line: string): void => {
    watch.see(line);
    log.push(JSON.parse(line));
  };
  const logger = pino({ level: 'info' }, { write });
  const processor = createExternalProcessor({
    policies: { current: () => set },
    invoker: options.invoker,
    metrics,
    logger,
    logging: { ...defaultLogging, ...options.logging },
    node: { id: null, version: null, tenant: null, zone: null, shardingTags: [] },
  });
  const address = `unix:${join(directory, 's')}`;
  const server = await createServer({
    services: [processor],
    listeners: [parseListenAddress(address)],
    maxBodyBytes: set.limits.bodyBytes,
    maxConcurrentStreams: set.limits.streams + 1000,
    logger,
  });
  return {
    address,
    capacity: processor.capacity,
    metrics,
    log,
    reload(text) {
      set = load(text);
    },
    async stop() {
      await server.close();
      metrics.stop();
      rmSync(directory, { recursive: true, force: true });
      watch.check();
    },
  };
}
