import { loadPolicies } from '../../src/config/index.ts';
import type { GivenAnswer, Invocation } from '../../src/lambda/index.ts';
import { type RecordedRun, runTrial, type Trial } from '../../src/trial/index.ts';

/** A function of the test: a value is its result, as JSON. */
export type TrialFunction = GivenAnswer | { readonly json: unknown };

export interface TrialOptions {
  readonly functions?: Readonly<Record<string, TrialFunction>>;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  readonly trailers?: readonly (readonly [string, string])[];
  readonly attributes?: Readonly<Record<string, string>>;
  readonly response?: { readonly status?: number; readonly headers?: [string, string][]; readonly body?: string };
  readonly envoy?: Trial['envoy'];
}

/** One request through a document's API `default`, in memory. Envoy takes overrides unless the document says otherwise. */
export function trialOf(document: object, options: TrialOptions = {}): Promise<RecordedRun> {
  const { functions = {}, method = 'GET', path = '/', headers = [], body = '', trailers = [] } = options;
  const { status = 200, headers: responseHeaders = [], body: responseBody = '' } = options.response ?? {};
  const text = JSON.stringify({ version: 1, envoy: { allowModeOverride: true }, ...document });
  return runTrial({
    set: loadPolicies(text, 'policies.json').set,
    api: undefined,
    route: undefined,
    authority: undefined,
    metadata: {},
    request: { method, path, scheme: 'http', authority: 'shop.test', headers, body: Buffer.from(body), trailers },
    attributes: new Map(Object.entries(options.attributes ?? {})),
    functions: { given: (invocation) => answerOf(functions, invocation) },
    backend: () => ({ status, headers: responseHeaders, body: Buffer.from(responseBody), trailers: [] }),
    envoy: options.envoy ?? {},
    version: 'test',
  });
}

function answerOf(functions: Readonly<Record<string, TrialFunction>>, { functionName }: Invocation): GivenAnswer {
  const found = functions[functionName];
  if (found === undefined) throw new Error(`no answer for ${functionName}`);
  return 'json' in found ? { kind: 'result', payload: Buffer.from(JSON.stringify(found.json)), delayMs: 0 } : found;
}

/** A step of a document: `calls` is its function. */
export const step = (calls: string, configuration: object = {}, outer: object = {}): object => ({
  name: calls,
  ...outer,
  configuration: { function: calls, ...configuration },
});
