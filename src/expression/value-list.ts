import type { EvaluationContext } from './context.ts';
import { EvaluationRun } from './evaluator/evaluation-run.ts';
import type { BodyTemplate, CompiledTemplate } from './template.ts';
import { limitResult, TextTemplate } from './text-template.ts';
import { unreadIn } from './unread.ts';

/** The values of all expressions of several templates, as one unambiguous text. */
export interface ValueList {
  /** JSON texts. Null where all values are null or empty texts. Throws ExpressionError. */
  evaluate(context: EvaluationContext): string | null;
  /** What the body reads of a transaction and these values do not determine, such as `#request.headers['x']`. */
  unread(body: BodyTemplate): readonly string[];
}

/** `templates`: from compileTemplate. Text around expressions is left out: it is the same for all requests. */
export function compileValues(templates: readonly CompiledTemplate[]): ValueList {
  return new TemplateValues(templates.filter((template) => template instanceof TextTemplate));
}

class TemplateValues implements ValueList {
  readonly #templates: readonly TextTemplate[];

  constructor(templates: readonly TextTemplate[]) {
    this.#templates = templates;
  }

  /** One evaluation for all values: together they have the steps of one template. */
  evaluate(context: EvaluationContext): string | null {
    const run = new EvaluationRun(context);
    const scope = { context, run, self: null, element: null };
    const values: string[] = [];
    let length = 0;
    let current: TextTemplate | undefined;
    try {
      for (const template of this.#templates) {
        current = template;
        for (const value of template.valueTexts(scope)) {
          values.push(value);
          length += value.length + 1;
          limitResult(length);
        }
      }
      run.finish();
    } catch (error) {
      throw current === undefined ? error : current.explained(error, run.exhausted);
    } finally {
      run.stop();
    }
    const isEmpty = values.length > 0 && values.every((value) => value === 'null' || value === '""');
    return isEmpty ? null : values.join(',');
  }

  unread(body: BodyTemplate): readonly string[] {
    return unreadIn(body, this.#templates);
  }
}
