import type { ApiPolicies, EnvoySettings, Limits, PhaseNeeds, PolicyStep } from '../policy/index.ts';
import type { CompiledPolicySet } from './compiled-policy-set.ts';
import type { PolicyStatus } from './policy-status.ts';
import { formatProblem } from './problem.ts';

/** The policies in force, for readers. Texts that may contain a secret (keys, roles, payloads, conditions) are omitted. */
export interface PolicyDescription {
  readonly file: string | null;
  readonly version: string;
  readonly loadedAt: string;
  readonly lastError: { readonly at: string; readonly message: string } | null;
  readonly warnings: readonly string[];
  readonly unmatched: 'reject' | 'pass';
  readonly limits: Limits;
  readonly apis: Readonly<Record<string, ApiDescription>>;
}

/** One API of it. */
export interface ApiDescription {
  readonly envoy: EnvoySettings;
  readonly needs: PhaseNeeds;
  readonly request: readonly StepDescription[];
  readonly response: readonly StepDescription[];
  readonly responseTemplates: readonly string[];
}

export interface StepDescription {
  readonly name: string;
  readonly function: string;
  readonly region: string;
  readonly qualifier: string | null;
  readonly endpoint: string | null;
  readonly invocationType: string;
  readonly conditional: boolean;
  readonly sendToConsumer: boolean | 'expression';
  readonly onError: 'fail' | 'continue';
  readonly body: PolicyStep['body'];
}

export function describePolicies(set: CompiledPolicySet, status: PolicyStatus): PolicyDescription {
  const { lastError } = status;
  return {
    file: status.file ?? null,
    version: status.version,
    loadedAt: status.loadedAt.toISOString(),
    lastError: lastError === undefined ? null : { at: lastError.at.toISOString(), message: lastError.message },
    warnings: status.warnings.map(formatProblem),
    unmatched: set.unmatched,
    limits: set.limits,
    apis: Object.fromEntries([...set.apis].map(([name, api]) => [name, describeApi(api)])),
  };
}

export function describeApi(api: ApiPolicies): ApiDescription {
  return {
    envoy: api.envoy,
    needs: api.needs,
    request: api.request.map(describeStep),
    response: api.response.map(describeStep),
    responseTemplates: [...api.responseTemplates.keys()],
  };
}

function describeStep(step: PolicyStep): StepDescription {
  const { configuration } = step;
  return {
    name: step.name,
    function: configuration.function.source,
    region: configuration.region.source,
    qualifier: configuration.texts.qualifier?.source ?? null,
    endpoint: configuration.texts.endpoint?.source ?? null,
    invocationType: configuration.invocationType,
    conditional: step.condition !== undefined,
    sendToConsumer: typeof configuration.sendToConsumer === 'boolean' ? configuration.sendToConsumer : 'expression',
    onError: step.onError,
    body: step.body,
  };
}
