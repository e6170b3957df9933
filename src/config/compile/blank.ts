import type { DocumentPath } from '../problem.ts';
import type { ConfigurationScope } from './configuration-scope.ts';

export function isBlank(text: string | null | undefined): boolean {
  return text === null || text === undefined || text.trim() === '';
}

/**
 * An empty text and a YAML key without a value count as absent, like null. They are reported, because the cause is often an empty
 * variable of the deployment, and without the field the call has other rights. `path`: the object that has the fields.
 */
export function warnOfBlank<Name extends string>(
  fields: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
  path: DocumentPath,
  scope: ConfigurationScope,
): void {
  for (const name of names) {
    const at = [...path, name];
    const value = fields[name];
    const isEmpty = value === null ? scope.isUnwritten(at) : typeof value === 'string' && value.trim() === '';
    if (isEmpty) scope.warn(at, 'is empty and counts as absent: remove the field, or set it');
  }
}
