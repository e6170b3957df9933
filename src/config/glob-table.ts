import type { ApiPolicies } from '../policy/index.ts';
import { FoundApis } from './found-apis.ts';
import { matchesGlob } from './route-glob.ts';

/** A glob of an API. */
export interface ApiGlob {
  readonly glob: string;
  readonly policies: ApiPolicies;
}

/** The APIs that have a glob which a text fits. */
export class GlobTable {
  /** Of globs without a `*`, by their text. */
  readonly #texts = new Map<string, readonly ApiPolicies[]>();
  readonly #globs: readonly ApiGlob[];
  readonly #found = new FoundApis();

  constructor(entries: readonly ApiGlob[]) {
    this.#globs = entries.filter(({ glob }) => glob.includes('*'));
    for (const { glob, policies } of entries) {
      if (!glob.includes('*')) this.#texts.set(glob, distinct([...(this.#texts.get(glob) ?? []), policies]));
    }
  }

  get isEmpty(): boolean {
    return this.#globs.length === 0 && this.#texts.size === 0;
  }

  /** In the order of the document if all are globs; none for an empty text. */
  find(text: string): readonly ApiPolicies[] {
    if (text === '') return NONE;
    return this.#found.by(text, () => {
      const globs = this.#globs.filter(({ glob }) => matchesGlob(glob, text)).map(({ policies }) => policies);
      return distinct([...(this.#texts.get(text) ?? []), ...globs]);
    });
  }
}

const NONE: readonly ApiPolicies[] = [];

function distinct(policies: readonly ApiPolicies[]): readonly ApiPolicies[] {
  return [...new Set(policies)];
}
