import type { TestDocument, TestFileDocument } from './schema/index.ts';

type Given = Omit<TestDocument, 'name' | 'expect'>;

/** A test with the fields of `defaults` added. */
export function withDefaults(test: TestDocument, defaults: TestFileDocument['defaults']): TestDocument {
  if (defaults === null || defaults === undefined) return test;
  return {
    ...test,
    ...selection(test, defaults),
    request: merged(defaults.request, test.request),
    functions: { ...defaults.functions, ...test.functions },
    backend: merged(defaults.backend, test.backend),
  };
}

/** A test that names a route or an authority does not use the API of `defaults`. */
function selection(test: Given, defaults: Given): Pick<Given, 'api' | 'route' | 'authority'> {
  const isOwn = isGiven(test.api) || isGiven(test.route) || isGiven(test.authority);
  const { api, route, authority } = isOwn ? test : defaults;
  return { api, route, authority };
}

interface Message {
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | null | undefined;
  readonly body?: unknown;
  readonly bodyBase64?: string | null | undefined;
}

function merged<T extends Message>(below: T | null | undefined, over: T | null | undefined): T | null | undefined {
  if (!isGiven(below) || !isGiven(over)) return over ?? below;
  const own = Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined));
  const hasBody = 'body' in own || isGiven(over.bodyBase64);
  const { body, bodyBase64, ...rest } = below;
  return {
    ...(hasBody ? rest : below),
    ...own,
    headers: { ...below.headers, ...over.headers },
  } as T;
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
