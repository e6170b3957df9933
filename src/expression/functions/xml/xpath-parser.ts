import { XmlError } from './xml-error.ts';
import type { Axis, BinaryOperator, NodeTest, Step, XPathExpression } from './xpath-ast.ts';
import { asFirstNode, descendantStep } from './xpath-descendants.ts';
import { FUNCTION_ARITY } from './xpath-functions.ts';
import { type Token, tokenize } from './xpath-lexer.ts';

const MAX_LENGTH = 8192;
const MAX_DEPTH = 64;
/** A chain of operators is as deep as it is long. */
const MAX_TOKENS = 1000;

export const AXES: ReadonlySet<string> = new Set<Axis>([
  'ancestor',
  'ancestor-or-self',
  'attribute',
  'child',
  'descendant',
  'descendant-or-self',
  'following',
  'following-sibling',
  'namespace',
  'parent',
  'preceding',
  'preceding-sibling',
  'self',
]);
const NODE_TYPES: ReadonlySet<string> = new Set(['node', 'text', 'comment', 'processing-instruction']);
/** Loosest first. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['=', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', 'div', 'mod'],
];
/** Functions that need only the first node. */
const OF_FIRST_NODE: ReadonlySet<string> = new Set(['name', 'local-name', 'namespace-uri']);
const ANY_NODE: NodeTest = { kind: 'node' };
const DESCENDANTS: Step = { axis: 'descendant-or-self', test: ANY_NODE, predicates: [] };

/**
 * Parses an XPath 1.0 expression. Variables and extension functions are errors: nothing defines any.
 * @throws XmlError
 */
export function parseXPath(text: string): XPathExpression {
  if (text.length > MAX_LENGTH) throw new XmlError(`an XPath may have ${MAX_LENGTH} characters at most`);
  const tokens = tokenize(text);
  if (tokens.length > MAX_TOKENS)
    throw new XmlError(`an XPath may have ${MAX_TOKENS} names, numbers and signs at most`);
  return new XPathParser(tokens).parse();
}

class XPathParser {
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): XPathExpression {
    const expression = this.#expression();
    if (this.#current.kind !== 'end') throw this.#unexpected();
    return expression;
  }

  get #current(): Token {
    return this.#tokens[this.#index] ?? { kind: 'end', text: '', offset: 0 };
  }

  #peek(ahead: number): Token | undefined {
    return this.#tokens[this.#index + ahead];
  }

  #unexpected(): XmlError {
    const { kind, text, offset } = this.#current;
    return new XmlError(`unexpected ${kind === 'end' ? 'end' : `"${text}"`} at position ${offset} of the XPath`);
  }

  #is(text: string): boolean {
    const { kind } = this.#current;
    return this.#current.text === text && kind !== 'text' && kind !== 'number';
  }

  #accept(text: string): boolean {
    const found = this.#is(text);
    if (found) this.#index++;
    return found;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#unexpected();
  }

  #expression(): XPathExpression {
    if (++this.#depth > MAX_DEPTH) throw new XmlError(`an XPath may nest ${MAX_DEPTH} expressions at most`);
    const expression = this.#binary(0);
    this.#depth--;
    return expression;
  }

  #binary(level: number): XPathExpression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#current.kind === 'operator' ? operators.find((o) => o === this.#current.text) : undefined;
      if (operator === undefined) return left;
      this.#index++;
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): XPathExpression {
    const negative = this.#accept('-');
    let operand = this.#path();
    while (this.#accept('|')) operand = { kind: 'binary', operator: '|', left: operand, right: this.#path() };
    return negative ? { kind: 'negate', operand } : operand;
  }

  #path(): XPathExpression {
    if (this.#startsPrimary()) {
      const from = this.#primary();
      const predicates = this.#predicates();
      if (!this.#is('/') && !this.#is('//')) {
        return predicates.length === 0 ? from : { kind: 'path', from, predicates, steps: [] };
      }
      return { kind: 'path', from, predicates, steps: this.#furtherSteps([]) };
    }
    if (this.#is('//')) return location('root', this.#furtherSteps([]));
    if (!this.#accept('/')) return location('context', this.#furtherSteps([this.#step()]));
    return location('root', this.#startsStep() ? this.#furtherSteps([this.#step()]) : []);
  }

  #furtherSteps(steps: Step[]): Step[] {
    for (;;) {
      if (this.#accept('//')) steps.push(DESCENDANTS);
      else if (!this.#accept('/')) return steps;
      steps.push(this.#step());
    }
  }

  #startsPrimary(): boolean {
    const { kind, text } = this.#current;
    if (kind === 'text' || kind === 'number') return true;
    if (kind === 'symbol') return text === '(' || text === '$';
    return kind === 'name' && this.#peek(1)?.text === '(' && this.#peek(1)?.kind === 'symbol' && !NODE_TYPES.has(text);
  }

  #startsStep(): boolean {
    const { kind, text } = this.#current;
    return kind === 'name' || (kind === 'symbol' && (text === '@' || text === '.' || text === '..'));
  }

  #primary(): XPathExpression {
    const { kind, text } = this.#current;
    this.#index++;
    if (kind === 'text') return { kind: 'text', value: text };
    if (kind === 'number') return { kind: 'number', value: Number(text) };
    if (text === '$') return this.#variable();
    if (text === '(') {
      const inner = this.#expression();
      this.#expect(')');
      return { kind: 'group', inner };
    }
    return this.#call(text);
  }

  #variable(): XPathExpression {
    const { kind, text } = this.#current;
    if (kind !== 'name') throw this.#unexpected();
    this.#index++;
    return { kind: 'variable', name: text };
  }

  #call(name: string): XPathExpression {
    const arity = FUNCTION_ARITY.get(name);
    if (arity === undefined) throw new XmlError(`there is no XPath function ${name}()`);
    this.#expect('(');
    const parameters: XPathExpression[] = [];
    if (!this.#accept(')')) {
      do parameters.push(this.#expression());
      while (this.#accept(','));
      this.#expect(')');
    }
    const [least, most] = arity;
    if (parameters.length < least || parameters.length > most) {
      throw new XmlError(`wrong number of arguments for the XPath function ${name}()`);
    }
    return { kind: 'call', name, parameters: OF_FIRST_NODE.has(name) ? parameters.map(asFirstNode) : parameters };
  }

  #step(): Step {
    if (this.#accept('.')) return { axis: 'self', test: ANY_NODE, predicates: this.#predicates() };
    if (this.#accept('..')) return { axis: 'parent', test: ANY_NODE, predicates: this.#predicates() };
    let axis: Axis = 'child';
    if (this.#accept('@')) {
      axis = 'attribute';
    } else if (this.#peek(1)?.text === '::' && this.#current.kind === 'name') {
      const { text } = this.#current;
      if (!isAxis(text)) throw this.#unexpected();
      axis = text;
      this.#index += 2;
    }
    return { axis, test: this.#nodeTest(), predicates: this.#predicates() };
  }

  #nodeTest(): NodeTest {
    const { kind, text } = this.#current;
    if (kind !== 'name') throw this.#unexpected();
    this.#index++;
    if (NODE_TYPES.has(text) && this.#is('(')) return this.#nodeType(text);
    if (text === '*') return { kind: 'name', namespace: undefined, name: undefined };
    const colon = text.indexOf(':');
    const name = text.slice(colon + 1);
    return {
      kind: 'name',
      namespace: colon < 0 ? '' : text.slice(0, colon),
      name: name === '*' ? undefined : name,
    };
  }

  #nodeType(type: string): NodeTest {
    this.#expect('(');
    let target: string | undefined;
    if (type === 'processing-instruction' && this.#current.kind === 'text') {
      target = this.#current.text;
      this.#index++;
    }
    this.#expect(')');
    if (type === 'processing-instruction') return { kind: type, target };
    return { kind: type === 'text' || type === 'comment' ? type : 'node' };
  }

  #predicates(): XPathExpression[] {
    const predicates: XPathExpression[] = [];
    while (this.#accept('[')) {
      predicates.push(this.#expression());
      this.#expect(']');
    }
    return predicates;
  }
}

function location(from: 'root' | 'context', steps: readonly Step[]): XPathExpression {
  const step = descendantStep(from, steps);
  return { kind: 'path', from, predicates: [], steps: step === undefined ? steps : [step] };
}

function isAxis(text: string): text is Axis {
  return AXES.has(text);
}
