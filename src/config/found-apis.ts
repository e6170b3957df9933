import { LRUCache } from 'lru-cache';
import type { ApiPolicies } from '../policy/index.ts';

/** Length of cached texts. Longer ones are not cached: they would take megabytes. */
const MAX_TEXTS = 1024;
const MAX_LENGTH = 1024;

/** Remembers which APIs were found by a text. */
export class FoundApis {
  readonly #known = new LRUCache<string, readonly ApiPolicies[]>({ max: MAX_TEXTS });

  by(text: string, find: () => readonly ApiPolicies[]): readonly ApiPolicies[] {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const found = find();
    if (text.length <= MAX_LENGTH) this.#known.set(text, found);
    return found;
  }
}
