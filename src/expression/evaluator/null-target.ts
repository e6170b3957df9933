import type { Node, Step } from '../parser/ast.ts';
import { rootNames } from './beans.ts';
import { didYouMean } from './closest-name.ts';

/** What a configuration or a gateway brings beside the names that the language knows. */
export const usualNames: readonly string[] = [
  ...rootNames,
  ...['properties', 'dictionaries', 'endpoints', 'secrets', 'subscription'],
];

/** What messages say of a target that is null, by what stands before the step. */
export function nullMessage(before: Node | Step): string {
  if (before.kind === 'property') return `'${before.name}' is null`;
  if (before.kind === 'index' && before.index.kind === 'literal') return `[${literal(before.index.value)}] is null`;
  if (before.kind !== 'variable') return 'what stands before it is null';
  const { name } = before;
  const known = usualNames.map((each) => `#${each}`);
  return `#${name} is null${usualNames.includes(name) ? '' : didYouMean(`#${name}`, known)}`;
}

const literal = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(value));

export const noElements = (what: string) => `${what} and has no elements (?.[…] lets null be)`;

/** A bare name belongs to the element of a selection or projection; outside of one it is most often a slip. */
export const bareName = (name: string) =>
  `'${name}' stands for nothing here: a variable or function begins with #, a text is in quotes, a name with '-' in ['…']`;
