import type { ReloadHistory } from '../admin-page/index.ts';
import { type FilePolicySource, loggedProblem, problemLines, type ReloadOutcome } from '../config/index.ts';
import type { Logger, Metrics } from '../observability/index.ts';
import type { Check } from '../server/index.ts';

/** Tells log and metrics how a load went. */
export function reportLoad(source: FilePolicySource, outcome: ReloadOutcome, logger: Logger, metrics: Metrics): void {
  const { status } = source;
  if (outcome.kind === 'failed') {
    metrics.reload(false);
    for (const problem of problemLines(outcome.error).slice(0, 20)) {
      logger.error(
        { file: status.file, problem },
        'the configuration cannot be used; the previous policies stay in force',
      );
    }
    return;
  }
  metrics.reload(true, Object.keys(source.describe().apis).length);
  logger.info({ file: status.file, version: outcome.version, changed: outcome.kind === 'loaded' }, 'policies loaded');
  if (outcome.kind === 'loaded') logWarnings(source, logger);
}

/** Tells the admin page how a reload went. */
export function recordReload(reloads: ReloadHistory, outcome: ReloadOutcome): void {
  const at = new Date();
  if (outcome.kind === 'failed') {
    reloads.add({ at, version: undefined, problems: problemLines(outcome.error), changes: undefined });
    return;
  }
  const { version } = outcome;
  // The same document again: only news after one that could not be used.
  const [last] = reloads.reloads;
  if (outcome.kind === 'unchanged' && (last === undefined || last.version !== undefined)) return;
  const changes = outcome.kind === 'loaded' ? outcome.changes : { changes: [], more: 0 };
  reloads.add({ at, version, problems: [], changes });
}

/** For log and readiness. */
const NOTHING_SERVED = 'nothing to serve: give --config, or --inline-functions for inline policies';

function logWarnings(source: FilePolicySource, logger: Logger): void {
  if (source.status.file === undefined && !source.servesInline) logger.warn(NOTHING_SERVED);
  for (const warning of source.status.warnings) logger.warn({ problem: loggedProblem(warning) }, 'configuration');
}

export function policyCheck(source: FilePolicySource): Check {
  const { file, version, loadedAt, lastError } = source.status;
  if (file === undefined && source.servesInline) {
    return { status: 'ok', reason: 'no file: only inline policies are served' };
  }
  if (file === undefined) return { status: 'degraded', reason: NOTHING_SERVED };
  if (lastError === undefined)
    return { status: 'ok', reason: `${file}, version ${version}, of ${loadedAt.toISOString()}` };
  const { at, message } = lastError;
  return {
    status: 'degraded',
    reason: `version ${version} of ${loadedAt.toISOString()} stays in force; at ${at.toISOString()}: ${message}`,
  };
}
