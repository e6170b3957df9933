import type { EvaluationContext } from '../context.ts';
import { EvaluationFailure, type Value } from '../value.ts';
import type { EvaluationRun } from './evaluation-run.ts';

/** The scope in which a compiled expression is evaluated. */
export interface Scope {
  readonly context: EvaluationContext;
  readonly run: EvaluationRun;
  /** `#this` and the owner of bare names: null at the top, the element in selections and projections. */
  readonly self: Value;
  /** `self` for arguments of methods: the element of the innermost selection or projection, null outside. */
  readonly element: Value;
}

/** The same scope with another `#this`. */
export const withSelf = ({ context, run, element }: Scope, self: Value): Scope => ({ context, run, self, element });

/** The scope of one element of a selection or projection. */
export const withElement = ({ context, run }: Scope, element: Value): Scope => ({
  context,
  run,
  self: element,
  element,
});

export type Evaluate = (scope: Scope) => Value;

/** A failure with its place in the template. */
export class PlacedFailure extends EvaluationFailure {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

export function fail(message: string, at: number): never {
  throw new PlacedFailure(message, at);
}
