import type { Side } from './wire/index.ts';

/**
 * Streams in a row that were asked for a body and ended without one, before this counts as an Envoy that ignores
 * `mode_override`. Callers that break uploads off look the same one by one, but other uploads come in between.
 */
const EVIDENCE = 20;

/** With more APIs than this (inline ones may be many) the oldest count is dropped. */
const MAX_COUNTS = 10_000;

/** For each API and direction: how many consecutive streams ended without the body that Envoy was asked for. */
export class MissingBodies {
  readonly #counts = new Map<string, number>();

  came(api: string, side: Side): void {
    this.#counts.delete(keyOf(api, side));
  }

  /** The number of consecutive streams, if it is evidence against Envoy; undefined: the caller may be the cause. */
  lost(api: string, side: Side): number | undefined {
    const key = keyOf(api, side);
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (this.#counts.size > MAX_COUNTS) this.#forgetOldest();
    return count >= EVIDENCE ? count : undefined;
  }

  #forgetOldest(): void {
    const [oldest] = this.#counts.keys();
    if (oldest !== undefined) this.#counts.delete(oldest);
  }
}

function keyOf(api: string, side: Side): string {
  return `${side} ${api}`;
}
