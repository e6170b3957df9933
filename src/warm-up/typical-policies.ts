import { loadPolicies } from '../config/index.ts';
import type { PolicySet } from '../policy/index.ts';

/**
 * Policies that do what most documents do: the user's document may answer early, or call no function. Each API's name is its number, by
 * which metadata selects it (see `standInPolicies`).
 */
const TYPICAL = `version: 1
envoy: {allowModeOverride: true}
apis:
  '0':
    request:
      - name: enrich
        condition: "{#request.headers['user-agent'][0] != null}"
        configuration:
          function: warm-up
          region: us-east-1
          payload: {method: "{#request.method}", path: "{#request.path}", id: "{#jsonPath(#request.content, '$.id')}"}
          variables: [{name: tier, value: "{#jsonPath(#lambdaResponse.content, '$.statusCode')}"}]
          mutations: {headers: {set: {x-tier: "{#context.attributes['tier']}"}}}
  '1':
    request:
      - name: answer
        configuration: {function: warm-up, region: us-east-1, payload: "{#request.path}", sendToConsumer: true}
`;

export async function typicalPolicies(): Promise<PolicySet> {
  return (await loadPolicies(TYPICAL, 'warm-up')).set;
}
