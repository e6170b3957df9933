import { TYPES_BY_NAME } from '../java/index.ts';
import type { Node, Step } from '../parser/ast.ts';
import { EvaluationFailure, JavaList, JavaMap, type Run, type Value } from '../value.ts';
import { rootVariable } from './beans.ts';
import { didYouMean } from './closest-name.ts';
import { project, select } from './collections.ts';
import { compileOperation, truth } from './compile-operation.ts';
import { convertArgument } from './convert-argument.ts';
import { callFunction, FunctionValue, hidesVariable } from './functions.ts';
import { compileHeaderPath } from './header-path.ts';
import { callMethod, readIndex, readProperty } from './members.ts';
import { constructBest } from './method-call.ts';
import { bareName, noElements, nullMessage } from './null-target.ts';
import { isNumber, negate } from './numbers.ts';
import { atPlace, placed } from './placed.ts';
import { type Evaluate, fail, type Scope, withSelf } from './scope.ts';
import { typeName } from './type-name.ts';
import { findType, newArray } from './types.ts';

/**
 * The documented sample `#jsonPath(#lambdaResponse.content, '$')` if the function's result is null: the original fails,
 * so the text `null` from any other place fails here too.
 */
function isNullResult(name: string, [text, path, more]: readonly Value[], { context }: Scope): boolean {
  if (name !== 'jsonPath' || path !== '$' || more !== undefined || typeof text !== 'string') return false;
  return text.length < MAX_NULL_TEXT && text.trim() === 'null' && context.lambdaResponse?.content === text;
}

/** `null` and blanks around it. */
const MAX_NULL_TEXT = 64;

/** Compiles a tree to a closure: everything that the template determines is looked up once. */
export function compileNode(node: Node): Evaluate {
  switch (node.kind) {
    case 'literal': {
      const { value } = node;
      return () => value;
    }
    case 'variable':
      return variable(node.name);
    case 'function': {
      const args = node.args.map(compileNode);
      return placed(node.at, (scope) => {
        const values = evaluateAll(args, scope);
        return isNullResult(node.name, values, scope) ? null : callFunction(node.name, values, scope.run);
      });
    }
    case 'root-property':
      return placed(node.at, (scope) => {
        if (scope.self === null) throw new EvaluationFailure(bareName(node.name));
        return readProperty(scope.self, node.name, scope.run);
      });
    case 'root-method': {
      const args = node.args.map(compileNode);
      return placed(node.at, (scope) => {
        if (scope.self === null) throw new EvaluationFailure(bareName(node.name));
        return callMethod(scope.self, node.name, evaluateAll(args, withSelf(scope, scope.element)), scope.run);
      });
    }
    case 'type':
      return placed(node.at, () => findType(node.name, node.dimensions));
    case 'new':
      return construct(node);
    case 'new-array':
      return constructArray(node);
    case 'chain':
      return chain(node.start, node.steps);
    case 'binary':
      return compileOperation(node, compileNode);
    case 'unary':
      return unary(node.operator, compileNode(node.operand), node.at);
    case 'ternary': {
      const condition = truth(compileNode(node.condition), node.condition.at);
      const yes = compileNode(node.yes);
      const no = compileNode(node.no);
      return (scope) => (condition(scope) ? yes(scope) : no(scope));
    }
    case 'elvis': {
      const value = compileNode(node.value);
      const otherwise = compileNode(node.otherwise);
      return (scope) => {
        const found = value(scope);
        return found === null || found === '' ? otherwise(scope) : found;
      };
    }
    case 'list': {
      const items = node.items.map(compileNode);
      return (scope) => {
        scope.run.step(items.length);
        return new JavaList(evaluateAll(items, scope));
      };
    }
    case 'map':
      return map(node.entries);
  }
}

function evaluateAll(nodes: readonly Evaluate[], scope: Scope): Value[] {
  return nodes.map((node) => node(scope));
}

function variable(name: string): Evaluate {
  if (name === 'this') return (scope) => scope.self;
  if (name === 'root') return () => null;
  if (hidesVariable(name)) {
    const value = new FunctionValue(name);
    return () => value;
  }
  return rootVariable(name);
}

function construct(node: Node & { kind: 'new' }): Evaluate {
  const args = node.args.map(compileNode);
  return placed(node.at, (scope) => {
    const type = TYPES_BY_NAME.get(node.name);
    if (type === undefined || type.constructors.length === 0) {
      throw new EvaluationFailure(
        `there is no type '${node.name}' that could be constructed${didYouMean(node.name, TYPES_BY_NAME.keys())}`,
      );
    }
    return constructBest(type.constructors, evaluateAll(args, scope), `'new ${node.name}'`, scope.run);
  });
}

function constructArray(node: Node & { kind: 'new-array' }): Evaluate {
  const sizes = node.sizes.map(compileNode);
  const items = node.items.map(compileNode);
  return placed(node.at, (scope) => {
    const counts = sizes.map((size) => toIndex(size(scope), scope.run));
    return newArray(node.name, counts.length === 0 ? [items.length] : counts, evaluateAll(items, scope), scope.run);
  });
}

function map(entries: readonly (readonly [Node, Node])[]): Evaluate {
  const compiled = entries.map(([key, value]) => {
    // A bare word is the key itself.
    const name = key.kind === 'root-property' ? key.name : undefined;
    return [name === undefined ? compileNode(key) : () => name, compileNode(value)] as const;
  });
  return (scope) => {
    scope.run.step(compiled.length);
    return new JavaMap(new Map(compiled.map(([key, value]) => [key(scope), value(scope)])));
  };
}

function chain(start: Node, steps: readonly Step[]): Evaluate {
  const fast = compileHeaderPath(start, steps);
  if (fast !== undefined) return fast;
  const target = compileNode(start);
  const links = steps.map((step, i) => link(step, steps[i - 1] ?? start));
  // A loop instead of nested closures: thousands of steps would exceed the stack.
  return (scope) => {
    let value = target(scope);
    for (const { apply, skipsNull, at } of links) {
      if (skipsNull && value === null) continue;
      try {
        value = apply(value, scope);
      } catch (error) {
        throw atPlace(error, at);
      }
    }
    return value;
  };
}

interface Link {
  readonly apply: Apply;
  /** `?.` guards its own step only. */
  readonly skipsNull: boolean;
  readonly at: number;
}

function link(step: Step, before: Node | Step): Link {
  return { apply: compileStep(step, before), skipsNull: step.safe && step.kind !== 'method', at: step.at };
}

type Apply = (target: Value, scope: Scope) => Value;

function compileStep(step: Step, before: Node | Step): Apply {
  switch (step.kind) {
    case 'property':
      return (target, scope) => {
        if (target === null) throw new EvaluationFailure(`'${step.name}' cannot be read: ${nullMessage(before)}`);
        return readProperty(target, step.name, scope.run);
      };
    case 'method': {
      const args = step.args.map(compileNode);
      return (target, scope) => {
        const values = args.length === 0 ? [] : evaluateAll(args, withSelf(scope, scope.element));
        // Arguments cost steps even if the call does not take place.
        if (target !== null) return callMethod(target, step.name, values, scope.run);
        if (step.safe) return null;
        throw new EvaluationFailure(`'${step.name}' cannot be called: ${nullMessage(before)}`);
      };
    }
    case 'index':
      return index(step.index, before);
    case 'replace': {
      const value = compileNode(step.value);
      return (target, scope) => value(withSelf(scope, target));
    }
    case 'select': {
      const condition = compileNode(step.condition);
      return (target, scope) => select(target, step.which, condition, scope);
    }
    case 'project': {
      const value = compileNode(step.value);
      return (target, scope) => project(target, value, scope);
    }
  }
}

function index(node: Node, before: Node | Step): Apply {
  const evaluate = compileNode(node);
  // For a map a bare word is the key itself.
  const word = node.kind === 'root-property' ? node.name : undefined;
  return (target, scope) => {
    if (target === null) throw new EvaluationFailure(noElements(nullMessage(before)));
    const isMap = target instanceof JavaMap;
    const key = word !== undefined && isMap ? word : evaluate(withSelf(scope, null));
    if (key === null) throw new EvaluationFailure('the index is null');
    const { run } = scope;
    const conversion = { toIndex: (value: Value) => toIndex(value, run), toName: (value: Value) => toName(value, run) };
    return readIndex(target, key, conversion, run);
  };
}

function toIndex(value: Value, run: Run): number {
  const converted = convertArgument(value, 'int', run);
  if (converted === undefined) throw new EvaluationFailure(`an index is a whole number, not ${typeName(value)}`);
  return converted.value as number;
}

/** Keys of maps that a getter typed become strings. */
function toName(value: Value, run: Run): string {
  const converted = convertArgument(value, 'java.lang.String', run);
  if (converted === undefined) throw new EvaluationFailure(`a name is a string, not ${typeName(value)}`);
  return converted.value as string;
}

function unary(operator: '!' | '-' | '+', operand: Evaluate, at: number): Evaluate {
  if (operator === '!') {
    const value = truth(operand, at);
    return (scope) => !value(scope);
  }
  return (scope) => {
    const value = operand(scope);
    if (!isNumber(value)) return fail(`${operator} needs a number, not ${typeName(value)}`, at);
    return operator === '-' ? negate(value) : value;
  };
}
