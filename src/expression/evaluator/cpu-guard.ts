/**
 * CPU time that the expressions of one transaction have taken. A second limit behind the count of steps, for work whose price
 * is too low. CPU time of this thread instead of wall-clock time: a throttled container must not fail requests.
 */
export class CpuGuard {
  /** Microseconds of evaluations that have ended. */
  #spent = 0;
  #since: number | undefined;

  /** Starts to measure an evaluation. True when more than `limitMs` have been spent. */
  isOver(limitMs: number): boolean {
    const now = cpuMicroseconds();
    this.#since ??= now;
    return this.#spent + now - this.#since > limitMs * 1000;
  }

  /** An evaluation has ended, or failed. */
  stop(): void {
    if (this.#since === undefined) return;
    this.#spent += cpuMicroseconds() - this.#since;
    this.#since = undefined;
  }
}

function cpuMicroseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
