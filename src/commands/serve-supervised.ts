import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseListenAddress, Supervisor } from '../server/index.ts';
import { NODE_FLAGS } from './node-flags.ts';
import { operate, type ServeProcess } from './operate.ts';
import { version } from './version.ts';
import { WORKER_VARIABLE } from './worker-variable.ts';

/** A supervisor and its workers, which get the same `args`. It loads the policies first, so that an invalid document never reaches a worker. */
export function superviseServing(serving: ServeProcess, args: readonly string[]): Promise<number> {
  const { options, logger, metrics } = serving;
  for (const address of options.listen) parseListenAddress(address);
  return operate(serving, async ({ document }) => {
    const supervisor = new Supervisor({
      workers: options.workers,
      spawn: (number) => spawnWorker(args, number),
      document,
      ownMetrics: () => metrics.snapshot(),
      logger,
      drainMs: options.drainTimeoutMs,
    });
    metrics.watchProcess(version());
    metrics.observeWorkers(() => supervisor.counts);
    await supervisor.start();
    return supervisor;
  });
}

function spawnWorker(args: readonly string[], number: number) {
  const main = import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js';
  return fork(fileURLToPath(new URL(main, import.meta.url)), ['serve', ...args], {
    execArgv: [...NODE_FLAGS, ...process.execArgv],
    env: { ...process.env, [WORKER_VARIABLE]: String(number) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}
