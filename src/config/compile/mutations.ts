import { isPath } from '../../http-syntax.ts';
import { type MessageTemplates, type MutationTemplates, policyDefaults } from '../../policy/index.ts';
import type { ConfigurationDocument } from '../schema/index.ts';
import type { ConfigurationScope } from './configuration-scope.ts';
import { compileMessage } from './message-templates.ts';

export function compileMutations({ mutations }: ConfigurationDocument, scope: ConfigurationScope): MutationTemplates {
  const document = mutations ?? {};
  const path = scope.template(['mutations', 'path'], document.path);
  // Of a text with expressions, only the part before the first expression is known.
  const literal = path === undefined ? undefined : (scope.fixedValue(path) ?? path.source.split('{', 1)[0]);
  if (literal !== undefined && literal !== '' && !isPath(literal)) {
    scope.error(
      ['mutations', 'path'],
      'is not a valid path: it must begin with / and contain neither spaces, # (write %23) nor unescaped characters',
    );
  }
  return {
    ...compileMessage(document, 'mutations', scope),
    path,
    clearRouteCache: document.clearRouteCache ?? policyDefaults.clearRouteCache,
  };
}

/** How the function's answer is changed when sendToConsumer takes effect. */
export function compileAnswer({ answer }: ConfigurationDocument, scope: ConfigurationScope): MessageTemplates {
  return compileMessage(answer ?? {}, 'answer', scope);
}
