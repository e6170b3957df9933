import type { ApiPolicies, PolicySet, PolicyStep } from '../policy/index.ts';
import { madeUpKeys } from './made-up-keys.ts';

/** More than a warm-up ever has at a time: a refused request would warm nothing. */
const STREAMS = 1_000;

/**
 * The same policies with made-up keys for every function, and without secrets, caches, limits of functions, circuits and trust stores.
 * Metadata selects an API by its number in `apis`, because a name may be too long for a header.
 */
export function standInPolicies(set: PolicySet): PolicySet {
  const apis = new Map([...set.apis].map(([name, api]) => [name, standInApi(api)]));
  const numbered = [...apis.values()];
  return {
    ...set,
    limits: { ...set.limits, streams: STREAMS, shares: { default: 1 } },
    apis,
    byName: (number) => numbered[Number(number)],
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
