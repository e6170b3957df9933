import { emptyPolicies, loadPolicies, loadPoliciesInThread } from '../config/index.ts';
import { describeError, type Logger, type Metrics } from '../observability/index.ts';
import type { PolicySet } from '../policy/index.ts';
import { type PolicyDocument, runWorker } from '../server/index.ts';
import type { ServeOptions } from './serve-options.ts';
import { startServingNode } from './serving-node.ts';
import { warmUpReloaded } from './warm-up.ts';

export interface ServeAsWorker {
  readonly options: ServeOptions;
  readonly worker: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A worker process: its supervisor sends the policies, requests metrics and readiness, and says when to end. */
export function serveAsWorker({ options, worker, logger, metrics }: ServeAsWorker): Promise<number> {
  return runWorker({
    channel: process,
    logger,
    graceMs: options.drainGraceMs,
    async start(document, replace) {
      let current = await load(document, options);
      let turn: Promise<string | null> = Promise.resolve(null);
      return await startServingNode({
        options,
        policies: { current: () => current },
        reload(next) {
          // One after the other: the last requested one stays in force.
          turn = turn.then(async () => {
            try {
              const set = await reload(next, options);
              await warmUpReloaded({ set, budgetMs: options.warmUpMs, logger });
              current = set;
              return null;
            } catch (error) {
              return describeError(error);
            }
          });
          return turn;
        },
        worker,
        takeover: replace ? 'now' : 'later',
        logger,
        metrics,
      });
    },
  });
}

async function load(document: PolicyDocument | undefined, { inline, secrets }: ServeOptions): Promise<PolicySet> {
  if (document === undefined) return emptyPolicies(inline).set;
  return (await secrets.load(() => loadPolicies(document.text, document.file, secrets))).set;
}

async function reload(document: PolicyDocument | undefined, { inline, secrets }: ServeOptions): Promise<PolicySet> {
  if (document === undefined) return emptyPolicies(inline).set;
  return (await loadPoliciesInThread(document.text, document.file, secrets)).set;
}
