import { requestAttributes } from '../envoy-names.ts';
import type { ApiChoice, ApiPolicies, ChoiceMeans, StreamTraits } from '../policy/index.ts';
import { type ApiGlob, GlobTable } from './glob-table.ts';
import { type ApiSelect, SelectTable } from './select-table.ts';

/** How streams find the APIs of a document. */
export interface ChoiceRules {
  /** In lower case: names of hosts are compared without case (RFC 3986, 3.2.2). */
  readonly authorities: readonly ApiGlob[];
  readonly select: readonly ApiSelect[];
  readonly routes: readonly ApiGlob[];
}

/**
 * The API of a stream whose metadata names none. The first field that matches an API decides; if two APIs match by it,
 * there is none.
 */
export class ApiChooser {
  readonly #authorities: GlobTable;
  readonly #select: SelectTable;
  readonly #routes: GlobTable;
  readonly #fallback: ApiPolicies | undefined;

  constructor({ authorities, select, routes }: ChoiceRules, fallback: ApiPolicies | undefined) {
    this.#authorities = new GlobTable(authorities);
    this.#select = new SelectTable(select);
    this.#routes = new GlobTable(routes);
    this.#fallback = fallback;
  }

  choose({ authority, attributes }: StreamTraits): ApiChoice {
    if (!this.#authorities.isEmpty) {
      const choice = choiceOf(this.#authorities.find(authority.toLowerCase()), 'authorities');
      if (choice !== undefined) return choice;
    }
    if (!this.#select.isEmpty) {
      const choice = choiceOf(this.#select.find(attributes), 'select');
      if (choice !== undefined) return choice;
    }
    const routeName = attributes.get(requestAttributes.routeName);
    const found = typeof routeName === 'string' ? this.#routes.find(routeName) : [];
    return choiceOf(found, 'routes') ?? { kind: 'chosen', means: 'default', policies: this.#fallback };
  }
}

function choiceOf(found: readonly ApiPolicies[], means: ChoiceMeans): ApiChoice | undefined {
  const [policies, second] = found;
  if (policies === undefined) return undefined;
  if (second === undefined) return { kind: 'chosen', means, policies };
  return { kind: 'ambiguous', means, names: found.map(({ name }) => name) };
}
