import { stringify } from 'yaml';
import type { ApiPolicies, PolicySet } from '../../policy/index.ts';
import type { CaseDocument } from './case-document.ts';
import { ApiChoiceError, chooseApi } from './choose-api.ts';
import type { NamedCase } from './try-setup.ts';

/** A request and its answers as the page has them: YAML, in the shape of a test file. */
export interface PageExample {
  readonly name: string;
  readonly api: string;
  readonly request: string;
  readonly functions: string;
  readonly backend: string;
}

/** What the command line gives, then the tests, then one for each API that has none. */
export function pageExamples(
  set: PolicySet,
  given: CaseDocument | undefined,
  cases: readonly NamedCase[],
): readonly PageExample[] {
  const first = given === undefined ? [] : [{ name: 'as given', given }];
  const named = [...first, ...cases].flatMap((each) => exampleOf(set, each) ?? []);
  const plain = [...set.apis.values()].filter(({ name }) => !named.some(({ api }) => api === name)).map(plainExample);
  return [...named, ...plain];
}

function exampleOf(set: PolicySet, { name, given }: NamedCase): PageExample | undefined {
  try {
    const { name: api } = chooseApi(set, given);
    const { request, functions, backend } = given;
    return { name, api, request: yaml(request), functions: yaml(functions), backend: yaml(backend) };
  } catch (error) {
    // The document is being changed, and the test is not yet.
    if (error instanceof ApiChoiceError) return undefined;
    throw error;
  }
}

/** Something to begin with. */
function plainExample({ name, request, response, needs }: ApiPolicies): PageExample {
  const functions = [...request, ...response].flatMap(({ configuration }) => configuration.function.constant ?? []);
  return {
    name: `${name}: a plain request`,
    api: name,
    request: yaml(needs.requestBody ? { method: 'POST', path: '/', body: {} } : { method: 'GET', path: '/' }),
    functions: yaml(Object.fromEntries(functions.map((each) => [each, { result: {} }]))),
    backend: yaml({ status: 200 }),
  };
}

function yaml(document: object | null | undefined): string {
  const fields = Object.entries(document ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return fields.length === 0 ? '' : stringify(Object.fromEntries(fields), { lineWidth: 0 });
}
