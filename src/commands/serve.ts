import { createLogger, type Logger, Metrics } from '../observability/index.ts';
import { handleSignals, surviveUnexpectedErrors } from '../server/index.ts';
import { parseCommandLine } from './command-line.ts';
import { serveDefinition } from './definitions.ts';
import type { CommandIo } from './io.ts';
import { readServeOptions } from './serve-options.ts';
import { version } from './version.ts';
import { workerNumber } from './worker-variable.ts';

/** Runs until a signal ends it. 0 after an orderly end, 1 when it could not start or was cut. */
export async function serveCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = readServeOptions(parseCommandLine(serveDefinition, args, io.env));
  const worker = workerNumber(io.env);
  const metrics = new Metrics();
  const logger = createLogger({
    level: options.logLevel,
    bindings: worker === undefined ? undefined : { worker },
    onDrop: () => metrics.logLineDropped(),
  });
  if (worker !== undefined) {
    const { serveAsWorker } = await import('./serve-worker.ts');
    surviveUnexpectedErrors({ process, logger, metrics, onTooMany: () => process.kill(process.pid, 'SIGTERM') });
    return await serveAsWorker({ options, worker, logger, metrics });
  }
  logStart(logger, options.workers);
  const signals = handleSignals({ process, logger, graceMs: options.drainGraceMs });
  surviveUnexpectedErrors({ process, logger, metrics, onTooMany: () => signals.stop(options.drainGraceMs, 1) });
  if (options.workers > 1) {
    const { superviseServing } = await import('./serve-supervised.ts');
    return await superviseServing({ options, logger, metrics, signals }, args);
  }
  const { serveAlone } = await import('./serve-alone.ts');
  return await serveAlone({ options, logger, metrics, signals });
}

function logStart(logger: Logger, workers: number): void {
  const { node, v8, openssl } = process.versions;
  logger.info({ version: version(), node, v8, openssl, pid: process.pid, workers }, 'starting');
}
