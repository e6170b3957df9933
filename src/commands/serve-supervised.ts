import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FilePolicySource, readDocument, versionOf } from '../config/index.ts';
import type { Logger, Metrics } from '../observability/index.ts';
import {
  openAdmin,
  type PolicyDocument,
  parseAdminAddress,
  parseListenAddress,
  type Readiness,
  type SignalControl,
  Supervisor,
} from '../server/index.ts';
import { policyCheck, reportLoad } from './policy-reports.ts';
import type { ServeOptions } from './serve-options.ts';
import { version } from './version.ts';
import { WORKER_VARIABLE } from './worker-variable.ts';

export interface SuperviseServing {
  readonly options: ServeOptions;
  /** As given to `serve`; the workers get the same. */
  readonly args: readonly string[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly signals: SignalControl;
}

/** A supervisor and its workers. It loads the policies first: what it cannot load never reaches a worker. */
export async function superviseServing(wiring: SuperviseServing): Promise<number> {
  const { options, logger, metrics, signals } = wiring;
  const adminAddress = parseAdminAddress(options.admin);
  for (const address of options.listen) parseListenAddress(address);
  let refused: string | undefined;
  const source: FilePolicySource = await FilePolicySource.open({
    path: options.config,

    onReload: (outcome) => {
      if (outcome.kind === 'failed') return reportLoad(source, outcome, logger, metrics);
      void handOn(outcome.version).then((problem) => {
        refused = problem;
        if (problem === undefined) return reportLoad(source, outcome, logger, metrics);
        metrics.reload(false);
        logger.error({ file: options.config, problem }, 'a worker refuses the configuration; the one before stays');
      });
    },
  });
  const supervisor = new Supervisor({
    workers: options.workers,
    spawn: (number) => spawnWorker(wiring.args, number),
    document: await documentOf(options.config),
    logger,
    drainMs: options.drainTimeoutMs,
  });

  /** The file may have changed again since the source read it: then another reload is about to come. */
  async function handOn(wanted: string): Promise<string | undefined> {
    const document = await documentOf(options.config).catch(() => undefined);
    if (document !== undefined && versionOf(document.text) !== wanted) return undefined;
    return await supervisor.reload(document);
  }

  reportLoad(source, { kind: 'loaded', version: source.status.version, warnings: [] }, logger, metrics);
  metrics.watchProcess(version());
  metrics.observeWorkers(() => supervisor.counts);
  await supervisor.start();

  const readiness = async (): Promise<Readiness> => {
    const workers = await supervisor.readiness();
    const check = policyCheck(source);
    const policies =
      refused === undefined ? check : { status: 'degraded' as const, reason: `a worker refuses it: ${refused}` };
    return { ready: workers.ready, checks: { policies, ...workers.checks } };
  };
  const admin =
    adminAddress === undefined
      ? undefined
      : await openAdmin(
          adminAddress,
          {
            readiness,
            metrics: async () => await supervisor.metrics(await metrics.snapshot()),
            config: () => ({ listen: supervisor.addresses, workers: options.workers, policies: source.describe() }),
          },
          logger,
        ).catch(async (error: unknown) => {
          await supervisor.stop(0);
          throw error;
        });
  source.watch();
  const close = (): void => {
    source.close();
    admin?.close();
    metrics.stop();
  };
  signals.attach({
    async reload() {
      await source.reload();
    },
    async rollingRestart() {
      logger.info('restarting the workers one by one');
      if (await supervisor.rollingRestart()) logger.info('all workers were restarted');
    },
    async stop(graceMs) {
      await supervisor.stop(graceMs);
      close();
    },
    async kill() {
      supervisor.kill();
      close();
    },
  });
  const startupMs = Math.round(performance.now());
  logger.info(
    { listen: supervisor.addresses, admin: admin?.address ?? 'off', pids: supervisor.pids, startupMs },
    'ready',
  );
  return await signals.ended;
}

function spawnWorker(args: readonly string[], number: number) {
  const main = import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js';
  return fork(fileURLToPath(new URL(main, import.meta.url)), ['serve', ...args], {
    env: { ...process.env, [WORKER_VARIABLE]: String(number) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

async function documentOf(file: string | undefined): Promise<PolicyDocument | undefined> {
  return file === undefined ? undefined : { file, text: await readDocument(file) };
}
