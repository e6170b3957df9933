import { escapeJson, escapeXml, jsonPath, xpath } from '../functions/index.ts';
import { EvaluationFailure, JavaArray, JavaList, type Run, type Value } from '../value.ts';
import { suggestion } from './closest-name.ts';
import { convertArgument } from './convert-argument.ts';
import { typeName } from './type-name.ts';

const names = ['jsonPath', 'xpath', 'xmlEscape', 'jsonEscape'];

/** `#name(args)`. */
export function callFunction(name: string, args: readonly Value[], run: Run): Value {
  run.step();
  const [first = null, second = null, third = null] = args;
  switch (name) {
    case 'jsonPath':
      count(name, args, 2, Number.POSITIVE_INFINITY);
      return jsonPath(first, text(second, run), run);
    case 'xpath':
      count(name, args, 2, 3);
      return xpath(required(first, run), text(second, run), text(third, run) ?? undefined, run);
    case 'xmlEscape':
      count(name, args, 1, 1);
      return escaped(first, escapeXml, run);
    case 'jsonEscape':
      count(name, args, 1, 1);
      return escaped(first, escapeJson, run);
    default:
      throw new EvaluationFailure(`there is no function '#${name}'${suggestion(name, names)}`);
  }
}

function count(name: string, args: readonly Value[], least: number, most: number): void {
  if (args.length < least || args.length > most) {
    throw new EvaluationFailure(
      `#${name} takes ${least}${most > least ? ' or more' : ''} arguments, not ${args.length}`,
    );
  }
}

function required(value: Value, run: Run): string {
  const found = text(value, run);
  if (found === null) throw new EvaluationFailure('a text is expected, not null');
  return found;
}

/** A list is its elements joined by spaces; null stays null. */
function escaped(value: Value, escapeText: (text: string) => string, run: Run): string | null {
  if (value === null) return null;
  const items = value instanceof JavaList || value instanceof JavaArray ? value.items : [value];
  const joined = items.map((item) => text(item, run) ?? 'null').join(' ');
  run.step(1 + (joined.length >> 6));
  return escapeText(joined);
}

function text(value: Value, run: Run): string | null {
  const converted = convertArgument(value, 'java.lang.String', run);
  if (converted === undefined) throw new EvaluationFailure(`a text is expected, not ${typeName(value)}`);
  return converted.value as string | null;
}
