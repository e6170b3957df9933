import type { Readiness } from './readiness.ts';

/**
 * What `awaits` tells counts until the process has been ready once. Later it is left to the other checks: an identity that fails
 * everywhere would otherwise take all pods of a service away at the same moment.
 */
export class FirstReadiness {
  #wasReady = false;

  judge({ ready, checks, awaits }: Readiness): Readiness {
    if (!ready || awaits === undefined || this.#wasReady) {
      this.#wasReady ||= ready;
      return { ready, checks };
    }
    return { ready: false, checks: { ...checks, identity: { status: 'failed', reason: awaits } } };
  }
}
