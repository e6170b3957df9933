import { operate, type ServeProcess } from './operate.ts';
import { startServingNode } from './serving-node.ts';
import { warmUpReloaded } from './warm-up.ts';

/** One process that does everything. */
export function serveAlone(serving: ServeProcess): Promise<number> {
  const { options, logger, metrics } = serving;
  return operate(
    serving,
    (policies) =>
      startServingNode({
        options,
        policies,
        // The source has loaded it already.
        reload: () => null,
        worker: 0,
        takeover: 'never',
        logger,
        metrics,
      }),
    (set) => warmUpReloaded({ set, budgetMs: options.warmUpMs, logger }),
  );
}
