import type { Node } from '../parser/ast.ts';
import type { TemplateDoubt } from '../template.ts';
import { EvaluationFailure } from '../value.ts';
import type { BeanType } from './bean.ts';
import { ROOT_TYPES } from './beans.ts';
import { suggestion } from './closest-name.ts';
import { FUNCTION_NAMES, isFunction } from './functions.ts';
import { noSuchProperty, propertyOf } from './members.ts';
import { usualNames } from './null-target.ts';
import { findType } from './types.ts';

/**
 * Names that mean nothing whatever the transaction brings: the evaluation would fail where it comes to them, or read
 * null. `variables` are known beside the language's own.
 */
export function doubtsOf(nodes: readonly Node[], variables: readonly string[]): readonly TemplateDoubt[] {
  const known = [...usualNames, ...variables];
  const doubts: TemplateDoubt[] = [];
  const doubt = (offset: number, message: string | undefined) => {
    if (message !== undefined) doubts.push({ offset, message });
  };
  // A list of what is still to be seen, not recursion: long sums are deep trees.
  const rest: unknown[] = [...nodes].reverse();
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (isNode(value)) {
      if (value.kind === 'variable') doubt(value.at, unknownVariable(value.name, known));
      if (value.kind === 'function') doubt(value.at, unknownFunction(value.name));
      if (value.kind === 'type') doubt(value.at, unknownType(value.name, value.dimensions));
      if (value.kind === 'chain') misspeltProperty(value, doubt);
    }
    rest.push(...Object.values(value).reverse());
  }
  return doubts;
}

function isNode(value: object): value is Node {
  return 'kind' in value && 'at' in value;
}

function unknownVariable(name: string, known: readonly string[]): string | undefined {
  if (name === 'this' || name === 'root' || isFunction(name) || known.includes(name)) return undefined;
  return `nothing is called #${name}, it is null${suggestion(
    `#${name}`,
    known.map((each) => `#${each}`),
  )}`;
}

function unknownFunction(name: string): string | undefined {
  return isFunction(name) ? undefined : `there is no function '#${name}'${suggestion(name, FUNCTION_NAMES)}`;
}

function unknownType(name: string, dimensions: number): string | undefined {
  try {
    findType(name, dimensions);
    return undefined;
  } catch (error) {
    if (error instanceof EvaluationFailure) return error.message;
    throw error;
  }
}

/** `#request.metod`: only what stands behind a variable of the language has a type before anything is evaluated. */
function misspeltProperty(
  { start, steps }: Node & { kind: 'chain' },
  doubt: (offset: number, message: string) => void,
): void {
  const [step] = steps;
  if (start.kind !== 'variable' || step?.kind !== 'property') return;
  const type: BeanType<never> | undefined = ROOT_TYPES.get(start.name);
  if (type === undefined || propertyOf(type.properties, step.name) !== undefined) return;
  doubt(step.at, noSuchProperty(type, step.name));
}
