import type { ApiPolicies, PolicySet } from '../policy/index.ts';

/** For a stream that has no API of its own: no steps, and the templates that are for all APIs. */
export function refusalPolicies(set: PolicySet): ApiPolicies {
  return {
    name: '',
    properties: new Map(),
    api: { id: null, name: null, version: null },
    variables: new Map(),
    contextPath: null,
    envoy: set.envoy,
    request: [],
    response: [],
    responseTemplates: set.responseTemplates,
    privateVariables: new Set(),
    needs: {
      requestBody: false,
      requestText: false,
      requestBytes: false,
      response: false,
      responseBody: false,
      answersAlways: false,
      certificates: false,
      metadata: undefined,
      headers: new Set(),
      events: false,
    },
  };
}
