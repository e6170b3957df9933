import { streamMetadata } from '../envoy-names.ts';
import { type MemoryAccount, unlimitedMemory } from '../memory-account.ts';
import type {
  ApiChoice,
  ApiPolicies,
  EnvoySettings,
  Limits,
  PolicySet,
  ResponseTemplates,
  StreamTraits,
} from '../policy/index.ts';
import type { StoreSource } from '../result-store/index.ts';
import { ApiChooser, type ChoiceRules } from './api-choice.ts';
import { layEnvoy } from './compile/envoy.ts';
import { type InlinePolicies, singleProblem } from './inline-policies.ts';
import { RouteEnvoy } from './route-envoy.ts';
import { type ApiSelect, attributesIn } from './select-table.ts';

export interface PolicySetParts {
  readonly unmatched: 'reject' | 'pass';
  readonly limits: Limits;
  readonly resultStore: StoreSource | undefined;
  readonly responseTemplates: ResponseTemplates;
  readonly envoy: EnvoySettings;
  readonly apis: ReadonlyMap<string, ApiPolicies>;
  readonly choice: ChoiceRules;
  /** Undefined if routes may not bring policies of their own. */
  readonly inline: InlinePolicies | undefined;
}

export class CompiledPolicySet implements PolicySet {
  readonly unmatched: 'reject' | 'pass';
  readonly limits: Limits;
  readonly resultStore: StoreSource | undefined;
  readonly responseTemplates: ResponseTemplates;
  readonly envoy: EnvoySettings;
  readonly fallback: ApiPolicies | undefined;
  readonly apis: ReadonlyMap<string, ApiPolicies>;
  /** What the APIs say by `select`, for who checks an Envoy configuration. */
  readonly selects: readonly ApiSelect[];
  /** That they name. */
  readonly selectAttributes: readonly string[];
  readonly #chooser: ApiChooser;
  readonly #inline: InlinePolicies | undefined;
  readonly #routeEnvoy = new RouteEnvoy();

  constructor(parts: PolicySetParts) {
    this.unmatched = parts.unmatched;
    this.limits = parts.limits;
    this.resultStore = parts.resultStore;
    this.responseTemplates = parts.responseTemplates;
    this.envoy = parts.envoy;
    this.apis = parts.apis;
    this.fallback = parts.apis.get('default');
    this.selects = parts.choice.select;
    this.selectAttributes = attributesIn(this.selects);
    this.#chooser = new ApiChooser(parts.choice, this.fallback);
    this.#inline = parts.inline;
  }

  byName(name: string): ApiPolicies | undefined {
    return this.apis.get(name);
  }

  choose(traits: StreamTraits): ApiChoice {
    return this.#chooser.choose(traits);
  }

  layEnvoy(text: string, below: EnvoySettings): EnvoySettings {
    return layEnvoy(this.#routeEnvoy.get(text), below);
  }

  inline(text: string, memory: MemoryAccount = unlimitedMemory): ApiPolicies {
    if (this.#inline === undefined) {
      const message =
        'inline policies are not allowed: the configuration has `inline: false`, which is the default; write `inline: {functions: [...]}`, or start with --inline-functions if there is no file';
      throw singleProblem(streamMetadata.policies, { line: 1, column: 1 }, message);
    }
    return this.#inline.get(text, memory);
  }
}
