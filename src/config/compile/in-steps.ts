/** Work that can pause between its steps. */
export type InSteps<T> = Generator<void, T, void>;

/** How long one turn of the event loop may be held, in milliseconds. */
const TURN_MS = 5;

export function atOnce<T>(work: InSteps<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Returns to the event loop after each turn, so that requests are served in between. */
export async function inTurns<T>(work: InSteps<T>): Promise<T> {
  for (;;) {
    const end = performance.now() + TURN_MS;
    do {
      const { done, value } = work.next();
      if (done) return value;
    } while (performance.now() < end);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
