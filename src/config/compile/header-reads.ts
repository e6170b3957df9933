import type { CompiledTemplate } from '../../expression/index.ts';

/**
 * `headers['x-user']`, `headers.getFirst("x-user")` and the like, except headers of a function's answer. Takes linear time: no two
 * adjacent parts match the same blanks.
 */
const BY_NAME =
  /(?<!#lambdaResponse\.)\bheaders\s*(?:(?:\?\.|\.)\s*)?(?:\[|(?:getFirst|getAll|get|getOrDefault|containsKey)\s*\()\s*(['"])([^'"]{1,200})\1/gi;
/** `headers.accept`. */
const AS_PROPERTY = /(?<!#lambdaResponse\.)\bheaders\s*(?:\?\.|\.)\s*([A-Za-z_]\w*)\b(?!\s*\()/g;

/** The headers that templates name, in lower case; one whose name is itself an expression is not among them. */
export function headersRead(templates: readonly CompiledTemplate[]): readonly string[] {
  const names = templates.flatMap(({ source }) => [
    ...[...source.matchAll(BY_NAME)].map((match) => match[2] ?? ''),
    ...[...source.matchAll(AS_PROPERTY)].map((match) => match[1] ?? ''),
  ]);
  return [...new Set(names.map((name) => name.toLowerCase()))];
}
