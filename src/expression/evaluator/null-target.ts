import type { Node, Step } from '../parser/ast.ts';
import { rootNames } from './beans.ts';
import { didYouMean } from './closest-name.ts';

/** Names that a configuration or a gateway adds to those of the language. */
export const usualNames: readonly string[] = [
  ...rootNames,
  ...['properties', 'dictionaries', 'endpoints', 'secrets', 'subscription'],
];

/** What messages say about a target that is null, by the node before the step. */
export function nullMessage(before: Node | Step): string {
  if (before.kind === 'property') return `'${before.name}' is null`;
  if (before.kind === 'index' && before.index.kind === 'literal') return `[${literal(before.index.value)}] is null`;
  if (before.kind !== 'variable') return 'the value before it is null';
  const { name } = before;
  const known = usualNames.map((each) => `#${each}`);
  return `#${name} is null${usualNames.includes(name) ? '' : didYouMean(`#${name}`, known)}`;
}

const literal = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(value));

export const noElements = (what: string) => `${what} and has no elements (?.[…] accepts null)`;

/** A bare name refers to the element of a selection or projection; elsewhere it is most often a mistake. */
export const bareName = (name: string) =>
  `'${name}' has no meaning here: a variable or function begins with #, a text is in quotes, a name with '-' in ['…']`;
