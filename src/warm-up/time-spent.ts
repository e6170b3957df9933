/** How many times as long the time may take by the clock, if a process gets less than one core. */
export const CLOCK_FACTOR = 2;
/** The CPU time is read at most this often: the kernel adds up all threads each time, which costs as much as a request. */
const READ_INTERVAL_MS = 10;

/**
 * The CPU time of this process from now on, in milliseconds, of all threads, because V8 compiles on threads of its own. At least the time
 * by the clock divided by CLOCK_FACTOR.
 */
export function timeSpent(): () => number {
  const begin = performance.now();
  const before = process.cpuUsage();
  let readAt = begin;
  let spent = 0;
  return () => {
    const now = performance.now();
    if (now - readAt >= READ_INTERVAL_MS) {
      readAt = now;
      const { user, system } = process.cpuUsage(before);
      spent = Math.max((user + system) / 1000, (now - begin) / CLOCK_FACTOR);
    }
    return spent;
  };
}
