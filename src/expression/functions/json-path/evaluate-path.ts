import { type JavaList, type JavaMap, newList, newMap, type Run, type Value } from '../../value.ts';
import { isList, isMap, mapGet, mapKeys } from '../value-access.ts';
import { filterMatches } from './evaluate-filter.ts';
import type { FilterValue } from './filter-node.ts';
import { isInvalidPath, JsonPathError, pathFailed, pathNotFound, STEPS_OF_ERROR } from './json-path-error.ts';
import { callPathFunction } from './path-functions.ts';
import { type CompiledPath, fragment, type PathToken } from './path-token.ts';

/** What one call of jsonPath shares with the paths in its filters and arguments. */
export interface PathSession {
  readonly run: Run;
  /** The position of a scan in a list, for the token that receives each element; see `scanList`. */
  readonly scanIndexes: Map<PathToken, number>;
  /** Elements of lists as filters see them: made once for a list, however many items are searched in it. */
  readonly elements: Map<JavaList, readonly FilterValue[]>;
}

/** How missing properties count: `leaf-null` outside of filters' tests, `required` in a test for existence. */
export type MissingRule = 'leaf-null' | 'required';

/**
 * Evaluates a compiled path from `start`; `root` is what `$` means inside of it.
 * @returns one value for a definite path, else a list
 * @throws JsonPathError
 */
export function evaluatePath(
  path: CompiledPath,
  start: Value,
  root: Value,
  session: PathSession,
  missing: MissingRule = 'leaf-null',
): Value {
  const results = new PathEvaluation(path, root, session, missing).collect(start);
  if (!path.definite) return newList(results, 'json');
  const last = results.at(-1);
  if (last === undefined) throw pathNotFound(`no results for the path ${path.display}`);
  return last;
}

export class PathEvaluation {
  readonly path: CompiledPath;
  readonly root: Value;
  readonly session: PathSession;
  readonly missing: MissingRule;
  /** Results of paths from `$` in filters: they are the same for every item. */
  readonly rootPaths = new Map<CompiledPath, Value>();
  readonly #results: Value[] = [];

  constructor(path: CompiledPath, root: Value, session: PathSession, missing: MissingRule) {
    this.path = path;
    this.root = root;
    this.session = session;
    this.missing = missing;
  }

  /** The value of a path in a filter or an argument, as from `evaluatePath`. */
  valueOf(path: CompiledPath, start: Value, root = this.root, missing = this.missing): Value {
    return evaluatePath(path, start, root, this.session, missing);
  }

  /** Everything that such a path leads to. */
  resultsOf(path: CompiledPath, start: Value): Value[] {
    return new PathEvaluation(path, start, this.session, this.missing).collect(start);
  }

  /** Everything that the path leads to. */
  collect(start: Value): Value[] {
    this.#evaluate(0, start);
    return this.#results;
  }

  /** Runs the token at `at` on `model`; after the last token, `model` is a result. */
  #evaluate(at: number, model: Value): void {
    this.session.run.step(1);
    const token = this.path.tokens[at];
    switch (token?.kind) {
      case undefined:
        this.#results.push(model);
        return;
      case 'property':
        this.#property(at, token.names, model);
        return;
      case 'wildcard':
        this.#wildcard(at, model);
        return;
      case 'index':
        for (const index of token.indexes) {
          const list = this.#usableList(at, model);
          if (list !== undefined) this.#element(at, index, list);
        }
        return;
      case 'slice': {
        const list = this.#usableList(at, model);
        if (list !== undefined) this.#slice(at, token.from, token.to, list);
        return;
      }
      case 'filter':
        this.#filter(at, model);
        return;
      case 'scan':
        this.#scan(at, model);
        return;
      case 'function': {
        const result = callPathFunction(token, model, this);
        this.#results.push(result);
        if (!this.#isLast(at)) this.#evaluate(at + 1, result);
      }
    }
  }

  #isLast(at: number): boolean {
    return at === this.path.tokens.length - 1;
  }

  #upstreamDefinite(at: number): boolean {
    return this.path.upstreamDefinite[at] ?? true;
  }

  #property(at: number, names: readonly string[], model: Value): void {
    if (!isMap(model)) {
      if (!this.#upstreamDefinite(at)) return;
      throw pathNotFound(`expected an object with ${names.join(', ')} in the path ${this.path.display}`);
    }
    if (names.length === 1 || !this.#isLast(at)) {
      for (const name of names) this.#member(at, name, model, names.length === 1);
      return;
    }
    const merged = new Map<Value, Value>();
    this.session.run.step(names.length);
    for (const name of names) {
      if (this.missing === 'required' && !model.entries.has(name)) throw this.#isMissing(name);
      merged.set(name, mapGet(model, name));
    }
    this.#results.push(newMap(merged));
  }

  #member(at: number, name: string, model: JavaMap, single: boolean): void {
    this.session.run.step(1);
    let value: Value = null;
    if (model.entries.has(name)) {
      value = mapGet(model, name);
    } else if (this.#isLast(at)) {
      // The test for existence fails here, anything else reads null.
      if (this.missing === 'required') throw this.#isMissing(name);
    } else {
      if (this.missing === 'required' || (single && this.#upstreamDefinite(at))) throw this.#isMissing(name);
      return;
    }
    if (!this.#isLast(at)) {
      this.#evaluate(at + 1, value);
      return;
    }
    const token = this.path.tokens[at];
    const scanIndex = token === undefined ? undefined : this.session.scanIndexes.get(token);
    if (scanIndex === undefined || this.path.fragmentBeforeTail === `[${scanIndex}]`) this.#results.push(value);
  }

  #isMissing(name: string): JsonPathError {
    return pathNotFound(`the property ${name} is missing in the path ${this.path.display}`);
  }

  #wildcard(at: number, model: Value): void {
    if (isMap(model)) {
      for (const key of mapKeys(model)) this.#member(at, key, model, true);
    } else if (isList(model)) {
      for (let index = 0; index < model.items.length; index++) {
        try {
          this.#element(at, index, model);
        } catch (error) {
          this.session.run.step(STEPS_OF_ERROR);
          const skipped = error instanceof JsonPathError && error.kind === 'path-not-found';
          if (!skipped || this.missing === 'required') throw error;
        }
      }
    }
  }

  #usableList(at: number, model: Value): JavaList | undefined {
    if (isList(model)) return model;
    if (!this.#upstreamDefinite(at)) return undefined;
    const token = this.path.tokens[at];
    const step = token === undefined ? '' : fragment(token);
    throw pathNotFound(`${step} needs a list in the path ${this.path.display}`);
  }

  /** An index beyond either end has no result; neither has a function after it that reads beyond a list. */
  #element(at: number, index: number, list: JavaList): void {
    this.session.run.step(1);
    const { items } = list;
    const item = items[index < 0 ? items.length + index : index];
    if (item === undefined) return;
    try {
      if (this.#isLast(at)) this.#results.push(item);
      else this.#evaluate(at + 1, item);
    } catch (error) {
      if (!(error instanceof JsonPathError) || error.kind !== 'out-of-bounds') throw error;
    }
  }

  /** A negative start counts from the end only while there is no end; `[-2:1]` runs through -2, -1 and 0. */
  #slice(at: number, from: number | null, to: number | null, list: JavaList): void {
    const { length } = list.items;
    let start = 0;
    let end = length;
    if (from !== null && to === null) start = Math.max(0, from < 0 ? length + from : from);
    else if (from === null && to !== null) end = Math.min(length, to < 0 ? length + to : to);
    else if (from !== null && to !== null) {
      end = Math.min(length, to);
      // Below -length there is nothing to find.
      start = Math.max(-length, from);
    }
    if (length === 0) return;
    for (let index = start; index < end; index++) this.#element(at, index, list);
  }

  #filter(at: number, model: Value): void {
    if (isMap(model)) {
      if (this.#accepts(at, model)) this.#evaluate(at + 1, model);
    } else if (isList(model)) {
      model.items.forEach((item, index) => {
        if (this.#accepts(at, item)) this.#element(at, index, model);
      });
    } else if (this.#upstreamDefinite(at)) {
      throw new JsonPathError('invalid-path', `a filter needs an object or a list in the path ${this.path.display}`);
    }
  }

  #accepts(at: number, item: Value): boolean {
    const token = this.path.tokens[at];
    if (token?.kind !== 'filter') return false;
    try {
      return filterMatches(token.filter, item, this);
    } catch (error) {
      if (isInvalidPath(error)) return false;
      throw error;
    }
  }

  /** Depth first, a map or a list before what is in it. */
  #scan(at: number, model: Value): void {
    this.session.run.step(1);
    const target = this.path.tokens[at + 1];
    if (target === undefined) throw pathFailed('a path must not end with ".."');
    if (isMap(model)) {
      if (this.#isTarget(at + 1, target, model)) this.#evaluate(at + 1, model);
      for (const key of mapKeys(model)) this.#scan(at, mapGet(model, key));
    } else if (isList(model)) {
      if (this.#isTarget(at + 1, target, model)) this.#scanList(at + 1, model);
      for (const item of model.items) this.#scan(at, item);
    }
  }

  /**
   * An oddity of the original: in a list, the step after the scan is not run; every element goes to the step after
   * it, and when that is the last one and a property, it counts only at the place that the index before it names.
   */
  #scanList(at: number, model: JavaList): void {
    if (this.#isLast(at)) {
      this.#evaluate(at, model);
      return;
    }
    const next = this.path.tokens[at + 1];
    model.items.forEach((item, index) => {
      if (next !== undefined) this.session.scanIndexes.set(next, index);
      this.#evaluate(at + 1, item);
    });
  }

  #isTarget(at: number, target: PathToken, model: Value): boolean {
    switch (target.kind) {
      case 'property':
        if (!isMap(model)) return false;
        if (target.names.length > 1 && !this.#isLast(at)) return true;
        return (
          (this.#isLast(at) && this.missing === 'leaf-null') || target.names.every((name) => model.entries.has(name))
        );
      case 'index':
      case 'slice':
        return isList(model);
      case 'wildcard':
        return true;
      case 'filter':
        return this.#accepts(at, model);
      case 'scan':
      case 'function':
        return false;
    }
  }
}
