import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EvaluationRun, STEP_BUDGET } from '../../../../src/expression/evaluator/evaluation-run.ts';
import { ExpressionError } from '../../../../src/expression/index.ts';
import { JavaException } from '../../../../src/expression/java/index.ts';
import { EvaluationFailure } from '../../../../src/expression/value.ts';
import { type Subject, subjects } from './subjects.ts';

const SIZE = 2_048;
const FACTOR = 2.5;
/** What a call costs whatever its arguments are. */
const CONSTANT = 64;

/** Steps of one call; an error of the language is an answer too. */
function stepsOf(subject: Subject, shape: number, size: number): { readonly steps: number; readonly failed: boolean } {
  const { context, run } = subject.prepare(shape, size);
  const counter = new EvaluationRun(context);
  let failed = false;
  try {
    run(counter);
  } catch (error) {
    const isExpected =
      error instanceof EvaluationFailure || error instanceof JavaException || error instanceof ExpressionError;
    assert.ok(isExpected, `${subject.name}, values ${shape}: ${String(error)}`);
    failed = true;
  }
  return { steps: counter.steps, failed };
}

/** Calls whose own bound is the product of two arguments that grow together: they are paid for by that product. */
const PRODUCTS: readonly RegExp[] = [
  /^java\.math\.BigDecimal\.(?:divide|pow)/,
  // The result has the separator once for each element.
  /^java\.lang\.String\.join/,
  // The text of each element is that of all elements in it.
  /^#xpath\(#d, "\/\/\*\[/,
  // Each search looks at all of the text before it settles for one character.
  /^#a\.(?:replaceAll|split)\('a\(\?:\.\*z\)\?'/,
];

test('the steps of every function and method grow no faster than its arguments', (t) => {
  const all = subjects();
  const faster: string[] = [];
  let calls = 0;
  let answered = 0;
  for (const subject of all) {
    let reached = false;
    for (let shape = 0; shape < subject.shapes; shape++) {
      const small = stepsOf(subject, shape, SIZE);
      const large = stepsOf(subject, shape, 2 * SIZE);
      calls++;
      reached ||= !small.failed;
      const grows = large.steps > FACTOR * small.steps + CONSTANT && small.steps < STEP_BUDGET;
      if (grows && !PRODUCTS.some((product) => product.test(subject.name)))
        faster.push(`${subject.name}, values ${shape}: ${small.steps} → ${large.steps}`);
    }
    if (reached) answered++;
  }
  t.diagnostic(
    `${all.length} functions, methods and properties, ${calls} calls of two sizes; ${answered} gave a value`,
  );
  assert.deepEqual(faster, []);
});
