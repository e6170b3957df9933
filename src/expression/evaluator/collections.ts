import { hashOrder, JavaEntry } from '../java/index.ts';
import { EvaluationFailure, JavaArray, JavaList, JavaMap, type Value } from '../value.ts';
import { type Evaluate, type Scope, withElement } from './scope.ts';
import { typeName } from './type-name.ts';

type Which = 'all' | 'first' | 'last';

/** `.?[c]`, `.^[c]`, `.$[c]` on lists, sets, arrays and maps (whose elements are entries). */
export function select(target: Value, which: Which, condition: Evaluate, scope: Scope): Value {
  const kept = choose(elementsOf(target, scope), which, (element) => isChosen(element, condition, scope));
  if (target instanceof JavaMap) {
    if (which !== 'all' && kept.length === 0) return null;
    const entries = kept.map((entry) => [(entry as JavaEntry).key, (entry as JavaEntry).value] as const);
    // The original collects them in a HashMap.
    return new JavaMap(new Map(hashOrder(entries, ([key]) => key)));
  }
  if (which !== 'all') return kept[0] ?? null;
  return target instanceof JavaArray ? new JavaArray(target.component, kept) : new JavaList(kept);
}

/** The first match ends the search; the last match needs all elements. */
function choose(elements: readonly Value[], which: Which, isWanted: (element: Value) => boolean): readonly Value[] {
  if (which === 'first') {
    const at = elements.findIndex(isWanted);
    return at === -1 ? [] : [elements[at]];
  }
  const chosen = elements.filter(isWanted);
  return which === 'all' ? chosen : chosen.slice(-1);
}

/** `.![e]`: a list of what the expression gives for each element. */
export function project(target: Value, value: Evaluate, scope: Scope): Value {
  const items = elementsOf(target, scope).map((element) => {
    scope.run.step();
    return value(withElement(scope, element));
  });
  return target instanceof JavaArray ? new JavaArray(componentOf(items), items) : new JavaList(items);
}

function isChosen(element: Value, condition: Evaluate, scope: Scope): boolean {
  scope.run.step();
  const result = condition(withElement(scope, element));
  if (typeof result !== 'boolean')
    throw new EvaluationFailure(`a selection needs true or false, not ${typeName(result)}`);
  return result;
}

function elementsOf(target: Value, { run }: Scope): readonly Value[] {
  if (target instanceof JavaMap) {
    run.step(target.entries.size);
    return Array.from(target.entries, ([key, value]) => new JavaEntry(key, value));
  }
  if (target instanceof JavaList || target instanceof JavaArray) return target.items;
  throw new EvaluationFailure(`only lists, arrays and maps have elements, not ${typeName(target)}`);
}

function componentOf(items: readonly Value[]): string {
  return items.every((item) => typeof item === 'string') ? 'java.lang.String' : 'java.lang.Object';
}
