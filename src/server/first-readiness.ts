import type { Readiness } from './readiness.ts';

/**
 * The state of `awaits` counts until the process has been ready once. Later only the other checks count: an identity that fails
 * everywhere would otherwise remove all pods of a service at the same moment.
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
