import { bigDecimalToBigInt } from '../../java/big-decimal.ts';
import { includesText } from '../../java/text/text-search.ts';
import type { JavaList, Run } from '../../value.ts';
import { isList, isMap } from '../value-access.ts';
import type { PathSession } from './evaluate-path.ts';
import type { FilterValue, Relation } from './filter-node.ts';
import { equalContents, equalValues, jsonValue, patternInput, toElement } from './filter-values.ts';
import { invalidPath, pathFailed } from './json-path-error.ts';

/** Whether a relation holds. With an `invalid-path` error the filter does not match, whatever surrounds the relation. */
export function relationHolds(
  left: FilterValue,
  relation: Relation,
  right: FilterValue,
  session: PathSession,
): boolean {
  const { run } = session;
  switch (relation) {
    case '==':
      return isEqual(left, right, run);
    case '!=':
      return !isEqual(left, right, run);
    case '===':
      return left.kind === right.kind && isEqual(left, right, run);
    case '!==':
      return !(left.kind === right.kind && isEqual(left, right, run));
    case '<':
      return orders(left, right, run, (order) => order < 0);
    case '<=':
      return orders(left, right, run, (order) => order <= 0);
    case '>':
      return orders(left, right, run, (order) => order > 0);
    case '>=':
      return orders(left, right, run, (order) => order >= 0);
    case '=~':
      return matchesPattern(left, right, session);
    case 'IN':
      return isIn(left, right, session);
    case 'NIN':
      return !isIn(left, right, session);
    case 'CONTAINS':
      return contains(left, right, session);
    case 'SUBSETOF':
      return compareLists(left, right, session, (own, other) => own.every((item) => hasEqual(other, item, run)));
    case 'ANYOF':
      return compareLists(left, right, session, (own, other) => own.some((item) => hasEqual(other, item, run)));
    case 'NONEOF':
      return compareLists(left, right, session, (own, other) => !own.some((item) => hasEqual(other, item, run)));
    case 'SIZE':
      return hasSize(left, right);
    case 'EMPTY':
      return isEmpty(left, right);
    case 'EXISTS':
      if (left.kind !== 'boolean' && right.kind !== 'boolean') throw pathFailed('EXISTS compares booleans');
      return booleanOf(left) === booleanOf(right);
    case 'ALL':
    case 'TYPE':
    case 'MATCHES':
      // Their right sides (a list of values, a class, a program's predicate) cannot be written in a path.
      throw invalidPath(`${relation} cannot be used in the text of a path`);
  }
}

/** Between lists and maps, a literal on the right is parsed; on the left it is only text, which equals none. */
function isEqual(left: FilterValue, right: FilterValue, run: Run): boolean {
  if (left.kind !== 'json' || right.kind !== 'json') return equalValues(left, right, run);
  return left === right || (left.text === undefined && equalContents(jsonValue(left), jsonValue(right), run));
}

function orders(left: FilterValue, right: FilterValue, run: Run, test: (order: number) => boolean): boolean {
  if (left.kind === 'number' && right.kind === 'number') {
    run.step(left.cost + right.cost);
    return test(left.compareTo(right));
  }
  if (left.kind !== 'string' || right.kind !== 'string') return false;
  run.step(Math.min(left.text.length, right.text.length) >> 8);
  return test(left.text < right.text ? -1 : left.text > right.text ? 1 : 0);
}

function matchesPattern(left: FilterValue, right: FilterValue, session: PathSession): boolean {
  const { run } = session;
  if ((left.kind === 'pattern') === (right.kind === 'pattern')) return false;
  const [pattern, input] = left.kind === 'pattern' ? [left.pattern, right] : [patternOf(right), left];
  const list = input.kind === 'json' ? jsonValue(input) : undefined;
  const inputs = list !== undefined && isList(list) ? elements(list, session) : [input];
  return inputs.some((node) => {
    const text = patternInput(node);
    run.step(1 + text.length);
    return pattern.matches(text, run);
  });
}

function patternOf(node: FilterValue) {
  if (node.kind !== 'pattern') throw invalidPath('expected a pattern');
  return node.pattern;
}

/** The elements of a list; undefined for anything else that is JSON. */
function listOf(node: FilterValue, session: PathSession): readonly FilterValue[] | undefined {
  if (node.kind !== 'json') throw invalidPath('expected a list');
  const value = jsonValue(node);
  return isList(value) ? elements(value, session) : undefined;
}

function elements(list: JavaList, { run, elements: made }: PathSession): readonly FilterValue[] {
  const known = made.get(list);
  if (known !== undefined) return known;
  run.step(list.items.length);
  const values = list.items.map((item) => toElement(item, run));
  made.set(list, values);
  return values;
}

function hasEqual(list: readonly FilterValue[], node: FilterValue, run: Run): boolean {
  run.step(list.length);
  return list.some((item) => equalValues(node, item, run));
}

function isIn(left: FilterValue, right: FilterValue, session: PathSession): boolean {
  const list = listOf(right, session);
  return list !== undefined && hasEqual(list, left, session.run);
}

function contains(left: FilterValue, right: FilterValue, session: PathSession): boolean {
  const { run } = session;
  if (left.kind === 'string' && right.kind === 'string') {
    run.step((left.text.length + right.text.length) >> 7);
    return includesText(left.text, right.text);
  }
  if (left.kind !== 'json') return false;
  const list = listOf(left, session);
  return list !== undefined && hasEqual(list, right, run);
}

function compareLists(
  left: FilterValue,
  right: FilterValue,
  session: PathSession,
  test: (own: readonly FilterValue[], other: readonly FilterValue[]) => boolean,
): boolean {
  const other = listOf(right, session);
  if (other === undefined) return false;
  const own = listOf(left, session);
  return own !== undefined && test(own, other);
}

function hasSize(left: FilterValue, right: FilterValue): boolean {
  if (right.kind !== 'number') return false;
  const size = Number(BigInt.asIntN(32, bigDecimalToBigInt(right.value)));
  if (left.kind === 'string') return left.text.length === size;
  if (left.kind !== 'json') return false;
  const value = jsonValue(left);
  return (isList(value) ? value.items.length : -1) === size;
}

function isEmpty(left: FilterValue, right: FilterValue): boolean {
  if (left.kind === 'string') return (left.text === '') === booleanOf(right);
  if (left.kind !== 'json') return false;
  const value = jsonValue(left);
  // The original takes a map for a collection and fails.
  if (isMap(value)) throw pathFailed('EMPTY does not apply to a map');
  return (!isList(value) || value.items.length === 0) === booleanOf(right);
}

function booleanOf(node: FilterValue): boolean {
  if (node.kind !== 'boolean') throw invalidPath('expected true or false');
  return node.value;
}
