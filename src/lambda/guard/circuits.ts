import type { CircuitState } from '../../observability/index.ts';
import type { FunctionGuard } from './function-guard.ts';

/** Names may be made of a caller's data. */
const MAX_CIRCUITS = 1_000;
/** A circuit that is not tried for this long after it could have been is no longer reported. */
const FORGOTTEN_MS = 600_000;

/** The circuits that have opened and not closed since, for metrics. */
export class Circuits {
  readonly #onOpened: (name: string) => void;
  readonly #open = new Map<FunctionGuard, string>();

  constructor(onOpened: (name: string) => void) {
    this.#onOpened = onOpened;
  }

  opened(guard: FunctionGuard, name: string): void {
    this.#onOpened(name);
    if (this.#open.size < MAX_CIRCUITS) this.#open.set(guard, name);
  }

  /** Those that are not closed. */
  *list(now: number): Iterable<CircuitState> {
    for (const [guard, name] of this.#open) {
      const { openUntil } = guard;
      if (openUntil === undefined || now > openUntil + FORGOTTEN_MS) this.#open.delete(guard);
      else yield { function: name, state: now < openUntil ? 'open' : 'half_open' };
    }
  }
}
