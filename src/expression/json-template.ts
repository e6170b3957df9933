import type { EvaluationContext } from './context.ts';
import { EvaluationRun } from './evaluator/evaluation-run.ts';
import { needsOf } from './needs.ts';
import type { BodyTemplate, CompiledTemplate, TemplateNeeds } from './template.ts';
import { limitResult, TextTemplate } from './text-template.ts';

/** Text of JSON as it is, or a value of it. */
export type JsonPiece = string | JsonLeaf;

export interface JsonLeaf {
  /** A compiled template. One that is exactly one expression keeps the type of its value, others are strings. */
  readonly template: CompiledTemplate;
  /** As `user.id`: errors name it. */
  readonly name: string;
}

/** Joins the pieces of a JSON text. Everything that needs no request is encoded here, once. */
export function compileJson(pieces: readonly JsonPiece[]): BodyTemplate {
  const slots: Slot[] = [];
  let first = '';
  let text = '';
  const putText = (): void => {
    const last = slots.at(-1);
    if (last === undefined) first = text;
    else last.after = text;
    text = '';
  };
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    else if (piece.template.constant !== undefined) text += JSON.stringify(piece.template.constant);
    else {
      putText();
      if (!(piece.template instanceof TextTemplate)) throw new TypeError('a template of compileTemplate is expected');
      slots.push({ template: piece.template, name: piece.name, after: '' });
    }
  }
  putText();
  return new JsonTemplate(first, slots);
}

interface Slot {
  readonly template: TextTemplate;
  readonly name: string;
  /** The text behind it. */
  after: string;
}

class JsonTemplate implements BodyTemplate {
  readonly json = true;
  readonly needs: TemplateNeeds;
  readonly constant: string | undefined;
  readonly #first: string;
  readonly #slots: readonly Slot[];

  constructor(first: string, slots: readonly Slot[]) {
    this.#first = first;
    this.#slots = slots;
    this.constant = slots.length === 0 ? first : undefined;
    this.needs = slots.reduce((sum, { template }) => joinNeeds(sum, template.needs), needsOf([]));
  }

  get templates(): readonly TextTemplate[] {
    return this.#slots.map(({ template }) => template);
  }

  /** One evaluation for all values: together they have the steps of one template. */
  evaluate(context: EvaluationContext): string {
    if (this.constant !== undefined) return this.constant;
    const run = new EvaluationRun(context);
    const scope = { context, run, self: null, element: null };
    let text = this.#first;
    let current: Slot | undefined;
    try {
      for (const slot of this.#slots) {
        current = slot;
        text += slot.template.jsonText(scope) + slot.after;
        limitResult(text.length);
      }
      run.finish();
      return text;
    } catch (error) {
      throw current === undefined ? error : current.template.explained(error, run.exhausted, `in ${current.name}: `);
    } finally {
      run.stop();
    }
  }
}

function joinNeeds(a: TemplateNeeds, b: TemplateNeeds): TemplateNeeds {
  return {
    request: a.request || b.request,
    requestBody: a.requestBody || b.requestBody,
    requestPath: a.requestPath || b.requestPath,
    requestSsl: a.requestSsl || b.requestSsl,
    requestMetadata: a.requestMetadata || b.requestMetadata,
    response: a.response || b.response,
    responseBody: a.responseBody || b.responseBody,
    lambdaResponse: a.lambdaResponse || b.lambdaResponse,
    lambdaResponseBody: a.lambdaResponseBody || b.lambdaResponseBody,
    attributes: a.attributes || b.attributes,
    error: a.error || b.error,
  };
}
