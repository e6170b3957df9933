/** Where a process gets less than a core, its time may take so many times as long by the clock. */
export const CLOCK_FACTOR = 2;
/** The kernel adds up the threads each time it is asked, which costs as much as a request. */
const ASKED_EACH_MS = 10;

/**
 * CPU time of this process from now on in milliseconds, of all its threads: V8 compiles beside the one that serves. At least a part of the
 * time by the clock: see CLOCK_FACTOR.
 */
export function timeSpent(): () => number {
  const begin = performance.now();
  const before = process.cpuUsage();
  let askedAt = begin;
  let spent = 0;
  return () => {
    const now = performance.now();
    if (now - askedAt >= ASKED_EACH_MS) {
      askedAt = now;
      const { user, system } = process.cpuUsage(before);
      spent = Math.max((user + system) / 1000, (now - begin) / CLOCK_FACTOR);
    }
    return spent;
  };
}
