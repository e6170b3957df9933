import type { CompiledTemplate } from '../../expression/index.ts';
import type { StepDocument } from '../schema/index.ts';
import type { Reporter } from './reporter.ts';
import type { StepPlace } from './step.ts';
import type { TemplateCompiler } from './template-compiler.ts';

export function compileCondition(
  { condition }: StepDocument,
  place: StepPlace,
  compiler: TemplateCompiler,
): CompiledTemplate | undefined {
  if (condition === null || condition === undefined || condition.trim() === '') return undefined;
  const path = [...place.path, 'condition'];
  const template = compiler.compile(path, condition);
  if (template?.constant !== undefined && !/^(?:true|false|on|off|yes|no|1|0)$/i.test(template.constant.trim())) {
    compiler.reporter.error(path, 'has no expression and is neither true nor false: put {#…} around it');
  }
  if (template !== undefined && compiler.fixedCondition(template) === 'invalid') {
    compiler.reporter.error(path, 'the expression is neither true nor false for any request');
  }
  return template;
}

/** A step that can answer the caller can be a guard: a caller who makes its condition fail must not bypass it. */
export function checkGuard(
  document: StepDocument,
  condition: CompiledTemplate | undefined,
  { path, phase }: StepPlace,
  reporter: Reporter,
): void {
  const passes = phase === 'request' ? 'lets the request pass to the backend' : "lets the backend's response pass";
  if (condition !== undefined && condition.constant === undefined && document.onConditionError !== 'fail') {
    const place = document.onConditionError === 'skip' ? 'onConditionError' : 'condition';
    reporter.warn(
      [...path, place],
      `an error in the condition skips the step and ${passes}: use \`onConditionError: fail\` for a step that guards a route`,
    );
  }
  if (document.onError === 'continue') {
    reporter.warn(
      [...path, 'onError'],
      `an error in the step, which a caller may cause, ${passes}: use \`onError: fail\` for a step that guards a route`,
    );
  }
}
