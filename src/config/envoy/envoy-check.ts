import type { Reporter } from '../compile/reporter.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import type { Problem } from '../problem.ts';
import type { Source } from '../source/index.ts';

/** Parts of messages that depend on the kind of text that configures Envoy. */
export interface ConfigurationWords {
  /** The remedy for a route that names no API, as an imperative. */
  readonly nameApi: string;
  /** Where the routes are that the text does not contain: follows `its routes`. */
  readonly elsewhere: string;
}

/** What the checks of one Envoy configuration share. */
export interface EnvoyCheck {
  readonly source: Source;
  readonly policies: LoadedPolicies;
  readonly reporter: Reporter;
  readonly words: ConfigurationWords;
  /** A control plane generates the configuration, and adds to what is in the text. */
  readonly generated: boolean;
  /** Problems inside inline policies, which have places of their own. */
  readonly inlineProblems: Problem[];
}
