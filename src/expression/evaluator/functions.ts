import { jsonEscape, jsonPath, lookupMap, xmlEscape, xpath } from '../functions/index.ts';
import { EvaluationFailure, type Run, type Value } from '../value.ts';
import { AttributesValue } from './beans.ts';
import { suggestion } from './closest-name.ts';
import { convertArgument } from './convert-argument.ts';
import { HeadersValue } from './headers-value.ts';
import { asMap } from './maps.ts';
import { typeName } from './type-name.ts';

const names = ['jsonPath', 'xpath', 'xmlEscape', 'jsonEscape'];

/** `#name(args)`. */
export function callFunction(name: string, args: readonly Value[], run: Run): Value {
  run.step();
  const [first = null, second = null, third = null] = args;
  switch (name) {
    case 'jsonPath':
      count(name, args, 2, Number.POSITIVE_INFINITY);
      return jsonPath(searchable(first), text(second, run), run);
    case 'xpath':
      count(name, args, 2, 3);
      return xpath(first, text(second, run), text(third, run), run);
    case 'xmlEscape':
      count(name, args, 1, 1);
      return xmlEscape(first, run);
    case 'jsonEscape':
      count(name, args, 1, 1);
      return jsonEscape(first, run);
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

/** Attributes and headers find names in ways of their own, which a path keeps to. */
function searchable(value: Value): Value {
  if (value instanceof HeadersValue) {
    return lookupMap({
      names: () => value.scope.names(),
      has: (name) => value.has(name),
      get: (name) => value.all(name),
    });
  }
  if (value instanceof AttributesValue) {
    const names = () => [...value.attributes.keys()];
    return lookupMap({ names, has: (name) => value.has(name), get: (name) => value.get(name) });
  }
  return asMap(value) ?? value;
}

function text(value: Value, run: Run): string | null {
  const converted = convertArgument(value, 'java.lang.String', run);
  if (converted === undefined) throw new EvaluationFailure(`a text is expected, not ${typeName(value)}`);
  return converted.value as string | null;
}
