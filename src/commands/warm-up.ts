import type { Logger } from '../observability/index.ts';
import type { PolicySet } from '../policy/index.ts';
import { version } from './version.ts';

/** The part of `--warm-up` that new policies get while the process serves. */
const RELOAD_SHARE = 0.1;

export interface WarmUpFor {
  readonly set: PolicySet;
  readonly budgetMs: number;
  readonly logger: Logger;
}

/** Runs before a process is ready. If it fails, the server serves anyway. */
export async function warmUpProcess({ set, budgetMs, logger }: WarmUpFor): Promise<void> {
  if (budgetMs === 0) return;
  const begin = performance.now();
  try {
    const { warmUp } = await import('../warm-up/index.ts');
    const requests = await warmUp({ set, budgetMs, version: version() });
    logger.debug({ requests, ms: Math.round(performance.now() - begin) }, 'warm-up done');
  } catch (error) {
    logger.warn({ err: error }, 'the warm-up failed: the first requests take longer');
  }
}

/** Runs before reloaded policies are in force. */
export async function warmUpReloaded({ set, budgetMs, logger }: WarmUpFor): Promise<void> {
  if (budgetMs === 0) return;
  try {
    const { warmUpPolicies } = await import('../warm-up/index.ts');
    await warmUpPolicies({ set, budgetMs: budgetMs * RELOAD_SHARE, version: version() });
  } catch (error) {
    logger.warn({ err: error }, 'the warm-up of new policies failed: their first requests take longer');
  }
}
