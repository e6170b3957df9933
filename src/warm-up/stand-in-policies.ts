import type { ApiPolicies, PolicySet, PolicyStep } from '../policy/index.ts';
import { madeUpKeys } from './made-up-keys.ts';

/**
 * The same policies with made-up keys for every function: no secret is read, no result is kept, and no limit on a function, circuit or
 * trust store has a part in it.
 */
export function standInPolicies(set: PolicySet): PolicySet {
  const apis = new Map([...set.apis].map(([name, api]) => [name, standInApi(api)]));
  return {
    ...set,
    apis,
    byName: (name) => apis.get(name),
    choose: () => ({ kind: 'chosen', means: 'default', policies: undefined }),
    layEnvoy: (_text, below) => below,
    fallback: undefined,
    inline: () => {
      throw new Error('no inline policies here');
    },
  };
}

function standInApi(api: ApiPolicies): ApiPolicies {
  return { ...api, request: api.request.map(standInStep), response: api.response.map(standInStep) };
}

function standInStep(step: PolicyStep): PolicyStep {
  const { configuration } = step;
  const { transport, credentials } = configuration;
  return {
    ...step,
    configuration: {
      ...configuration,
      credentials: { ...credentials, constant: madeUpKeys },
      secrets: [],
      cache: undefined,
      transport: { ...transport, ssl: undefined, maxConcurrency: undefined, circuitBreaker: undefined },
    },
  };
}
