import type { CompiledTemplate } from '../../expression/index.ts';
import { isHeaderValue, readStatus } from '../../http-syntax.ts';
import type { MessageTemplates } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { AnswerDocument } from '../schema/index.ts';
import { compileBody } from './body.ts';
import type { ConfigurationScope } from './configuration-scope.ts';
import { judgeHeader } from './header-names.ts';

type Pair<T> = readonly [name: string, value: T];

/** As in policies.yaml. */
export type MessageField = 'mutations' | 'answer';

/** Envoy refuses a mutation of more headers at once (facts of its header mutation limits). */
const MAXIMUM_OPERATIONS = 100;

/** The fields that `mutations` and `answer` have in common. */
export function compileMessage(
  document: AnswerDocument,
  field: MessageField,
  scope: ConfigurationScope,
): MessageTemplates {
  const { headers, body, status } = document;
  const at = (...path: DocumentPath): DocumentPath => [field, ...path];
  const nameOf = (name: string, path: DocumentPath): string => checkName(name, path, field, scope);
  const set: Pair<CompiledTemplate | undefined>[] = Object.entries(headers?.set ?? {}).map(([name, text]) => {
    const path = at('headers', 'set', name);
    return [nameOf(name, path), headerOf(path, text, scope)];
  });
  const append: Pair<CompiledTemplate>[] = Object.entries(headers?.append ?? {}).flatMap(([name, texts]) => {
    const path = at('headers', 'append', name);
    const lowerCase = nameOf(name, path);
    const list = Array.isArray(texts) ? texts : [texts];
    return list.flatMap((text, index): Pair<CompiledTemplate>[] => {
      const template = headerOf(Array.isArray(texts) ? [...path, index] : path, text, scope);
      return template === undefined ? [] : [[lowerCase, template]];
    });
  });
  const remove = (headers?.remove ?? []).map((name, index) => nameOf(name, at('headers', 'remove', index)));
  checkTwice(headers?.set ?? {}, at('headers', 'set'), scope);
  if (set.length + append.length + remove.length > MAXIMUM_OPERATIONS) {
    scope.error(at('headers'), `Envoy refuses more than ${MAXIMUM_OPERATIONS} header operations at once`, 'key');
  }
  return {
    set,
    append,
    remove,
    body: compileBody(body, at('body'), scope),
    status: compileStatus(status, at('status'), scope),
  };
}

/** Whether there is anything that could take effect. */
export function changesMessage({ set, append, remove, body, status }: MessageTemplates): boolean {
  return set.length + append.length + remove.length > 0 || body !== undefined || status !== undefined;
}

function headerOf(
  path: DocumentPath,
  value: string | null | undefined,
  scope: ConfigurationScope,
): CompiledTemplate | undefined {
  const template = scope.template(path, value);
  const text = template === undefined ? undefined : scope.fixedValue(template);
  if (text !== undefined && !isHeaderValue(text)) scope.error(path, HEADER_CONTROLS);
  return template;
}

/** Of a value that is the same for every request. */
export const HEADER_CONTROLS =
  'has a control character, so every request fails: a text in `|` or `>` ends with a line break unless it is `|-` or `>-`';

function compileStatus(
  status: AnswerDocument['status'],
  path: DocumentPath,
  scope: ConfigurationScope,
): MessageTemplates['status'] {
  if (typeof status === 'number') return status;
  const template = scope.template(path, status);
  const text = template === undefined ? undefined : scope.fixedValue(template);
  if (text !== undefined && readStatus(text) === undefined) {
    scope.error(path, 'is not a status: expected 200 to 599');
  }
  return template;
}

function checkName(name: string, path: DocumentPath, field: MessageField, scope: ConfigurationScope): string {
  const lowerCase = name.toLowerCase();
  const verdict = judgeHeader(lowerCase);
  if (field === 'answer' && lowerCase.startsWith(':')) {
    scope.error(
      path,
      lowerCase === ':status' ? 'is not a header: use answer.status' : 'is not a response header',
      'key',
    );
  } else if (verdict.kind === 'error') {
    scope.error(path, verdict.reason, 'key');
  } else if (verdict.kind === 'refused-by-envoy') {
    const line = `mutation_rules: {${verdict.rule}: true}`;
    scope.warn(path, `Envoy silently drops this change unless the ext_proc filter has \`${line}\``, 'key');
  }
  return lowerCase;
}

function checkTwice(set: Readonly<Record<string, unknown>>, path: DocumentPath, scope: ConfigurationScope): void {
  const seen = new Set<string>();
  for (const name of Object.keys(set)) {
    const lowerCase = name.toLowerCase();
    if (seen.has(lowerCase)) {
      scope.error([...path, name], 'duplicate header (names are case-insensitive)', 'key');
    }
    seen.add(lowerCase);
  }
}
