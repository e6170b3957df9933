import type { Node, Step } from './ast.ts';
import { numberLiteral } from './number-literal.ts';
import type { Token } from './token.ts';
import { TokenReader } from './token-reader.ts';

/** A symbol that was written as a word, such as `mod`. */
const isWord = ({ kind, text }: Token) => kind !== 'identifier' && kind !== 'string' && /^[A-Za-z]+$/.test(text);

/** Operands: literals, variables, calls, types, lists and maps, with the steps that follow them. */
export abstract class OperandParser extends TokenReader {
  protected abstract expression(): Node;

  protected primary(): Node {
    const start = this.#start();
    const steps: Step[] = [];
    for (let step = this.#step(); step; step = this.#step()) steps.push(step);
    return steps.length === 0 ? start : { kind: 'chain', at: start.at, start, steps };
  }

  #start(): Node {
    const token = this.next('an expression');
    const at = this.source.offset(token.start);
    switch (token.kind) {
      case 'int':
      case 'hexInt':
      case 'long':
      case 'hexLong':
      case 'real':
      case 'float':
        return { kind: 'literal', at, value: numberLiteral(token, this.source) };
      case 'string': {
        const quote = token.text.charAt(0);
        return { kind: 'literal', at, value: token.text.slice(1, -1).replaceAll(quote + quote, quote) };
      }
      case '(': {
        const inner = this.expression();
        this.expect(')', 'the parenthesis');
        return inner;
      }
      case '{':
        return this.#listOrMap(at);
      case '#': {
        const name = this.expect('identifier', 'the name of a variable or function');
        const args = this.#arguments();
        return args ? { kind: 'function', at, name: name.text, args } : { kind: 'variable', at, name: name.text };
      }
      case 'identifier':
        return this.#word(token, at);
      case '[':
      case '![':
      case '?[':
      case '^[':
      case '$[': {
        // On what `#this` is: null, or the element of a selection or projection.
        this.back();
        const step = this.#bracketed(false);
        const start: Node = { kind: 'variable', at, name: 'this' };
        return step ? { kind: 'chain', at, start, steps: [step] } : start;
      }
      case '@':
      case '&':
        return this.fail('references to beans are not supported', token);
      default:
        if (isWord(token)) return this.#word(token, at);
        return this.fail(`expected an expression, not '${token.text}'`, token);
    }
  }

  #word(token: Token, at: number): Node {
    const lower = token.text.toLowerCase();
    if (lower === 'true' || lower === 'false') return { kind: 'literal', at, value: lower === 'true' };
    if (lower === 'null') return { kind: 'literal', at, value: null };
    const isKey = this.peek()?.kind === ']';
    if (token.text === 'T' && !isKey) {
      this.expect('(', 'T');
      const name = this.#qualifiedName();
      let dimensions = 0;
      while (this.take('[')) {
        this.expect(']', 'the array type');
        dimensions++;
      }
      this.expect(')', 'the type');
      return { kind: 'type', at, name, dimensions };
    }
    if (lower === 'new' && !isKey) {
      const name = this.#qualifiedName();
      if (this.take('[')) return this.#array(name, at);
      const args = this.#arguments();
      if (!args) return this.fail(`expected ( after new ${name}`, this.peek());
      return { kind: 'new', at, name, args };
    }
    const args = this.#arguments();
    return args ? { kind: 'root-method', at, name: token.text, args } : { kind: 'root-property', at, name: token.text };
  }

  /** `new int[3]`, `new int[2][3]` or `new int[]{1, 2}`, after the first bracket. */
  #array(name: string, at: number): Node {
    const sizes: Node[] = [];
    do {
      if (sizes.length > 0 || this.peek()?.kind !== ']') sizes.push(this.expression());
      this.expect(']', 'the size of the array');
    } while (sizes.length > 0 && this.take('['));
    const items: Node[] = [];
    if (sizes.length < 2 && this.take('{')) {
      if (!this.take('}')) {
        do items.push(this.expression());
        while (this.take(','));
        this.expect('}', 'the array');
      }
    } else if (sizes.length === 0) this.fail('expected the size of the array or its elements in { }', this.peek());
    return { kind: 'new-array', at, name, sizes, items };
  }

  /** Dots between the pieces are taken as they come: `java..lang.String` and `java lang String` are java.lang.String. */
  #qualifiedName(): string {
    const pieces: string[] = [];
    for (let token = this.peek(); token; token = this.peek()) {
      if (token.kind !== '.' && !/^[\p{L}\p{N}_$]+$/u.test(token.text)) break;
      if (token.kind !== '.') pieces.push(token.text);
      this.skip();
    }
    if (pieces.length === 0) this.expect('identifier', 'the name of a type');
    return pieces.join('.');
  }

  #listOrMap(at: number): Node {
    if (this.take('}')) return { kind: 'list', at, items: [] };
    if (this.take(':')) {
      this.expect('}', 'the empty map');
      return { kind: 'map', at, entries: [] };
    }
    const first = this.expression();
    if (this.take(':')) {
      const entries: [Node, Node][] = [[first, this.expression()]];
      while (this.take(',')) {
        const key = this.expression();
        this.expect(':', 'the key');
        entries.push([key, this.expression()]);
      }
      this.expect('}', 'the map');
      return { kind: 'map', at, entries };
    }
    const items = [first];
    while (this.take(',')) items.push(this.expression());
    this.expect('}', 'the list');
    return { kind: 'list', at, items };
  }

  #step(): Step | undefined {
    const token = this.take('.') ?? this.take('?.');
    if (!token) return this.peek()?.kind === '[' ? this.#bracketed(false) : undefined;
    const safe = token.kind === '?.';
    const bracketed = this.#bracketed(safe);
    if (bracketed) return bracketed;
    const hash = this.take('#');
    const name = this.#name(hash === undefined);
    const at = this.source.offset(name.start);
    const args = this.#arguments();
    if (hash) {
      const value: Node = args
        ? { kind: 'function', at, name: name.text, args }
        : { kind: 'variable', at, name: name.text };
      return { kind: 'replace', at, safe, value };
    }
    return args ? { kind: 'method', at, safe, name: name.text, args } : { kind: 'property', at, safe, name: name.text };
  }

  /** A property may be called like an operator: `#map.mod`. */
  #name(isProperty: boolean): Token {
    const token = this.peek();
    if (isProperty && token && isWord(token)) {
      this.skip();
      return token;
    }
    return this.expect('identifier', 'the name of a property or method');
  }

  #bracketed(safe: boolean): Step | undefined {
    const token = this.take('[') ?? this.take('![') ?? this.take('?[') ?? this.take('^[') ?? this.take('$[');
    if (!token) return undefined;
    const at = this.source.offset(token.start);
    const inner = this.expression();
    this.expect(']', `'${token.text}'`);
    if (token.kind === '[') return { kind: 'index', at, safe, index: inner };
    if (token.kind === '![') return { kind: 'project', at, safe, value: inner };
    const which = token.kind === '?[' ? 'all' : token.kind === '^[' ? 'first' : 'last';
    return { kind: 'select', at, safe, which, condition: inner };
  }

  #arguments(): readonly Node[] | undefined {
    if (!this.take('(')) return undefined;
    const args: Node[] = [];
    if (this.take(')')) return args;
    // A comma may follow the last argument.
    do if (this.peek()?.kind !== ')') args.push(this.expression());
    while (this.take(','));
    this.expect(')', 'the arguments');
    return args;
  }
}
