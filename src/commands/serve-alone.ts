import { FilePolicySource } from '../config/index.ts';
import type { Logger, Metrics } from '../observability/index.ts';
import { openAdmin, parseAdminAddress, type SignalControl } from '../server/index.ts';
import { policyCheck, reportLoad } from './policy-reports.ts';
import type { ServeOptions } from './serve-options.ts';
import { startServingNode } from './serving-node.ts';

export interface ServeAlone {
  readonly options: ServeOptions;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly signals: SignalControl;
}

/** One process that does everything. */
export async function serveAlone({ options, logger, metrics, signals }: ServeAlone): Promise<number> {
  const adminAddress = parseAdminAddress(options.admin);
  const source: FilePolicySource = await FilePolicySource.open({
    path: options.config,

    onReload: (outcome) => reportLoad(source, outcome, logger, metrics),
  });
  reportLoad(source, { kind: 'loaded', version: source.status.version, warnings: [] }, logger, metrics);
  const node = await startServingNode({
    options,
    policies: source,
    policyCheck: () => policyCheck(source),
    reload: () => null,
    worker: 0,
    takeover: 'never',
    logger,
    metrics,
  });
  const admin =
    adminAddress === undefined
      ? undefined
      : await openAdmin(
          adminAddress,
          {
            readiness: () => node.readiness(),
            metrics: () => metrics.registry.metrics(),
            config: () => ({ listen: node.addresses, workers: 1, policies: source.describe() }),
          },
          logger,
        ).catch(async (error: unknown) => {
          // Or its socket files would stay.
          await node.kill();
          throw error;
        });
  source.watch();
  const close = (): void => {
    source.close();
    admin?.close();
  };
  signals.attach({
    async reload() {
      await source.reload();
    },
    async rollingRestart() {
      logger.warn('SIGUSR2 restarts workers one by one; there are none without --workers');
    },
    async stop(graceMs) {
      await node.stop({ graceMs, replaced: false });
      close();
    },
    async kill() {
      await node.kill();
      close();
    },
  });
  logger.info(
    { listen: node.addresses, admin: admin?.address ?? 'off', startupMs: Math.round(performance.now()) },
    'ready',
  );
  return await signals.ended;
}
