import type { Secret, SecretRefusal, SecretSource } from '../expression/index.ts';

/** Values of `#secrets` instead of variables and files, which are never read. Keys as in a document: `env:NAME`, `file:/path`. */
export class StandInSecrets implements SecretSource {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #remedy: string;

  /** `remedy`: where to write a missing one. */
  constructor(texts: ReadonlyMap<string, string>, remedy: string) {
    this.#texts = texts;
    this.#remedy = remedy;
  }

  find(scheme: 'env' | 'file', name: string): Secret | SecretRefusal {
    const key = `${scheme}:${name}`;
    const text = this.#texts.get(key);
    if (text === undefined) return { refused: `the secret ${key} has no value in the test: ${this.#remedy}` };
    return { read: () => text };
  }
}
