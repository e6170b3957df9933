import type { ApiPolicies } from '../../policy/index.ts';
import type { ChoiceRules } from '../api-choice.ts';
import type { ApiGlob } from '../glob-table.ts';
import type { DocumentPath } from '../problem.ts';
import type { ApiDocument } from '../schema/index.ts';
import type { ApiSelect } from '../select-table.ts';
import { checkAttribute } from './attributes.ts';
import { checkAuthority } from './authorities.ts';
import type { InSteps } from './in-steps.ts';
import { checkGlobOverlaps, checkSelectOverlaps, type PlacedGlob, type PlacedSelect } from './overlaps.ts';
import type { Reporter } from './reporter.ts';

/** How the APIs of a document select the streams that they serve. */
export class Selection {
  readonly #reporter: Reporter;
  readonly #authorities: (ApiGlob & PlacedGlob)[] = [];
  readonly #routes: (ApiGlob & PlacedGlob)[] = [];
  readonly #select: (ApiSelect & PlacedSelect)[] = [];

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  add(policies: ApiPolicies, document: ApiDocument, path: DocumentPath): void {
    const { name: api } = policies;
    for (const [index, authority] of (document.authorities ?? []).entries()) {
      const place = [...path, 'authorities', index];
      checkAuthority(authority, place, this.#reporter);
      this.#authorities.push({ glob: authority.toLowerCase(), policies, api, path: place });
    }
    for (const [index, glob] of (document.routes ?? []).entries()) {
      this.#routes.push({ glob, policies, api, path: [...path, 'routes', index] });
    }
    const entries = document.select ?? [];
    for (const [index, { attribute }] of entries.entries()) {
      checkAttribute(attribute, [...path, 'select', index, 'attribute'], this.#reporter);
    }
    // Without an entry every stream would match.
    if (entries.length > 0) this.#select.push({ policies, api, entries, path: [...path, 'select'] });
  }

  /** Reports APIs that match by the same means. */
  *check(): InSteps<void> {
    yield* checkGlobOverlaps(this.#authorities, this.#reporter);
    yield* checkSelectOverlaps(this.#select, this.#reporter);
    yield* checkGlobOverlaps(this.#routes, this.#reporter);
  }

  get rules(): ChoiceRules {
    return { authorities: this.#authorities, select: this.#select, routes: this.#routes };
  }
}

/** Inline policies are already selected. */
export function refuseSelection(document: ApiDocument, path: DocumentPath, reporter: Reporter): void {
  for (const name of ['authorities', 'select'] as const) {
    if ((document[name] ?? []).length === 0) continue;
    reporter.error([...path, name], 'has no effect in inline policies: remove it', 'key');
  }
}
