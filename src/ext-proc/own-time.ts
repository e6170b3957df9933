/**
 * The sidecar's own time for one stream: while it works on what Envoy sent and while policies run, without what their
 * invocations took. Milliseconds.
 */
export class OwnTime {
  #since: number | undefined;
  #total = 0;

  /** Work begins or continues. */
  start(): void {
    this.#since ??= performance.now();
  }

  /** It is Envoy's turn. */
  stop(): void {
    if (this.#since === undefined) return;
    this.#total += performance.now() - this.#since;
    this.#since = undefined;
  }

  without(invocationMs: number): number {
    // An invocation that was cut counts a little longer than the policies that waited for it.
    return Math.max(this.#total - invocationMs, 0);
  }
}
