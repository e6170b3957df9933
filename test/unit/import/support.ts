import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedPolicies, loadPolicies } from '../../../src/config/index.ts';
import type { EvaluationContext } from '../../../src/expression/index.ts';
import { type ImportOptions, type ImportResult, importDefinition } from '../../../src/import/index.ts';
import { type Request, routeRequest } from './envoy-router.ts';

/** The policy api-key of one of the definitions is no matter of most tests. */
export function importFile(name: string, options: ImportOptions = { accept: ['api-key'] }): ImportResult {
  return importDefinition(readFileSync(join(import.meta.dirname, 'definitions', name), 'utf8'), name, options);
}

/** Everything that the report says, a line for each entry. */
export function reportLines({ report }: ImportResult): readonly string[] {
  return report.map(({ damage, what }) => `${damage} ${what}`);
}

export function load({ policies }: ImportResult): LoadedPolicies {
  return loadPolicies(policies, 'policies.yaml');
}

export interface TestRequest extends Request {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** The functions that a request calls, in order: through Envoy's route, its API and the steps' conditions. */
export function functionsCalled(
  result: ImportResult,
  request: TestRequest,
  phase: 'request' | 'response' = 'request',
): readonly string[] {
  const found = routeRequest(result.envoy, request);
  const policies = found?.api === undefined ? undefined : load(result).set.byName(found.api);
  return (policies?.[phase] ?? [])
    .filter((step) => step.condition?.evaluateBoolean(contextOf(request)) ?? true)
    .map((step) => step.configuration.function.source);
}

function contextOf({ path, method, headers = {}, query = {} }: TestRequest): EvaluationContext {
  return {
    request: {
      id: null,
      transactionId: null,
      uri: path,
      path,
      contextPath: null,
      pathInfo: null,
      method,
      scheme: 'http',
      host: 'localhost',
      version: 'HTTP_1_1',
      timestamp: 0,
      remoteAddress: null,
      localAddress: null,
      params: new Map(Object.entries(query).map(([name, value]) => [name, [value]])),
      pathParams: new Map(),
      ssl: null,
      metadata: new Map(),
      content: '',
      headers: {
        values: (name) => (headers[name] === undefined ? undefined : [headers[name]]),
        names: () => Object.keys(headers),
      },
    },
    attributes: new Map(),
    variables: new Map(),
  };
}
