import type { EvaluationContext } from './context.ts';
import { compileNode } from './evaluator/compile-node.ts';
import { doubtsOf } from './evaluator/doubts.ts';
import { EvaluationRun } from './evaluator/evaluation-run.ts';
import { fromValue } from './evaluator/from-value.ts';
import { type Evaluate, PlacedFailure } from './evaluator/scope.ts';
import { toText } from './evaluator/to-text.ts';
import { toBoolean } from './evaluator/truth.ts';
import { ExpressionError } from './expression-error.ts';
import { JavaException } from './java/index.ts';
import { needsOf } from './needs.ts';
import type { Node } from './parser/ast.ts';
import { parseExpression } from './parser/parser.ts';
import { SourceText } from './parser/source-text.ts';
import { splitTemplate } from './parser/template-parts.ts';
import { readSecret, resolveSecret, type Secret } from './secrets.ts';
import type { CompiledTemplate, CompileOptions, TemplateDoubt, TemplateNeeds } from './template.ts';
import { EvaluationFailure, type Value } from './value.ts';

const MAX_LENGTH = 256 * 1024;
const MAX_RESULT = 64 * 1024 * 1024;

type Part = string | Evaluate;

/**
 * Compiles a template. Throws ExpressionError (phase `parse`) with the place when an expression does not parse, is too
 * large, or uses `#secrets` where that is not allowed.
 */
export function compileTemplate(text: string, options: CompileOptions = {}): CompiledTemplate {
  if (text.length > MAX_LENGTH) {
    throw new ExpressionError('parse', `a template has at most ${MAX_LENGTH} characters`, text.slice(0, 100), 0);
  }
  const nodes: Node[] = [];
  const parts: Part[] = [];
  const secrets: Secret[] = [];
  for (const part of splitTemplate(text)) {
    if (part.kind === 'text') {
      parts.push(part.text);
      continue;
    }
    const source = new SourceText(part.text, part.offsets, text);
    const node = parseExpression(source);
    const secret = resolveSecret(node, text, options.secrets);
    if (secret === undefined) {
      nodes.push(node);
      parts.push(compileNode(node));
    } else {
      secrets.push(secret);
      parts.push(() => readSecret(secret));
    }
  }
  const literal = parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
  return new Template(text, parts, nodes, secrets, literal);
}

class Template implements CompiledTemplate {
  readonly source: string;
  readonly needs: TemplateNeeds;
  readonly constant: string | undefined;
  readonly secrets: readonly Secret[];
  readonly #parts: readonly Part[];
  readonly #nodes: readonly Node[];
  /** The template is one expression and nothing else: its null is null. */
  readonly #single: Evaluate | undefined;

  constructor(
    source: string,
    parts: readonly Part[],
    nodes: readonly Node[],
    secrets: readonly Secret[],
    constant: string | undefined,
  ) {
    this.source = source;
    this.secrets = secrets;
    this.needs = needsOf(nodes);
    this.#nodes = nodes;
    this.constant = constant;
    this.#parts = parts;
    const [first] = parts;
    this.#single = parts.length === 1 && typeof first === 'function' ? first : undefined;
  }

  doubts(variables: readonly string[] = []): readonly TemplateDoubt[] {
    return doubtsOf(this.#nodes, variables);
  }

  evaluate(context: EvaluationContext): string | null {
    if (this.constant !== undefined) return this.constant;
    const run = new EvaluationRun(context);
    try {
      const text = this.#text(context, run);
      run.finish();
      return text;
    } catch (error) {
      throw this.#explained(error, run.exhausted);
    } finally {
      run.stop();
    }
  }

  #text(context: EvaluationContext, run: EvaluationRun): string | null {
    const scope = { context, run, self: null, element: null };
    if (this.#single !== undefined) {
      const value = this.#single(scope);
      return typeof value === 'string' ? value : toText(value, run);
    }
    let text = '';
    for (const part of this.#parts) {
      text += typeof part === 'string' ? part : (toText(part(scope), run) ?? '');
      if (text.length > MAX_RESULT) throw new EvaluationFailure(`a result longer than ${MAX_RESULT} characters`);
    }
    return text;
  }

  evaluateValue(context: EvaluationContext): unknown {
    if (this.#single === undefined) return this.evaluate(context);
    const value = this.#value(context);
    try {
      return fromValue(value);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  evaluateBoolean(context: EvaluationContext): boolean {
    try {
      return toBoolean(this.#single === undefined ? this.evaluate(context) : this.#value(context));
    } catch (error) {
      throw this.#explained(error);
    }
  }

  #value(context: EvaluationContext): Value {
    const run = new EvaluationRun(context);
    try {
      const value = this.#single?.({ context, run, self: null, element: null }) ?? null;
      run.finish();
      return value;
    } catch (error) {
      throw this.#explained(error, run.exhausted);
    } finally {
      run.stop();
    }
  }

  #explained(error: unknown, exhausted = false): unknown {
    if (error instanceof EvaluationFailure || error instanceof JavaException) {
      const at = error instanceof PlacedFailure ? error.at : Math.max(this.source.indexOf('{'), 0);
      const message = withoutData(error.message, this.source);
      return new ExpressionError('evaluate', message, this.source, at, exhausted);
    }
    // Recursion is bounded where trees and values are made; what is left is a stack that was nearly full before.
    if (error instanceof RangeError)
      return new ExpressionError('evaluate', 'the expression nests too deeply', this.source, 0);
    return error;
  }
}

/** Messages go to logs: what they quote stays only where the template says it too, or where it is a suggestion. */
function withoutData(message: string, source: string): string {
  return message
    .replace(/(did you mean )?("[^"]*"|'[^']*')/g, (quoted, suggested: string | undefined, text: string) =>
      suggested !== undefined || isSign(text.slice(1, -1)) || source.includes(text.slice(1, -1)) ? quoted : '"…"',
    )
    .replace(UNQUOTED, (all, before: string, text: string) => (source.includes(text) ? all : `${before}…`));
}

const isSign = (text: string): boolean => /^[^\p{L}\p{N}]{0,2}$/u.test(text);

/** Messages of Java that end in the text that was given. */
const UNQUOTED =
  /^((?:Invalid UUID string|no such locale|No enum constant|Invalid ID for [^:]*|[^:]*format): ?|No enum constant )(.+)$/;
