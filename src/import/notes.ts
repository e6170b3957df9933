/** What an import could not carry, each thing once, for people to read. */
export class Notes {
  readonly #lines = new Set<string>();

  add(line: string): void {
    this.#lines.add(line);
  }

  get lines(): readonly string[] {
    return [...this.#lines];
  }
}

/** An export that cannot be imported at all. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}
