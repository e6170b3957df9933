/** One load for several waiting requests. One that leaves does not affect the others; when the last one leaves, it is aborted. */
export class Flight<V> {
  readonly #controller = new AbortController();
  readonly #onAbandoned: () => void;
  readonly #result: Promise<V>;
  #waiting = 0;
  #isOver = false;

  /** `onAbandoned`: called when no request waits any more; then none may join. */
  constructor(load: (signal: AbortSignal) => Promise<V>, onAbandoned: () => void) {
    this.#onAbandoned = onAbandoned;
    this.#result = load(this.#controller.signal).finally(() => {
      this.#isOver = true;
    });
    // Waiting requests get the error through `join`; if none waits, it is dropped.
    this.#result.catch(() => {});
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Rejects with what the load rejects with, or with the signal's reason. */
  join(signal: AbortSignal): Promise<V> {
    this.#waiting++;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(signal.reason);
        this.#waiting--;
        if (this.#waiting === 0) this.#abandon();
      };
      signal.addEventListener('abort', leave, { once: true });
      const stay = (): void => signal.removeEventListener('abort', leave);
      this.#result.then(
        (value) => {
          stay();
          resolve(value);
        },
        (error: unknown) => {
          stay();
          reject(error);
        },
      );
    });
  }

  #abandon(): void {
    if (this.#isOver) return;
    this.#onAbandoned();
    this.#controller.abort();
  }
}
