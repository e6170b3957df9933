import type { Reporter } from '../compile/reporter.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import type { Problem } from '../problem.ts';
import type { Source } from '../source/index.ts';

/** What depends on the kind of text that configures Envoy. */
export interface ConfigurationWords {
  /** What to do about a route that names no API: an imperative. */
  readonly nameApi: string;
  /** Where routes are that the text does not have: follows `its routes`. */
  readonly elsewhere: string;
}

/** What the checks of one Envoy configuration share. */
export interface EnvoyCheck {
  readonly source: Source;
  readonly policies: LoadedPolicies;
  readonly reporter: Reporter;
  readonly words: ConfigurationWords;
  /** A control plane makes the configuration, and adds to what is in the text. */
  readonly generated: boolean;
  /** Problems inside inline policies, which have places of their own. */
  readonly inlineProblems: Problem[];
}
