import type { Backend } from './definition.ts';
import type { Exported } from './exported.ts';
import type { Notes } from './notes.ts';

/** The HTTP backends of a group; others are told. */
export function readBackends(
  endpoints: readonly Exported[],
  targetOf: (endpoint: Exported) => string | undefined,
  notes: Notes,
): readonly Backend[] {
  return endpoints.flatMap((endpoint, index) => {
    const name = endpoint.text('name') ?? `endpoint ${index + 1}`;
    const text = targetOf(endpoint);
    const target = URL.parse(text ?? '');
    if (target === null || (target.protocol !== 'http:' && target.protocol !== 'https:')) {
      const what = text?.includes('{#') ? 'whose target is an expression' : 'which is no http or https URL';
      notes.add(`endpoint ${name}, ${what}`);
      return [];
    }
    if (target.search !== '') notes.add(`the query of the target of endpoint ${name}`);
    if (target.username !== '') notes.add(`the user in the target of endpoint ${name}`);
    return [{ name, target, weight: endpoint.number('weight') ?? 1, backup: endpoint.flag('backup') }];
  });
}
