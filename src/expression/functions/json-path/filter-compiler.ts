import { JavaException } from '../../java/java-exception.ts';
import { JsonTextError } from '../json-text/json-text-error.ts';
import { parseJson } from '../json-text/lenient-parser.ts';
import { type FilterNode, type Operand, RELATIONS, type Relation } from './filter-node.ts';
import { toFilterNumber } from './filter-number.ts';
import { compilePattern } from './filter-pattern.ts';
import { invalidPath, isInvalidPath, JsonPathError } from './json-path-error.ts';
import { PathText, shorten } from './path-text.ts';
import type { CompiledPath } from './path-token.ts';
import { unescapeText } from './unescape.ts';

/** For a path in a filter; bounds how deeply they nest. */
export type CompilePath = (path: string) => CompiledPath;

/** Brackets and negations inside one filter. */
const MAX_DEPTH = 64;
const RELATION_CHARS = '<>=~!';

/**
 * Compiles `[?(condition)]`:
 *
 *     or       = and { '||' and }
 *     and      = operand { '&&' operand }
 *     operand  = '(' or ')' | '!' operand | value [relation value]
 *     value    = path | '!' path | 'text' | "text" | number | true | false | null | [list] | {map} | /pattern/flags
 *
 * A value without relation must be a path and tests that it exists.
 * @throws JsonPathError
 */
export function compileFilter(text: string, compilePath: CompilePath): FilterNode {
  const filter = new PathText(text).trim();
  filter.position++;
  filter.end--;
  filter.trim();
  filter.position++;
  filter.trim();
  if (filter.current !== '(' || filter.last !== ')') throw invalidPath('a filter is written as [?(...)]');
  try {
    const compiler = new FilterCompiler(filter, compilePath);
    const node = compiler.readOr(0);
    if (filter.skipBlanks().inside) {
      throw invalidPath(`unexpected "${shorten(filter.slice(filter.position, filter.length))}" in a filter`);
    }
    return node;
  } catch (error) {
    throw error instanceof JavaException || error instanceof JsonPathError ? invalidPath(error.message) : error;
  }
}

class FilterCompiler {
  readonly #filter: PathText;
  readonly #compilePath: CompilePath;

  constructor(filter: PathText, compilePath: CompilePath) {
    this.#filter = filter;
    this.#compilePath = compilePath;
  }

  readOr(depth: number): FilterNode {
    return this.#readChain('or', '||', () => this.#readAnd(depth));
  }

  #readAnd(depth: number): FilterNode {
    return this.#readChain('and', '&&', () => this.#readOperand(depth));
  }

  #readChain(kind: 'or' | 'and', operator: string, read: () => FilterNode): FilterNode {
    const first = read();
    const operands = [first];
    for (;;) {
      const start = this.#filter.position;
      if (!this.#filter.accept(operator)) {
        this.#filter.position = start;
        return operands.length === 1 ? first : { kind, operands };
      }
      operands.push(read());
    }
  }

  #readOperand(depth: number): FilterNode {
    if (depth > MAX_DEPTH) throw invalidPath(`a filter may nest ${MAX_DEPTH} brackets at most`);
    const filter = this.#filter;
    const start = filter.skipBlanks().position;
    if (filter.current === '!') {
      filter.position++;
      const next = filter.skipBlanks().current;
      // `!` before a path belongs to the path: it is handled when the path is read.
      if (next !== '$' && next !== '@') return { kind: 'not', operand: this.#readOperand(depth + 1) };
      filter.position = start;
    }
    if (filter.current === '(') {
      filter.position++;
      const node = this.readOr(depth + 1);
      filter.expect(')');
      return node;
    }
    return this.#readRelation();
  }

  #readRelation(): FilterNode {
    const filter = this.#filter;
    const left = this.#readValue();
    const behindLeft = filter.position;
    try {
      const relation = this.#readOperator();
      return { kind: 'relation', left, relation, right: this.#readValue() };
    } catch (error) {
      if (!isInvalidPath(error)) throw error;
      filter.position = behindLeft;
    }
    if (left.kind !== 'path') throw invalidPath('a condition needs a relation, or a path to test');
    return { kind: 'exists', path: left.path, wanted: left.wanted };
  }

  #readOperator(): Relation {
    const filter = this.#filter;
    const start = filter.skipBlanks().position;
    const symbol = RELATION_CHARS.includes(filter.current);
    while (filter.inside && (symbol ? RELATION_CHARS.includes(filter.current) : filter.current !== ' ')) {
      filter.position++;
    }
    const operator = filter.slice(start, filter.position).toUpperCase();
    const relation = RELATIONS.find((known) => known === operator);
    if (relation === undefined) throw invalidPath(`unknown relation "${shorten(operator)}" in a filter`);
    return relation;
  }

  #readValue(): Operand {
    const filter = this.#filter;
    const char = filter.skipBlanks().current;
    if (char === '!') {
      filter.position++;
      const next = filter.skipBlanks().current;
      if (next !== '$' && next !== '@') throw invalidPath('unexpected "!" in a filter');
      return this.#readPath();
    }
    if (char === '$' || char === '@') return this.#readPath();
    if (char === "'" || char === '"') return this.#readString(char);
    if (char === 't' || char === 'f') return this.#readBoolean(char === 't' ? 'true' : 'false');
    if (char === 'n') return this.#readNull();
    if (char === '[' || char === '{') return this.#readJson(char);
    if (char === '/') return this.#readPattern();
    return this.#readNumber();
  }

  #readString(quote: string): Operand {
    const start = this.#filter.position;
    const end = this.#filter.indexOfUnescaped(quote, start);
    if (end === -1) throw invalidPath(`a text in a filter is not closed: ${quote} is missing`);
    this.#filter.position = end + 1;
    return { kind: 'string', text: unescapeText(this.#filter.slice(start + 1, end)) };
  }

  #readBoolean(word: 'true' | 'false'): Operand {
    const filter = this.#filter;
    const end = filter.position + word.length;
    if (!filter.contains(end - 1) || filter.slice(filter.position, end) !== word) {
      throw invalidPath(`expected ${word} in a filter`);
    }
    filter.position = end;
    return { kind: 'boolean', value: word === 'true' };
  }

  #readNull(): Operand {
    const filter = this.#filter;
    const end = filter.position + 4;
    if (!filter.contains(end - 1) || filter.slice(filter.position, end) !== 'null') {
      throw invalidPath('expected null in a filter');
    }
    filter.position = end;
    return { kind: 'null' };
  }

  #readJson(open: '[' | '{'): Operand {
    const filter = this.#filter;
    const start = filter.position;
    const end = filter.indexOfClosing(start, open, open === '[' ? ']' : '}', false);
    if (end === -1) throw invalidPath(`a value in a filter is not closed: ${open}`);
    filter.position = end + 1;
    return literal(filter.slice(start, end + 1));
  }

  #readPattern(): Operand {
    const filter = this.#filter;
    const start = filter.position;
    const end = filter.indexOfUnescaped('/', start);
    if (end === -1) throw invalidPath('a pattern in a filter is not closed: / is missing');
    let behind = end + 1;
    while (filter.contains(behind) && 'dixmsuU'.includes(filter.at(behind))) behind++;
    filter.position = behind;
    const pattern = filter.slice(start + 1, end);
    return { kind: 'pattern', pattern: compilePattern(pattern, filter.slice(end + 1, behind)) };
  }

  #readNumber(): Operand {
    const filter = this.#filter;
    const start = filter.position;
    while (filter.inside && /[0-9.eE-]/.test(filter.current)) filter.position++;
    return toFilterNumber(filter.slice(start, filter.position));
  }

  #readPath(): Operand {
    const filter = this.#filter;
    const before = filter.significantBefore(filter.position);
    const wanted = before === -1 || filter.at(before) !== '!';
    const start = filter.position;
    const dot = filter.text.indexOf('.', start + 1);
    filter.position++;
    while (filter.inside) {
      if (filter.current === '[') {
        const close = filter.indexOfClosing(filter.position, '[', ']', false);
        if (close === -1) throw invalidPath('a path in a filter is not closed: ] is missing');
        filter.position = close + 1;
      }
      if (!filter.inside) {
        // As in the original, read the character after the filter.
        filter.at(filter.position);
        break;
      }
      const char = filter.current;
      if (char === ' ' || RELATION_CHARS.includes(char)) break;
      if (char === ')' && !this.#closesFunction(dot)) break;
      filter.position++;
    }
    const path = this.#compilePath(filter.slice(start, filter.position));
    return { kind: 'path', path, wanted };
  }

  /** `)` belongs to the path if `(` is directly before it and the path's first dot before that. */
  #closesFunction(dot: number): boolean {
    const before = this.#filter.significantBefore(this.#filter.position);
    return before !== -1 && this.#filter.at(before) === '(' && dot !== -1 && dot < before;
  }
}

/** A broken literal is an error only when it is compared with something. */
function literal(text: string): Operand {
  try {
    return { kind: 'json', value: parseJson(text), text };
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return { kind: 'json', value: error, text };
  }
}
