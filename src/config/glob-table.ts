import { LRUCache } from 'lru-cache';
import type { ApiPolicies } from '../policy/index.ts';
import { matchesGlob } from './route-glob.ts';

/** A glob of an API. */
export interface ApiGlob {
  readonly glob: string;
  readonly policies: ApiPolicies;
}

/** Longer texts are not remembered: they would take megabytes. */
const LONGEST_KNOWN = 1024;
const KNOWN = 1024;

/** The APIs that have a glob which a text fits. */
export class GlobTable {
  /** Of globs without a `*`, by their text. */
  readonly #texts = new Map<string, readonly ApiPolicies[]>();
  readonly #globs: readonly ApiGlob[];
  readonly #known = new LRUCache<string, readonly ApiPolicies[]>({ max: KNOWN });

  constructor(entries: readonly ApiGlob[]) {
    this.#globs = entries.filter(({ glob }) => glob.includes('*'));
    for (const { glob, policies } of entries) {
      if (!glob.includes('*')) this.#texts.set(glob, distinct([...(this.#texts.get(glob) ?? []), policies]));
    }
  }

  get isEmpty(): boolean {
    return this.#globs.length === 0 && this.#texts.size === 0;
  }

  /** In the order of the document where all are globs; none for an empty text. */
  find(text: string): readonly ApiPolicies[] {
    if (text === '') return NONE;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const globs = this.#globs.filter(({ glob }) => matchesGlob(glob, text)).map(({ policies }) => policies);
    const found = distinct([...(this.#texts.get(text) ?? []), ...globs]);
    if (text.length <= LONGEST_KNOWN) this.#known.set(text, found);
    return found;
  }
}

const NONE: readonly ApiPolicies[] = [];

function distinct(policies: readonly ApiPolicies[]): readonly ApiPolicies[] {
  return [...new Set(policies)];
}
