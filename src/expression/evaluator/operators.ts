import { compileRegex, JavaException, javaCompare, javaEquals } from '../java/index.ts';
import { EvaluationFailure, JavaArray, JavaList, type Run, type Value } from '../value.ts';
import { costOfNewText, pay } from './cost.ts';
import { hasText } from './has-text.ts';
import { calculate, compareNumbers, isNumber, type JavaNumber, power } from './numbers.ts';
import { concatenated, toText } from './to-text.ts';
import { typeName } from './type-name.ts';

/** Limits of the original, which keep a text from growing without end. */
const MAX_CONCATENATED = 100_000;
const MAX_REPEATED = 256;
const MAX_REGEX = 1000;

type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^';

export function arithmetic(operator: Arithmetic, left: Value, right: Value, run: Run): Value {
  if (isNumber(left) && isNumber(right)) {
    if (typeof left === 'object') pay(left, run);
    if (typeof right === 'object') pay(right, run);
    const result = operator === '^' ? power(left, right) : calculate(operator, left, right);
    if (typeof result === 'object') pay(result, run);
    return result;
  }
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string')) return concatenate(left, right, run);
  if (operator === '*' && typeof left === 'string' && typeof right === 'number') return repeat(left, right);
  if (operator === '-' && typeof left === 'string' && left.length === 1 && typeof right === 'number') {
    return String.fromCharCode(left.charCodeAt(0) - right);
  }
  throw new EvaluationFailure(`${typeName(left)} ${operator} ${typeName(right)} is not defined`);
}

function concatenate(left: Value, right: Value, run: Run): string {
  const a = typeof left === 'string' ? left : textOf(left, run);
  const b = typeof right === 'string' ? right : textOf(right, run);
  if (a.length + b.length > MAX_CONCATENATED) {
    throw new EvaluationFailure(`a text longer than ${MAX_CONCATENATED} characters`);
  }
  run.step(costOfNewText(a.length + b.length));
  return a + b;
}

function textOf(value: Value, run: Run): string {
  pay(value, run);
  return concatenated(value, run);
}

function repeat(text: string, count: number): string {
  if (count < 0 || text.length * count > MAX_REPEATED) {
    throw new EvaluationFailure(
      `a repeated text has at most ${MAX_REPEATED} characters and a count that is not negative`,
    );
  }
  return text.repeat(count);
}

function compareNumbersPaid(left: JavaNumber, right: JavaNumber, run: Run): number {
  if (typeof left === 'object') pay(left, run);
  if (typeof right === 'object') pay(right, run);
  return compareNumbers(left, right);
}

/** `==`: numbers by value across types, arrays by elements, else equals. */
export function areEqual(left: Value, right: Value, run: Run): boolean {
  if (isNumber(left) && isNumber(right)) return compareNumbersPaid(left, right, run) === 0;
  if (left === right) return true;
  if (typeof left !== typeof right) return false;
  pay(left, run);
  if (left instanceof JavaArray && right instanceof JavaArray) {
    const same = left.component === right.component && left.items.length === right.items.length;
    return same && left.items.every((item, i) => javaEquals(item, right.items[i], run));
  }
  return javaEquals(left, right, run);
}

/** NaN for values without an order, such as NaN: every relation is false then. */
export function order(left: Value, right: Value, run: Run): number {
  if (left === null) return right === null ? 0 : -1;
  if (right === null) return 1;
  if (isNumber(left) && isNumber(right)) return compareNumbersPaid(left, right, run);
  pay(left, run);
  try {
    return javaCompare(left, right);
  } catch (error) {
    if (!(error instanceof JavaException)) throw error;
    throw new EvaluationFailure(`${typeName(left)} and ${typeName(right)} cannot be compared`);
  }
}

export function isBetween(value: Value, bounds: Value, run: Run): boolean {
  if (!(bounds instanceof JavaList) || bounds.items.length !== 2) {
    throw new EvaluationFailure('between needs a list of two: {low, high}');
  }
  const [low = null, high = null] = bounds.items;
  return order(value, low, run) >= 0 && order(value, high, run) <= 0;
}

/** The whole text must match, in linear time. */
export function matches(value: Value, pattern: Value, run: Run): boolean {
  if (value === null || !(hasText(value) || value instanceof JavaList)) {
    throw new EvaluationFailure(`matches needs a text on its left, not ${typeName(value)}`);
  }
  if (typeof pattern !== 'string') {
    throw new EvaluationFailure(`matches needs a regular expression on its right, not ${typeName(pattern)}`);
  }
  if (pattern.length > MAX_REGEX)
    throw new EvaluationFailure(`a regular expression has at most ${MAX_REGEX} characters`);
  const text = toText(value, run) ?? '';
  run.step();
  return compileRegex(pattern).matches(text, run);
}
