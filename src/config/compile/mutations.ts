import type { CompiledTemplate } from '../../expression/index.ts';
import { isPath, readStatus } from '../../http-syntax.ts';
import { type MutationTemplates, policyDefaults } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { BodyDocument, ConfigurationDocument } from '../schema/index.ts';
import { type BodyScope, compileBody } from './body.ts';
import type { ConfigurationScope } from './configuration-scope.ts';
import { judgeHeader } from './header-names.ts';

type MutationsDocument = NonNullable<ConfigurationDocument['mutations']>;
type Pair<T> = readonly [name: string, value: T];

/** Envoy refuses a mutation of more headers at once (facts of its header mutation limits). */
const MAXIMUM_OPERATIONS = 100;

export function compileMutations(
  configuration: ConfigurationDocument,
  phase: 'request' | 'response',
  scope: ConfigurationScope,
): MutationTemplates {
  const document: MutationsDocument = configuration.mutations ?? {};
  const headers = document.headers ?? {};
  const at = (...path: DocumentPath): DocumentPath => ['mutations', ...path];
  const set: Pair<CompiledTemplate | undefined>[] = Object.entries(headers.set ?? {}).map(([name, text]) => {
    const path = at('headers', 'set', name);
    return [checkName(name, path, scope), scope.template(path, text)];
  });
  const append: Pair<CompiledTemplate>[] = Object.entries(headers.append ?? {}).flatMap(([name, texts]) => {
    const path = at('headers', 'append', name);
    const lowerCase = checkName(name, path, scope);
    const list = Array.isArray(texts) ? texts : [texts];
    return list.flatMap((text, index): Pair<CompiledTemplate>[] => {
      const template = scope.template(Array.isArray(texts) ? [...path, index] : path, text);
      return template === undefined ? [] : [[lowerCase, template]];
    });
  });
  const remove = (headers.remove ?? []).map((name, index) => checkName(name, at('headers', 'remove', index), scope));
  checkTwice(headers.set ?? {}, scope);
  if (set.length + append.length + remove.length > MAXIMUM_OPERATIONS) {
    scope.error(at('headers'), `Envoy refuses more than ${MAXIMUM_OPERATIONS} header operations at once`, 'key');
  }
  const result: MutationTemplates = {
    set,
    append,
    remove,
    ...compileMessageBody(document.body, at('body'), [...set, ...append].map(([name]) => name).concat(remove), scope),
    path: scope.template(at('path'), document.path),
    status: typeof document.status === 'number' ? document.status : scope.template(at('status'), document.status),
    clearRouteCache: document.clearRouteCache ?? policyDefaults.clearRouteCache,
  };
  checkConstants(result, scope);
  checkPhase(result, phase, configuration.sendToConsumer ?? policyDefaults.sendToConsumer, scope);
  return result;
}

/** The body, and the type that it sets: its own where no header of the document says another. */
function compileMessageBody(
  document: BodyDocument | null | undefined,
  path: DocumentPath,
  headers: readonly string[],
  scope: BodyScope,
): Pick<MutationTemplates, 'body' | 'contentType'> {
  const body = compileBody(document, path, scope);
  const isNamed = headers.includes('content-type');
  return { body, contentType: body?.json === true && !isNamed ? 'application/json' : undefined };
}

function checkName(name: string, path: DocumentPath, scope: ConfigurationScope): string {
  const lowerCase = name.toLowerCase();
  const verdict = judgeHeader(lowerCase);
  if (verdict.kind === 'error') scope.error(path, verdict.reason, 'key');
  if (verdict.kind === 'refused-by-envoy') {
    const line = `mutation_rules: {${verdict.rule}: true}`;
    scope.warn(path, `Envoy drops this change without a word unless the ext_proc filter has \`${line}\``, 'key');
  }
  return lowerCase;
}

function checkTwice(set: Readonly<Record<string, unknown>>, scope: ConfigurationScope): void {
  const seen = new Set<string>();
  for (const name of Object.keys(set)) {
    const lowerCase = name.toLowerCase();
    if (seen.has(lowerCase)) {
      scope.error(['mutations', 'headers', 'set', name], 'stands twice: names are compared without case', 'key');
    }
    seen.add(lowerCase);
  }
}

function checkConstants(mutations: MutationTemplates, scope: ConfigurationScope): void {
  const { path, status } = mutations;
  // Of a text with expressions what stands before the first of them.
  const literal = path?.constant ?? path?.source.split('{', 1)[0];
  if (literal !== undefined && literal !== '' && !isPath(literal)) {
    scope.error(
      ['mutations', 'path'],
      'is no path: it begins with / and has neither spaces, # (write %23) nor unescaped characters',
    );
  }
  if (typeof status === 'object' && status.constant !== undefined && readStatus(status.constant) === undefined) {
    scope.error(['mutations', 'status'], 'is no status: expected 200 to 599');
  }
}

function checkPhase(
  mutations: MutationTemplates,
  phase: 'request' | 'response',
  sendToConsumer: boolean | string,
  scope: ConfigurationScope,
): void {
  if (phase === 'response') {
    if (mutations.path !== undefined) scope.warn(['mutations', 'path'], 'has no effect in the response phase', 'key');
    if (mutations.clearRouteCache) {
      scope.warn(['mutations', 'clearRouteCache'], 'has no effect in the response phase', 'key');
    }
    return;
  }
  if (mutations.status !== undefined && sendToConsumer === false) {
    scope.warn(['mutations', 'status'], 'has no effect in the request phase without sendToConsumer', 'key');
  }
  const changes = mutations.set.length + mutations.append.length + mutations.remove.length;
  if (mutations.clearRouteCache && changes === 0 && mutations.path === undefined) {
    scope.warn(['mutations', 'clearRouteCache'], 'has no effect: no header and no path is changed', 'key');
  }
}
