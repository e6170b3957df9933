import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readContext } from '../../../src/commands/eval-context.ts';
import { compileNode } from '../../../src/expression/evaluator/compile-node.ts';
import { EvaluationRun, STEP_BUDGET } from '../../../src/expression/evaluator/evaluation-run.ts';
import { compileTemplate, type EvaluationContext, ExpressionError } from '../../../src/expression/index.ts';
import { parseExpression } from '../../../src/expression/parser/parser.ts';
import { SourceText } from '../../../src/expression/parser/source-text.ts';
import { splitTemplate } from '../../../src/expression/parser/template-parts.ts';
import { contexts } from '../../conformance/score.ts';
import { type Sample, samples } from './expression-grammar.ts';

/** More with EXPRESSION_FUZZ_COUNT, the same again with EXPRESSION_FUZZ_SEED. */
const count = Number(process.env.EXPRESSION_FUZZ_COUNT ?? 50_000);
const seed = Number(process.env.EXPRESSION_FUZZ_SEED ?? Date.now() % 2 ** 31);

const hostile = JSON.parse(
  '{"__proto__": {"polluted": 1}, "constructor": "own", "list": [[[[1]]], {"__proto__": null}], "big": 1e308, "nested": {"a": {"b": [1, 2, 3]}}}',
);
/** Large enough that a search within a search must be stopped. */
const large: readonly (readonly [string, unknown])[] = [
  ['hostile', hostile],
  ['many', Array.from({ length: 2_000 }, (_, i) => i)],
  ['json', JSON.stringify(Array.from({ length: 1_000 }, (_, id) => ({ id, a: [{ b: id }, { c: 'x'.repeat(30) }] })))],
  ['xml', `<a>${'<b id="1"><c>text</c></b>'.repeat(1_000)}</a>`],
];
const all: readonly EvaluationContext[] = Object.values(contexts).map((data) => {
  const context = readContext(data);
  return { ...context, variables: new Map<string, unknown>([...context.variables, ...large]) };
});

const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype, Map.prototype];
const shapeOf = () => prototypes.map((each) => Reflect.ownKeys(each).map(String).join()).join('|');

/** What a function or an object of this process looks like as text. */
const CODE = /\[native code\]|\[object |=> ?[({]/;

type Outcome = 'value' | 'null' | 'parse error' | 'evaluation error' | 'step budget';

function run({ template }: Sample, context: EvaluationContext): Outcome {
  try {
    const result = compileTemplate(template).evaluate(context);
    if (result === null) return 'null';
    assert.equal(typeof result, 'string');
    // A random template may hold such text itself, outside of its expressions.
    if (!CODE.test(template)) assert.doesNotMatch(result, CODE);
    return 'value';
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    assert.ok(error.offset >= 0 && error.offset <= template.length, `offset ${error.offset}`);
    assert.match(error.explain(), /\n {2,}\^$/);
    if (error.phase === 'parse') return 'parse error';
    return /more steps than/.test(error.message) ? 'step budget' : 'evaluation error';
  }
}

/** The steps of each expression of a template that compiles. */
function stepsOf({ template }: Sample, context: EvaluationContext): number {
  const counter = new EvaluationRun(context);
  for (const part of splitTemplate(template)) {
    if (part.kind === 'text') continue;
    const evaluate = compileNode(parseExpression(new SourceText(part.text, part.offsets, template)));
    try {
      evaluate({ context, run: counter, self: null, element: null });
    } catch {
      // What an error may be is checked where the template is evaluated as a whole.
    }
  }
  return counter.steps;
}

test(`${count} expressions end in a value or in an ExpressionError, within the step budget`, (t) => {
  const before = shapeOf();
  const kinds = new Map<string, number>();
  const outcomes = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  let runs = 0;
  let mostSteps = 0;
  let slowest = 0;
  fc.assert(
    fc.property(samples, (sample) => {
      const context = all[runs++ % all.length] as EvaluationContext;
      const start = performance.now();
      const outcome = run(sample, context);
      slowest = Math.max(slowest, performance.now() - start);
      add(kinds, sample.kind);
      add(outcomes, outcome);
      if (outcome === 'parse error') return;
      const steps = stepsOf(sample, context);
      mostSteps = Math.max(mostSteps, steps);
      assert.ok(steps <= STEP_BUDGET || outcome === 'step budget', `${steps} steps and no error`);
    }),
    { numRuns: count, seed },
  );
  assert.equal(shapeOf(), before, 'a prototype changed');
  // The clock is no part of the promise; this bound only catches what the steps do not count.
  assert.ok(slowest < 5_000, `one evaluation took ${slowest} ms`);
  t.diagnostic(`seed ${seed}, ${runs} templates, at most ${mostSteps} steps, at most ${slowest.toFixed(0)} ms for one`);
  for (const counts of [kinds, outcomes]) {
    for (const [key, number] of [...counts].sort((a, b) => b[1] - a[1])) {
      t.diagnostic(`${String(number).padStart(8)}  ${key}`);
    }
  }
  for (const outcome of ['value', 'null', 'parse error', 'evaluation error']) {
    assert.ok((outcomes.get(outcome) ?? 0) >= runs / 100, `too few samples end in: ${outcome}`);
  }
});
