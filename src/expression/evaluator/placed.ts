import { JavaException } from '../java/index.ts';
import { EvaluationFailure } from '../value.ts';
import { type Evaluate, PlacedFailure } from './scope.ts';

/** The place for failures without one. */
export function placed(at: number, evaluate: Evaluate): Evaluate {
  return (scope) => {
    try {
      return evaluate(scope);
    } catch (error) {
      throw atPlace(error, at);
    }
  };
}

export function atPlace(error: unknown, at: number): unknown {
  if (error instanceof PlacedFailure) return error;
  const expected = error instanceof EvaluationFailure || error instanceof JavaException;
  return expected ? new PlacedFailure(error.message, at) : error;
}
