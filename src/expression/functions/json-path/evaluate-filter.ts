import type { Value } from '../../value.ts';
import type { PathEvaluation } from './evaluate-path.ts';
import type { FilterNode, FilterValue, Operand } from './filter-node.ts';
import { relationHolds } from './filter-relations.ts';
import { toFilterValue } from './filter-values.ts';
import { JsonPathError, STEPS_OF_ERROR } from './json-path-error.ts';
import type { CompiledPath } from './path-token.ts';

const UNDEFINED: FilterValue = { kind: 'undefined' };

/** Whether `item` fulfils a filter's condition. Throws errors that end or cancel the filter, see `JsonPathErrorKind`. */
export function filterMatches(filter: FilterNode, item: Value, evaluation: PathEvaluation): boolean {
  const { run } = evaluation.session;
  run.step(1);
  switch (filter.kind) {
    case 'or':
      return filter.operands.some((operand) => filterMatches(operand, item, evaluation));
    case 'and':
      return filter.operands.every((operand) => filterMatches(operand, item, evaluation));
    case 'not':
      return !filterMatches(filter.operand, item, evaluation);
    case 'exists':
      return exists(filter.path, item, evaluation) === filter.wanted;
    case 'relation': {
      const left = resolve(filter.left, item, evaluation);
      const right = resolve(filter.right, item, evaluation);
      return relationHolds(left, filter.relation, right, evaluation.session);
    }
  }
}

function exists(path: CompiledPath, item: Value, evaluation: PathEvaluation): boolean {
  try {
    evaluation.valueOf(path, item, evaluation.root, 'required');
    return true;
  } catch (error) {
    evaluation.session.run.step(STEPS_OF_ERROR);
    if (isNotFound(error)) return false;
    throw error;
  }
}

function resolve(operand: Operand, item: Value, evaluation: PathEvaluation): FilterValue {
  if (operand.kind !== 'path') return operand;
  try {
    return toFilterValue(read(operand.path, item, evaluation));
  } catch (error) {
    evaluation.session.run.step(STEPS_OF_ERROR);
    if (isNotFound(error)) return UNDEFINED;
    throw error;
  }
}

function read(path: CompiledPath, item: Value, evaluation: PathEvaluation): Value {
  const { root, rootPaths } = evaluation;
  if (path.root === '@') return evaluation.valueOf(path, item);
  const known = rootPaths.get(path);
  if (known !== undefined) return known;
  const value = evaluation.valueOf(path, root);
  rootPaths.set(path, value);
  return value;
}

const isNotFound = (error: unknown) => error instanceof JsonPathError && error.kind === 'path-not-found';
