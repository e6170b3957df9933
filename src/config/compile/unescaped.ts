import type { CompiledTemplate, UnescapedValue } from '../../expression/index.ts';
import type { DocumentPath } from '../problem.ts';

interface Warns {
  warnInText(path: DocumentPath, offset: number, message: string): void;
}

/** Warns about values that a text inserts into its JSON without escaping. `body`: an object could be written instead of the text. */
export function warnOfUnescaped(
  template: CompiledTemplate,
  path: DocumentPath,
  scope: Warns,
  field: 'body' | 'text',
): void {
  for (const { offset, kind } of template.unescaped()) {
    scope.warnInText(path, offset, `${messageOf(kind, field)}, at character ${offset + 1} of the text`);
  }
}

function messageOf(kind: UnescapedValue['kind'], field: 'body' | 'text'): string {
  if (kind === 'twice') return '{#json(…)} adds its own quotes: remove the quotes around it';
  const call = kind === 'quoted' ? '{#json(…)} without the quotes around it' : '{#json(…)}';
  const remedy = field === 'body' ? `write the body as an object, or ${call}` : `write ${call}`;
  return `a value is inserted into the JSON unescaped, so anyone who chooses it can add fields or break the JSON: ${remedy}`;
}
