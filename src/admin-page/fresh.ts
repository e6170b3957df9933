/** How long an answer counts as fresh: requests within this time share one. */
const FRESH_MS = 1_000;

/** An expensive value, computed at most once a second however many pages are open. */
export class Fresh<T> {
  readonly #find: () => Promise<T>;
  readonly #now: () => number;
  #found: { readonly at: number; readonly answer: Promise<T> } | undefined;

  constructor(find: () => Promise<T>, now: () => number) {
    this.#find = find;
    this.#now = now;
  }

  get(): Promise<T> {
    const age = this.#now() - (this.#found?.at ?? 0);
    if (this.#found === undefined || age >= FRESH_MS || age < 0)
      this.#found = { at: this.#now(), answer: this.#find() };
    return this.#found.answer;
  }
}
