import type { BinaryOperator, Node } from '../parser/ast.ts';
import { EvaluationFailure, type Value } from '../value.ts';
import { areEqual, arithmetic, isBetween, matches, order } from './operators.ts';
import { atPlace } from './placed.ts';
import type { Evaluate, Scope } from './scope.ts';
import { toBoolean } from './truth.ts';
import { ClassValue, isInstance } from './value-type.ts';

type Apply = (left: Value, scope: Scope) => Value;

/** A condition: a value other than true or false is an error at `at`. */
export function truth(evaluate: Evaluate, at: number): (scope: Scope) => boolean {
  return (scope) => isTrue(evaluate(scope), at);
}

function isTrue(value: Value, at: number): boolean {
  if (typeof value === 'boolean') return value;
  try {
    return toBoolean(value);
  } catch (error) {
    throw atPlace(error, at);
  }
}

type Binary = Node & { kind: 'binary' };

/** The tree of `a + b + c` is as deep on the left as the sum is long, so its operators are applied in a loop. */
export function compileOperation(node: Binary, compileNode: (node: Node) => Evaluate): Evaluate {
  const spine: Binary[] = [];
  let first: Node = node;
  for (; first.kind === 'binary'; first = first.left) spine.push(first);
  const operators = spine.reverse().map(({ operator, left, right, at }) => {
    return { apply: binary(operator, compileNode(right), left.at, right.at), at };
  });
  const start = compileNode(first);
  return (scope) => {
    let at = operators[0]?.at ?? node.at;
    try {
      let value = start(scope);
      for (const operator of operators) {
        at = operator.at;
        value = operator.apply(value, scope);
      }
      return value;
    } catch (error) {
      throw atPlace(error, at);
    }
  };
}

function binary(operator: BinaryOperator, right: Evaluate, leftAt: number, rightAt: number): Apply {
  switch (operator) {
    case 'and': {
      const condition = truth(right, rightAt);
      return (left, scope) => isTrue(left, leftAt) && condition(scope);
    }
    case 'or': {
      const condition = truth(right, rightAt);
      return (left, scope) => isTrue(left, leftAt) || condition(scope);
    }
    case '==':
      return (left, scope) => areEqual(left, right(scope), scope.run);
    case '!=':
      return (left, scope) => !areEqual(left, right(scope), scope.run);
    case '<':
      return (left, scope) => order(left, right(scope), scope.run) < 0;
    case '<=':
      return (left, scope) => order(left, right(scope), scope.run) <= 0;
    case '>':
      return (left, scope) => order(left, right(scope), scope.run) > 0;
    case '>=':
      return (left, scope) => order(left, right(scope), scope.run) >= 0;
    case 'between':
      return (left, scope) => isBetween(left, right(scope), scope.run);
    case 'matches':
      return (left, scope) => matches(left, right(scope), scope.run);
    case 'instanceof':
      return (left, scope) => {
        const type = right(scope);
        if (!(type instanceof ClassValue)) throw new EvaluationFailure('instanceof needs T(...) on its right');
        return isInstance(left, type.type.name);
      };
    default:
      return (left, scope) => arithmetic(operator, left, right(scope), scope.run);
  }
}
