import { AdminPage, ReloadHistory } from '../admin-page/index.ts';
import { FilePolicySource, type ReloadOutcome } from '../config/index.ts';
import { type Logger, type Metrics, metricsText } from '../observability/index.ts';
import type { PolicySet } from '../policy/index.ts';
import {
  FirstReadiness,
  openAdmin,
  parseAdminAddress,
  type Readiness,
  type ServingNode,
  type SignalControl,
} from '../server/index.ts';
import { policyCheck, recordReload, reportLoad } from './policy-reports.ts';
import type { ServeOptions } from './serve-options.ts';
import { version } from './version.ts';

/** The process that an operator started. */
export interface ServeProcess {
  readonly options: ServeOptions;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly signals: SignalControl;
}

/**
 * What an operator deals with, whether one process serves or several: the policies' file, the admin port, signals and
 * the line `ready`. `start` gives what serves, listening; `prepare` gets new policies before they are in force. Resolves with the
 * exit code when all has ended.
 */
export async function operate(
  { options, logger, metrics, signals }: ServeProcess,
  start: (policies: FilePolicySource) => Promise<ServingNode>,
  prepare?: (set: PolicySet) => Promise<void>,
): Promise<number> {
  const adminAddress = parseAdminAddress(options.admin);
  const reloads = new ReloadHistory();
  let refused: string | null = null;
  const source: FilePolicySource = await FilePolicySource.open({
    path: options.config,
    inline: options.inline,
    secrets: options.secrets,
    ...(prepare === undefined ? {} : { prepare }),
    onReload: (outcome) => void takeOver(outcome),
  });

  async function takeOver(outcome: ReloadOutcome): Promise<void> {
    if (outcome.kind !== 'failed') {
      refused = await node.reload(source.document);
      if (refused !== null) {
        metrics.reload(false);
        reloads.add({
          at: new Date(),
          version: undefined,
          problems: [`a worker refuses it: ${refused}`],
          changes: undefined,
        });
        const message = 'a worker refuses the configuration; the previous one stays in force';
        logger.error({ file: options.config, problem: refused }, message);
        return;
      }
    }
    recordReload(reloads, outcome);
    reportLoad(source, outcome, logger, metrics);
  }

  const loaded = { kind: 'loaded', version: source.status.version, warnings: [], changes: undefined } as const;
  reportLoad(source, loaded, logger, metrics);
  const node = await start(source);
  const first = new FirstReadiness();
  const readiness = async (): Promise<Readiness> => {
    const { ready, checks } = first.judge(await node.readiness());
    const policies =
      refused === null
        ? policyCheck(source)
        : { status: 'degraded' as const, reason: `a worker refuses it: ${refused}` };
    return { ready, checks: { policies, ...checks } };
  };
  const page = new AdminPage({
    version: version(),
    policies: source,
    readiness,
    metrics: () => node.metrics(),
    failures: async () => await node.failures(),
    reloads: () => reloads.reloads,
  });
  const admin =
    adminAddress === undefined
      ? undefined
      : await openAdmin(
          adminAddress,
          {
            readiness,
            metrics: async (format) => await metricsText(await node.metrics(), format),
            config: () => ({ listen: node.addresses, workers: options.workers, policies: source.describe() }),
            page,
          },
          options.adminAccess,
          logger,
        ).catch(async (error: unknown) => {
          // Or its socket files would stay.
          await node.stop({ graceMs: 0, replaced: false });
          throw error;
        });
  if (admin !== undefined) page.start();
  source.watch();
  const close = (): void => {
    source.close();
    admin?.close();
    page.stop();
    metrics.stop();
  };
  signals.attach({
    async reload() {
      await source.reload();
    },
    async rollingRestart() {
      if (node.rollingRestart === undefined) {
        logger.warn('SIGUSR2 restarts workers one by one; there are none without --workers');
        return;
      }
      logger.info('restarting the workers one by one');
      if (await node.rollingRestart()) logger.info('all workers were restarted');
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
  const { addresses: listen, pids } = node;
  logger.info(
    { listen, admin: admin?.addresses.join(', ') ?? 'off', pids, startupMs: Math.round(performance.now()) },
    'ready',
  );
  return await signals.ended;
}
