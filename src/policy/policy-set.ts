import type { MemoryAccount } from '../memory-account.ts';
import type { StoreSource } from '../result-store/index.ts';
import type { ApiPolicies, EnvoySettings, ResponseTemplates } from './api-policies.ts';

/** Of one process. */
export interface Limits {
  readonly bodyBytes: number;
  readonly streams: number;
  readonly bufferedBytes: number;
  /** Milliseconds of CPU time that the expressions of one request may take. */
  readonly evaluationMs: number;
  /** The fraction of `streams`, `bufferedBytes` and `responseStreams` that one API may hold, by its name; `default` is for all others. */
  readonly shares: Readonly<Record<string, number>> & { readonly default: number };
  /** How long policies wait for a body. */
  readonly bodyWaitMs: number;
  /** Answers that are sent while they arrive, at a time. */
  readonly responseStreams: number;
}

/** What selects the API of a stream, besides its metadata. Callers do not control any of it. */
export interface StreamTraits {
  /** The gRPC call's `:authority`; '' where it has none. */
  readonly authority: string;
  /** What the filter's `request_attributes` asked for. */
  readonly attributes: ReadonlyMap<string, string | number>;
}

export type ApiChoice =
  /** Undefined: no API serves the stream. */
  | { readonly kind: 'chosen'; readonly means: ChoiceMeans | 'default'; readonly policies: ApiPolicies | undefined }
  /** Two or more APIs match by the same field, so none of them serves the stream. */
  | { readonly kind: 'ambiguous'; readonly means: ChoiceMeans; readonly names: readonly string[] };

/** Fields of an API, in the order in which they are checked. */
export type ChoiceMeans = 'authorities' | 'select' | 'routes';

/** The policies in force: a stream keeps the set that it began with. */
export interface PolicySet {
  readonly unmatched: 'reject' | 'pass';
  readonly limits: Limits;
  /** Where processes share results; absent: they do not. */
  readonly resultStore?: StoreSource | undefined;
  /** Templates for errors of streams that have no API. */
  readonly responseTemplates: ResponseTemplates;
  /** Of streams that have no API. */
  readonly envoy: EnvoySettings;
  /** The values of a route's `x-lambda-envoy`, over those of `below`. Throws PolicyDocumentError. */
  layEnvoy(text: string, below: EnvoySettings): EnvoySettings;
  /** All APIs by name. */
  readonly apis: ReadonlyMap<string, ApiPolicies>;
  byName(name: string): ApiPolicies | undefined;
  /** Where the stream's metadata names no API: by `authorities`, `select`, `routes`, or the API called `default`. */
  choose(traits: StreamTraits): ApiChoice;
  /** The API called `default`. */
  readonly fallback: ApiPolicies | undefined;
  /** Compiled once for each text, in a bounded cache; a new one is charged to `memory`. Throws PolicyDocumentError, also if inline policies are not enabled. */
  inline(text: string, memory?: MemoryAccount): ApiPolicies;
}

export interface PolicySource {
  current(): PolicySet;
}
