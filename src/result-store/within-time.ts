/**
 * The promise's value, or undefined after this many milliseconds. A thread that was busy meanwhile checks once what has
 * arrived before it gives up. `promise` must not reject.
 */
export function withinTime<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => setImmediate(() => resolve(undefined)), Math.max(0, ms));
    void promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
