import type { Node, Step } from '../parser/ast.ts';
import type { TemplateDoubt } from '../template.ts';
import { EvaluationFailure } from '../value.ts';
import type { BeanType } from './bean.ts';
import { ROOT_TYPES } from './beans.ts';
import { didYouMean } from './closest-name.ts';
import { compileNode } from './compile-node.ts';
import { EvaluationRun } from './evaluation-run.ts';
import { FUNCTION_NAMES, hidesVariable, isFunction } from './functions.ts';
import { noSuchProperty, propertyOf } from './members.ts';
import { usualNames } from './null-target.ts';
import { reachedBy, readsOf } from './reached.ts';
import { sampleContext } from './sample-context.ts';
import { findType } from './types.ts';

/**
 * Names that exist in no transaction: the evaluation would fail at them, or read
 * null. `variables` are known in addition to the language's own.
 */
export function doubtsOf(nodes: readonly Node[], variables: readonly string[]): readonly TemplateDoubt[] {
  const known = [...usualNames, ...variables];
  const reached = reachedBy(nodes);
  const doubts: TemplateDoubt[] = [];
  const doubt: Doubt = (at, message, fails) => {
    if (message !== undefined) doubts.push({ offset: at.at, message, fails: fails && reached.has(at) });
  };
  // A work list instead of recursion: long sums are deep trees.
  const rest: unknown[] = [...nodes].reverse();
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (isNode(value)) {
      if (value.kind === 'function') doubt(value, unknownFunction(value.name), true);
      if (value.kind === 'type') doubt(value, unknownType(value.name, value.dimensions), true);
      if (value.kind === 'variable') doubt(value, unknownVariable(value.name, known), false);
      if (value.kind === 'chain') misspeltName(value, known, doubt);
    }
    rest.push(...Object.values(value).reverse());
  }
  return withoutDoubles(doubts);
}

/** `fails`: an evaluation that reaches it fails. */
type Doubt = (at: Node | Step, message: string | undefined, fails: boolean) => void;

/** A name is reported once: as failing, if it fails anywhere. */
function withoutDoubles(doubts: readonly TemplateDoubt[]): readonly TemplateDoubt[] {
  const failing = new Set(doubts.filter(({ fails }) => fails).map(({ offset }) => offset));
  const told = new Set<number>();
  return doubts.filter(({ fails, offset }) => {
    if (told.has(offset) || (!fails && failing.has(offset))) return false;
    told.add(offset);
    return true;
  });
}

/** The names of all variables in the trees. */
export function variablesOf(nodes: readonly Node[]): ReadonlySet<string> {
  const names = new Set<string>();
  const rest: unknown[] = [...nodes];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (isNode(value) && value.kind === 'variable') names.add(value.name);
    rest.push(...Object.values(value));
  }
  return names;
}

function isNode(value: object): value is Node {
  return 'kind' in value && 'at' in value;
}

function unknownVariable(name: string, known: readonly string[]): string | undefined {
  if (name === 'this' || name === 'root' || hidesVariable(name) || known.includes(name)) return undefined;
  return `there is no variable #${name}, so it is null${didYouMean(
    `#${name}`,
    known.map((each) => `#${each}`),
  )}`;
}

function unknownFunction(name: string): string | undefined {
  return isFunction(name) ? undefined : `there is no function '#${name}'${didYouMean(name, FUNCTION_NAMES)}`;
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

/**
 * `#request.metod`, `#request.headers.getfirst('x')`: what follows a variable of the language has a type before anything
 * is evaluated, for a chain of property names.
 */
function misspeltName(chain: Node & { kind: 'chain' }, known: readonly string[], doubt: Doubt): void {
  const { start, steps } = chain;
  const [first] = steps;
  if (start.kind !== 'variable' || first === undefined) return;
  const type: BeanType<never> | undefined = ROOT_TYPES.get(start.name);
  if (type === undefined) {
    if (readsOf(chain)) doubt(start, unknownVariable(start.name, known), true);
    return;
  }
  if (first.kind === 'property' && propertyOf(type.properties, first.name) === undefined) {
    doubt(first, noSuchProperty(type, first.name), true);
    return;
  }
  for (const [index, step] of steps.entries()) {
    if (step.kind !== 'property' && step.kind !== 'method') return;
    const failure = failureOf({ ...chain, steps: steps.slice(0, index + 1).map(withNullArguments) });
    if (failure === 'unknown') return;
    doubt(step, failure, true);
    if (failure !== undefined || step.kind === 'method') return;
  }
}

/** Some methods are selected by the number of their arguments. */
function withNullArguments(step: Step): Step {
  if (step.kind !== 'method') return step;
  return { ...step, args: step.args.map(({ at }) => ({ kind: 'literal', value: null, at })) };
}

/** The message for a chain whose last name does not exist; `unknown` if the value is null in a transaction without data. */
function failureOf(chain: Node): string | undefined | 'unknown' {
  const run = new EvaluationRun(sampleContext);
  try {
    const value = compileNode(chain)({ context: sampleContext, run, self: null, element: null });
    return value === null ? 'unknown' : undefined;
  } catch (error) {
    if (!(error instanceof EvaluationFailure)) return 'unknown';
    return /^there is no method '[^']*' on |has no property/.test(error.message) ? error.message : 'unknown';
  } finally {
    run.stop();
  }
}
