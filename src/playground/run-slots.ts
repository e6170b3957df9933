/** Runs one task after the other, and refuses a task if too many are waiting. */
export class RunSlots {
  readonly #most: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** `most`: under way and waiting. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Undefined: there are too many. */
  run<T>(work: () => Promise<T>): Promise<T> | undefined {
    if (this.#waiting >= this.#most) return undefined;
    this.#waiting++;
    const done = this.#last.then(work).finally(() => {
      this.#waiting--;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}
