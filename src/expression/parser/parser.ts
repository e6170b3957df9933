import type { BinaryOperator, Node } from './ast.ts';
import { OperandParser } from './operand-parser.ts';
import type { SourceText } from './source-text.ts';
import type { Token, TokenKind } from './token.ts';

/** Deeper nesting is refused: the parser and the evaluator recurse. */
const MAX_DEPTH = 100;
const CLOSING: ReadonlySet<TokenKind> = new Set([')', ']', '}', ',', ':']);

export function parseExpression(source: SourceText): Node {
  return new Parser(source).parse();
}

/** Spring Expression's grammar (6.2), by recursive descent: the operators. */
class Parser extends OperandParser {
  #depth = 0;

  parse(): Node {
    const node = this.expression();
    const rest = this.peek();
    if (rest !== undefined) this.fail(`expected an operator or the end of the expression, not '${rest.text}'`, rest);
    return node;
  }

  protected override expression(): Node {
    if (++this.#depth > MAX_DEPTH) this.fail(`the expression nests deeper than ${MAX_DEPTH} levels`, this.peek());
    const first = this.peek();
    // What is missing before `?:` or `?`, or after `?:`, is null.
    const value = first?.kind === '?:' || first?.kind === '?' ? this.#null(first) : this.#or();
    const token = this.peek();
    let node = value;
    if (token?.kind === '=') this.fail('assignment is not allowed', token);
    if (this.take('?:')) {
      const next = this.peek();
      const isMissing = next === undefined || CLOSING.has(next.kind);
      node = { kind: 'elvis', at: value.at, value, otherwise: isMissing ? this.#null(token) : this.expression() };
    }
    if (token?.kind === '?' && this.take('?')) {
      const yes = this.expression();
      this.expect(':', 'the second part of the ternary');
      node = { kind: 'ternary', at: value.at, condition: value, yes, no: this.expression() };
    }
    this.#depth--;
    return node;
  }

  #null(token: Token | undefined): Node {
    return { kind: 'literal', at: this.source.offset(token?.start ?? 0), value: null };
  }

  #or(): Node {
    let left = this.#and();
    for (let token = this.takeWord('||', 'or'); token; token = this.takeWord('||', 'or')) {
      left = this.#binary('or', left, this.#and(), token);
    }
    return left;
  }

  #and(): Node {
    let left = this.#relation();
    for (let token = this.takeWord('&&', 'and'); token; token = this.takeWord('&&', 'and')) {
      left = this.#binary('and', left, this.#relation(), token);
    }
    return left;
  }

  /** One comparison only: `1 < 2 < 3` does not parse. */
  #relation(): Node {
    const left = this.#sum();
    for (const symbol of ['==', '!=', '<', '<=', '>', '>='] as const) {
      const token = this.take(symbol);
      if (token) return this.#binary(symbol, left, this.#sum(), token);
    }
    for (const word of ['matches', 'between', 'instanceof'] as const) {
      const token = this.takeWord(undefined, word);
      if (token) return this.#binary(word, left, this.#sum(), token);
    }
    return left;
  }

  #sum(): Node {
    let left = this.#product();
    for (;;) {
      const token = this.take('+') ?? this.take('-');
      if (!token) return left;
      left = this.#binary(token.kind as '+' | '-', left, this.#product(), token);
    }
  }

  #product(): Node {
    let left = this.#power();
    for (;;) {
      const token = this.take('*') ?? this.take('/') ?? this.take('%');
      if (!token) return left;
      left = this.#binary(token.kind as '*' | '/' | '%', left, this.#power(), token);
    }
  }

  #power(): Node {
    let node = this.#unary();
    const token = this.take('^');
    if (token) node = this.#binary('^', node, this.#unary(), token);
    this.#refuseIncrement();
    return node;
  }

  #unary(): Node {
    this.#refuseIncrement();
    const token = this.take('!') ?? this.take('-') ?? this.take('+');
    if (!token) return this.primary();
    if (++this.#depth > MAX_DEPTH) this.fail(`the expression nests deeper than ${MAX_DEPTH} levels`, token);
    const operand = this.#unary();
    this.#depth--;
    return { kind: 'unary', at: this.source.offset(token.start), operator: token.kind as '!' | '-' | '+', operand };
  }

  #refuseIncrement(): void {
    const token = this.peek();
    if (token?.kind === '++' || token?.kind === '--') this.fail('assignment is not allowed', token);
  }

  #binary(operator: BinaryOperator, left: Node, right: Node, token: Token): Node {
    return { kind: 'binary', at: this.source.offset(token.start), operator, left, right };
  }
}
