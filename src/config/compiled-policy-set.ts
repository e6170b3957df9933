import { LRUCache } from 'lru-cache';
import { streamMetadata } from '../envoy-names.ts';
import { type MemoryAccount, unlimitedMemory } from '../memory-account.ts';
import type { ApiPolicies, EnvoySettings, Limits, PolicySet, ResponseTemplates } from '../policy/index.ts';
import { layEnvoy } from './compile/envoy.ts';
import { type InlinePolicies, singleProblem } from './inline-policies.ts';
import { RouteEnvoy } from './route-envoy.ts';
import { matchesGlob } from './route-glob.ts';

export interface PolicySetParts {
  readonly unmatched: 'reject' | 'pass';
  readonly limits: Limits;
  readonly responseTemplates: ResponseTemplates;
  readonly envoy: EnvoySettings;
  readonly apis: ReadonlyMap<string, ApiPolicies>;
  /** In the order of the document. */
  readonly routes: readonly { readonly glob: string; readonly policies: ApiPolicies }[];
  /** Undefined where routes may not bring policies of their own. */
  readonly inline: InlinePolicies | undefined;
}

/** Longer names of routes are not remembered: they would take megabytes. */
const LONGEST_KNOWN = 1024;

/** What is remembered of a route that no API serves. */
const noApi = Symbol('no API');

export class CompiledPolicySet implements PolicySet {
  readonly unmatched: 'reject' | 'pass';
  readonly limits: Limits;
  readonly responseTemplates: ResponseTemplates;
  readonly envoy: EnvoySettings;
  readonly fallback: ApiPolicies | undefined;
  readonly apis: ReadonlyMap<string, ApiPolicies>;
  /** Names without a `*`, by the place in the document of the first that says them. */
  readonly #names = new Map<string, number>();
  readonly #globs: readonly number[];
  readonly #routes: PolicySetParts['routes'];
  readonly #inline: InlinePolicies | undefined;
  readonly #routeEnvoy = new RouteEnvoy();
  readonly #byRoute = new LRUCache<string, ApiPolicies | typeof noApi>({ max: 1024 });

  constructor(parts: PolicySetParts) {
    this.unmatched = parts.unmatched;
    this.limits = parts.limits;
    this.responseTemplates = parts.responseTemplates;
    this.envoy = parts.envoy;
    this.apis = parts.apis;
    this.fallback = parts.apis.get('default');
    this.#routes = parts.routes;
    const globs: number[] = [];
    for (const [place, { glob }] of parts.routes.entries()) {
      if (glob.includes('*')) globs.push(place);
      else if (!this.#names.has(glob)) this.#names.set(glob, place);
    }
    this.#globs = globs;
    this.#inline = parts.inline;
  }

  byName(name: string): ApiPolicies | undefined {
    return this.apis.get(name);
  }

  byRoute(routeName: string): ApiPolicies | undefined {
    let found = this.#byRoute.get(routeName);
    if (found === undefined) {
      found = this.#search(routeName) ?? noApi;
      if (routeName.length <= LONGEST_KNOWN) this.#byRoute.set(routeName, found);
    }
    return found === noApi ? undefined : found;
  }

  /** The first of the document. */
  #search(routeName: string): ApiPolicies | undefined {
    const exact = this.#names.get(routeName) ?? this.#routes.length;
    for (const place of this.#globs) {
      if (place > exact) break;
      const route = this.#routes[place];
      if (route !== undefined && matchesGlob(route.glob, routeName)) return route.policies;
    }
    return this.#routes[exact]?.policies;
  }

  layEnvoy(text: string, below: EnvoySettings): EnvoySettings {
    return layEnvoy(this.#routeEnvoy.get(text), below);
  }

  inline(text: string, memory: MemoryAccount = unlimitedMemory): ApiPolicies {
    if (this.#inline === undefined) {
      const message =
        'routes may not bring policies of their own: the configuration says `inline: false`, which is the default; write `inline: {functions: [...]}`, or start with --inline-functions where there is no file';
      throw singleProblem(streamMetadata.policies, { line: 1, column: 1 }, message);
    }
    return this.#inline.get(text, memory);
  }
}
