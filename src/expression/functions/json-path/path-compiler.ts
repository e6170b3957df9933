import { readIndexes, readNames } from './bracket-tokens.ts';
import { compileFilter } from './filter-compiler.ts';
import { checkClosed, readArguments } from './function-arguments.ts';
import { invalidPath, JsonPathError } from './json-path-error.ts';
import { PathText, shorten } from './path-text.ts';
import { type CompiledPath, type Parameter, type PathToken, toCompiledPath } from './path-token.ts';

/** Longer paths are refused, so that compiling and evaluating one stays bounded. */
const MAX_PATH_LENGTH = 8192;
const MAX_TOKENS = 512;
/** Filters in filters, and paths in function arguments. */
const MAX_NESTING = 16;

/**
 * Compiles a JSON path. The grammar, its oddities included, is Jayway JsonPath 2.9.0's: `$.` is put before a path
 * without root, blanks are refused in dot notation, `[?(...)]` is a filter, `name(...)` a function.
 * @throws JsonPathError
 */
export function compilePath(path: string, nesting = 0): CompiledPath {
  if (path.length > MAX_PATH_LENGTH) throw invalidPath(`a path may have ${MAX_PATH_LENGTH} characters at most`);
  if (nesting > MAX_NESTING) throw invalidPath(`a path may nest ${MAX_NESTING} filters or arguments at most`);
  try {
    const start = path.charAt(0);
    const text = new PathText(start === '$' || start === '@' ? path : `$.${path}`).trim();
    if (text.last === '.') throw invalidPath('a path must not end with "."');
    return new PathCompiler(text, nesting).compile();
  } catch (error) {
    if (error instanceof JsonPathError) throw invalidPath(`the path "${shorten(path)}" is invalid: ${error.message}`);
    throw error;
  }
}

class PathCompiler {
  readonly #path: PathText;
  readonly #nesting: number;
  #tokens: PathToken[] = [];

  constructor(path: PathText, nesting: number) {
    this.#path = path;
    this.#nesting = nesting;
  }

  compile(): CompiledPath {
    const path = this.#path;
    while (path.inside && ' \t\r\n'.includes(path.current)) path.position++;
    const root = path.current;
    if (root !== '$' && root !== '@') throw invalidPath('a path starts with $ or @');
    if (!path.atTail) {
      path.position++;
      if (path.current !== '.' && path.current !== '[') {
        throw invalidPath(`unexpected "${path.current}" at position ${path.position}, expected "." or "["`);
      }
      do this.#readToken();
      while (!path.atTail);
    }
    return turnScanIntoArgument(root, this.#tokens);
  }

  #add(token: PathToken): void {
    if (this.#tokens.length >= MAX_TOKENS) throw invalidPath(`a path may have ${MAX_TOKENS} steps at most`);
    this.#tokens.push(token);
  }

  #readToken(): void {
    const path = this.#path;
    let dot = false;
    if (path.current === '.') {
      if (path.contains(path.position + 1) && path.at(path.position + 1) === '.') {
        this.#add({ kind: 'scan' });
        path.position += 2;
      } else if (!path.contains(path.position + 1)) {
        throw invalidPath('a path must not end with "."');
      } else {
        path.position++;
      }
      dot = true;
    }
    const char = path.current;
    const known =
      char === '['
        ? this.#read(readNames) ||
          this.#read(readIndexes) ||
          this.#readWildcard() ||
          this.#readFilter() ||
          this.#readPlaceholder()
        : char === '*'
          ? this.#readWildcard()
          : char !== '.' && this.#readNameOrFunction();
    if (!known) throw invalidPath(`unexpected "${char}"${dot ? ' after "."' : ''} at position ${path.position}`);
  }

  /** `name` or `name(...)` */
  #readNameOrFunction(): boolean {
    const path = this.#path;
    if (path.current === ' ') return false;
    const start = path.position;
    let end = start;
    while (path.contains(end) && !' .[('.includes(path.at(end))) end++;
    const stop = path.contains(end) ? path.at(end) : '';
    if (stop === ' ') throw invalidPath(`write names with blanks as ['my name'], position ${start}`);
    if (stop !== '(') {
      path.position = end;
      this.#add({ kind: 'property', names: [path.slice(start, end)], quote: "'" });
      return true;
    }
    const name = path.slice(start, end);
    checkClosed(path, name, end);
    let parameters: Parameter[] | null = null;
    path.position = end + 1;
    // Without arguments the position stays on the bracket: a step after `name()` is read as the name `)`, as in the
    // original.
    if (path.current !== ')')
      parameters = readArguments(path, name, (text) => new PathCompiler(new PathText(text), this.#deeper()).compile());
    this.#add({ kind: 'function', name, parameters });
    return true;
  }

  /** Compiles the paths in a filter, one level deeper than the filter is. */
  #inFilter(): (path: string) => CompiledPath {
    const nesting = this.#deeper() + 1;
    return (path) => compilePath(path, nesting);
  }

  #deeper(): number {
    if (this.#nesting >= MAX_NESTING) throw invalidPath(`a path may nest ${MAX_NESTING} arguments at most`);
    return this.#nesting + 1;
  }

  #read(bracket: (path: PathText) => PathToken | undefined): boolean {
    const token = bracket(this.#path);
    if (token !== undefined) this.#add(token);
    return token !== undefined;
  }

  /** `*`, `[*]` */
  #readWildcard(): boolean {
    const path = this.#path;
    if (path.current === '[') {
      if (path.significantAfter(path.position) !== '*') return false;
      const star = path.indexIfSignificant(path.position, '*');
      const close = path.significantAfter(star) === ']' ? path.indexIfSignificant(star, ']') : -1;
      if (close === -1) throw invalidPath(`expected "]" at position ${star + 1}`);
      path.position = close + 1;
    } else {
      path.position++;
    }
    this.#add({ kind: 'wildcard' });
    return true;
  }

  /** `[?(...)]` */
  #readFilter(): boolean {
    const path = this.#path;
    const question = path.indexIfSignificant(path.position, '?');
    if (question === -1) return false;
    const open = path.indexIfSignificant(question, '(');
    if (open === -1) return false;
    const close = path.indexOfClosing(open, '(', ')', true);
    if (close === -1 || path.significantAfter(close) !== ']') return false;
    const end = path.indexIfSignificant(close, ']');
    this.#add({ kind: 'filter', filter: compileFilter(path.slice(path.position, end + 1), this.#inFilter()) });
    path.position = end + 1;
    return true;
  }

  /** `[?]` is a placeholder for a filter that a program passes: there is none here. */
  #readPlaceholder(): boolean {
    const path = this.#path;
    const question = path.indexIfSignificant(path.position, '?');
    if (question !== -1 && ',]'.includes(path.significantAfter(question))) {
      throw invalidPath('the placeholder [?] has no filter');
    }
    return false;
  }
}

/** `$..x.sum()` means `$.sum($..x)`: the first function takes the path before it as its only argument. */
function turnScanIntoArgument(root: '$' | '@', tokens: readonly PathToken[]): CompiledPath {
  const at = tokens.findIndex((token) => token.kind === 'function');
  const first = tokens[at];
  if (tokens[0]?.kind !== 'scan' || tokens.at(-1)?.kind !== 'function' || first?.kind !== 'function') {
    return toCompiledPath(root, tokens);
  }
  const path = toCompiledPath(root, tokens.slice(0, at));
  const turned = [{ ...first, parameters: [{ kind: 'path' as const, path }] }, ...tokens.slice(at + 1)];
  // What follows still counts as after a scan, so missing parts are not an error.
  return { ...toCompiledPath('$', turned), upstreamDefinite: turned.map(() => false) };
}
