import { compileNode } from './evaluator/compile-node.ts';
import { ExpressionError } from './expression-error.ts';
import type { Node } from './parser/ast.ts';
import { parseExpression } from './parser/parser.ts';
import { SourceText } from './parser/source-text.ts';
import { splitTemplate } from './parser/template-parts.ts';
import { readSecret, resolveSecret, type Secret } from './secrets.ts';
import type { CompiledTemplate, CompileOptions } from './template.ts';
import { type Part, TextTemplate } from './text-template.ts';

const MAX_LENGTH = 256 * 1024;

/**
 * Compiles a template. Throws ExpressionError (phase `parse`) with the place when an expression does not parse, is too
 * large, or uses `#secrets` where that is not allowed.
 */
export function compileTemplate(text: string, options: CompileOptions = {}): CompiledTemplate {
  if (text.length > MAX_LENGTH) {
    throw new ExpressionError('parse', `a template has at most ${MAX_LENGTH} characters`, text.slice(0, 100), 0);
  }
  const pieces: (string | Node)[] = [];
  const parts: Part[] = [];
  const secrets: Secret[] = [];
  for (const part of splitTemplate(text)) {
    if (part.kind === 'text') {
      pieces.push(part.text);
      parts.push(part.text);
      continue;
    }
    const source = new SourceText(part.text, part.offsets, text);
    const node = parseExpression(source);
    const secret = resolveSecret(node, text, options.secrets);
    if (secret === undefined) {
      pieces.push(node);
      parts.push(compileNode(node));
    } else {
      secrets.push(secret);
      parts.push(() => readSecret(secret));
    }
  }
  const isConstant = parts.every((part) => typeof part === 'string');
  return new TextTemplate(text, parts, pieces, secrets, isConstant ? undefined : options.origin?.());
}
