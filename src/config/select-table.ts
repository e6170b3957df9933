import type { ApiPolicies, StreamTraits } from '../policy/index.ts';
import { FoundApis } from './found-apis.ts';
import { matchesGlob } from './route-glob.ts';

/** `select` of an API: every entry must match. */
export interface ApiSelect {
  readonly policies: ApiPolicies;
  readonly entries: readonly SelectEntry[];
}

export interface SelectEntry {
  /** As the filter's `request_attributes` has it. */
  readonly attribute: string;
  /** A glob. */
  readonly matches: string;
}

/** The APIs all of whose `select` entries match a stream's attributes. */
export class SelectTable {
  readonly #selects: readonly ApiSelect[];
  readonly #found = new FoundApis();
  readonly #attributes: readonly string[];

  constructor(selects: readonly ApiSelect[]) {
    this.#selects = selects;
    this.#attributes = attributesIn(selects);
  }

  get isEmpty(): boolean {
    return this.#selects.length === 0;
  }

  /** In the order of the document. An attribute that is absent, empty or no text matches nothing. */
  find(attributes: StreamTraits['attributes']): readonly ApiPolicies[] {
    const values = new Map<string, string>();
    for (const name of this.#attributes) {
      const value = attributes.get(name);
      if (typeof value === 'string' && value !== '') values.set(name, value);
    }
    if (values.size === 0) return NONE;
    const key = JSON.stringify(this.#attributes.map((name) => values.get(name)));
    return this.#found.by(key, () =>
      this.#selects
        .filter(({ entries }) => entries.every(({ attribute, matches }) => fits(matches, values.get(attribute))))
        .map(({ policies }) => policies),
    );
  }
}

/** The attributes that any entry names. */
export function attributesIn(selects: readonly ApiSelect[]): readonly string[] {
  return [...new Set(selects.flatMap(({ entries }) => entries.map(({ attribute }) => attribute)))];
}

const NONE: readonly ApiPolicies[] = [];

function fits(glob: string, value: string | undefined): boolean {
  return value !== undefined && matchesGlob(glob, value);
}
