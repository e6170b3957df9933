import type { CompiledTemplate } from '../../expression/index.ts';
import type { Resource } from '../../formats/index.ts';
import type { ConfigurationScope } from './configuration-scope.ts';

const READ = /#request\s*(?:\?\.|\.)\s*pathParams\b/;

/** Without a resource no parameter has a name, and each one that the templates read is null. */
export function checkPathParameters(
  templates: readonly CompiledTemplate[],
  resource: Resource | undefined,
  scope: ConfigurationScope,
): void {
  if (resource !== undefined) return;
  for (const template of templates) {
    const offset = template.source.search(READ);
    if (offset === -1 || template.constant !== undefined) continue;
    const message =
      'reads `#request.pathParams`, which is empty in this step: name the parameters in its configuration, for example `format: {resource: "/orders/{id}"}`';
    scope.warnInText(scope.placeOf(template), offset, message);
  }
}
