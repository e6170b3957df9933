import { jsonEscape, jsonPath, xmlEscape, xpath } from '../functions/index.ts';
import { EvaluationFailure, JavaArray, JavaList, type Run, type Value } from '../value.ts';
import { didYouMean } from './closest-name.ts';
import { convertArgument, isPrimitive } from './convert-argument.ts';
import { pay } from './cost.ts';
import { writeJson } from './json-writer.ts';
import { typeName } from './type-name.ts';

export const FUNCTION_NAMES: readonly string[] = ['jsonPath', 'xpath', 'xmlEscape', 'jsonEscape', 'json'];

export const isFunction = (name: string): boolean => FUNCTION_NAMES.includes(name);

/** Whether the name hides a variable of the same name. `#json` does not: it is this project's own, and contexts may have such data. */
export const hidesVariable = (name: string): boolean => isFunction(name) && name !== 'json';

/** A function that is named but not called: it is not null, and has no other use. */
export class FunctionValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** `#name(args)`. */
export function callFunction(name: string, args: readonly Value[], run: Run): Value {
  run.step();
  const [first = null, second = null, third = null] = args;
  switch (name) {
    case 'jsonPath':
      count(name, args, 2, Number.POSITIVE_INFINITY);
      noPredicates(args.slice(2));
      return jsonPath(first, text(second, run), run);
    case 'xpath':
      count(name, args, 2, 3);
      if (args.length === 3 && third === null) throw new EvaluationFailure('the kind of result of #xpath is null');
      return xpath(first, text(second, run), text(third, run), run);
    case 'xmlEscape':
      count(name, args, 1, 1);
      pay(first, run);
      return xmlEscape(notPrimitives(first), run);
    case 'jsonEscape':
      count(name, args, 1, 1);
      pay(first, run);
      return jsonEscape(notPrimitives(first), run);
    case 'json':
      count(name, args, 1, 1);
      return writeJson(first, run);
    default:
      throw new EvaluationFailure(`there is no function '#${name}'${didYouMean(name, FUNCTION_NAMES)}`);
  }
}

/** Arrays of texts and objects are escaped by element; arrays of numbers and characters are not. */
function notPrimitives(value: Value): Value {
  if (!(value instanceof JavaArray) || !isPrimitive(value.component)) return value;
  throw new EvaluationFailure(`${typeName(value)} of ${value.component} cannot be escaped`);
}

/** Further arguments would be predicates, which nothing in the language can make. */
function noPredicates(values: readonly Value[]): void {
  const [only] = values;
  if (values.length === 1 && only instanceof JavaList && only.items.length === 0) return;
  if (values.some((value) => value !== null))
    throw new EvaluationFailure('#jsonPath takes a text or object and a path');
}

function count(name: string, args: readonly Value[], least: number, most: number): void {
  if (args.length < least || args.length > most) {
    throw new EvaluationFailure(
      `#${name} takes ${least}${most > least ? ' or more' : ''} arguments, not ${args.length}`,
    );
  }
}

function text(value: Value, run: Run): string | null {
  const converted = convertArgument(value, 'java.lang.String', run);
  if (converted === undefined) throw new EvaluationFailure(`a text is expected, not ${typeName(value)}`);
  return converted.value as string | null;
}
