import { compileNode } from '../../../../src/expression/evaluator/compile-node.ts';
import { EvaluationRun } from '../../../../src/expression/evaluator/evaluation-run.ts';
import type { EvaluationContext } from '../../../../src/expression/index.ts';
import { parseExpression } from '../../../../src/expression/parser/parser.ts';
import { SourceText } from '../../../../src/expression/parser/source-text.ts';
import type { Value } from '../../../../src/expression/value.ts';

/** An expression without its braces, as a function of what it is evaluated in. */
export function expression(text: string): (context: EvaluationContext, run: EvaluationRun) => Value {
  const offsets = Array.from({ length: text.length + 1 }, (_, at) => at);
  const evaluate = compileNode(parseExpression(new SourceText(text, offsets, text)));
  return (context, run) => evaluate({ context, run, self: null, element: null });
}

/** The value of an expression that reads nothing. */
export function internalValue(text: string): Value {
  const context: EvaluationContext = { attributes: new Map(), variables: new Map() };
  return expression(text)(context, new EvaluationRun(context));
}
