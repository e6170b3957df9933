import { javaText } from '../../java/object.ts';
import { JavaDouble, newList, type Value } from '../../value.ts';
import { JsonTextError } from '../json-text/json-text-error.ts';
import { parseJson } from '../json-text/lenient-parser.ts';
import { isList, isMap, mapKeys, numberValue } from '../value-access.ts';
import type { PathEvaluation } from './evaluate-path.ts';
import { invalidPath, JsonPathError, pathFailed, pathNotFound } from './json-path-error.ts';
import type { CompiledPath, Parameter, PathToken } from './path-token.ts';

type FunctionToken = PathToken & { kind: 'function' };

/** Applies the function of a path (`length()`, `sum()` …) to the path's result. */
export function callPathFunction(token: FunctionToken, model: Value, evaluation: PathEvaluation): Value {
  const call = FUNCTIONS.get(token.name);
  if (call === undefined) {
    throw invalidPath(`there is no path function ${token.name}(); known are ${[...FUNCTIONS.keys()].join(', ')}`);
  }
  // Paths are evaluated, whether the function uses them or not; JSON is parsed when it is used.
  const paths = new Map<Parameter, Value>();
  for (const parameter of token.parameters ?? []) {
    if (parameter.kind === 'path') paths.set(parameter, evaluation.valueOf(parameter.path, evaluation.root));
  }
  const read = (parameter: Parameter): Value =>
    parameter.kind === 'json' ? parseArgument(parameter.text, evaluation) : (paths.get(parameter) ?? null);
  return call({ model, token, evaluation, parameters: () => (token.parameters ?? []).map(read) });
}

interface Call {
  readonly model: Value;
  readonly token: FunctionToken;
  readonly evaluation: PathEvaluation;
  readonly parameters: () => readonly Value[];
}

const FUNCTIONS: ReadonlyMap<string, (call: Call) => Value> = new Map<string, (call: Call) => Value>([
  ['length', length],
  ['size', length],
  ['sum', (call) => new JavaDouble(sum(numbers(call)))],
  ['avg', (call) => new JavaDouble(average(numbers(call)))],
  // They start from Java's largest and its smallest positive double: the maximum of negative numbers is 4.9E-324.
  ['min', (call) => new JavaDouble(numbers(call).reduce((a, b) => (a > b ? b : a), Number.MAX_VALUE))],
  ['max', (call) => new JavaDouble(numbers(call).reduce((a, b) => (a < b ? b : a), Number.MIN_VALUE))],
  ['stddev', (call) => new JavaDouble(standardDeviation(numbers(call)))],
  ['concat', concatenate],
  ['keys', ({ model }) => (isMap(model) ? newList(mapKeys(model), 'set') : null)],
  ['append', append],
  ['first', (call) => at(call, () => 0)],
  ['last', (call) => at(call, () => -1)],
  ['index', (call) => at(call, () => firstNumber(call))],
]);

export const PATH_FUNCTIONS: readonly string[] = [...FUNCTIONS.keys()];

function parseArgument(text: string, { session }: PathEvaluation): Value {
  session.run.step(1 + (text.length >> 4));
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonTextError) throw pathFailed(`an argument is not JSON: ${error.message}`);
    throw error;
  }
}

const spread = (value: Value): readonly Value[] => (isList(value) ? value.items : [value]);

/** Numbers of the list that the path has reached, then those of the arguments; at least one. */
function numbers({ model, parameters, evaluation }: Call): number[] {
  const all = [...(isList(model) ? model.items : []), ...parameters().flatMap(spread)];
  evaluation.session.run.step(all.length);
  const found = all.map(numberValue).filter((value) => value !== undefined);
  if (found.length === 0) throw pathFailed('a function found no numbers to work on');
  return found;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

const average = (values: readonly number[]) => sum(values) / values.length;

function standardDeviation(values: readonly number[]): number {
  const count = values.length;
  const total = sum(values);
  return Math.sqrt(sum(values.map((value) => value * value)) / count - (total * total) / count / count);
}

function concatenate({ model, parameters, evaluation }: Call): Value {
  const { run } = evaluation.session;
  let result = '';
  const add = (text: string) => {
    run.step(1 + text.length);
    result += text;
  };
  if (isList(model)) for (const item of model.items) if (typeof item === 'string') add(item);
  for (const item of parameters().flatMap(spread)) if (item !== null) add(javaText(item));
  return result;
}

/** The original changes the document; here the result is a new list. */
function append({ model, parameters, evaluation }: Call): Value {
  if (!isList(model)) return model;
  const items = [...model.items, ...parameters()];
  evaluation.session.run.step(items.length);
  return newList(items, model.kind);
}

function at({ model }: Call, index: () => number): Value {
  if (!isList(model)) throw pathFailed('a function found no list to work on');
  const { items } = model;
  const wanted = index();
  // From the end, the first element cannot be reached: last() of a list of one fails.
  if (wanted < 0 && items.length + wanted <= 0) {
    throw pathFailed(`the index ${wanted} is beyond the ${items.length} elements of the list`);
  }
  const item = items[wanted < 0 ? items.length + wanted : wanted];
  if (item === undefined) {
    throw new JsonPathError('out-of-bounds', `the index ${wanted} is beyond the ${items.length} elements of the list`);
  }
  return item;
}

function firstNumber({ parameters }: Call): number {
  const found = parameters()
    .flatMap(spread)
    .map(numberValue)
    .find((value) => value !== undefined);
  if (found === undefined) throw new JsonPathError('out-of-bounds', 'index() needs a number');
  return Math.trunc(found);
}

/** The elements of a list or map, of what the path reached, or, with a path as argument, of everything below that. */
function length({ model, token, evaluation }: Call): Value {
  const parameter = token.parameters?.[0];
  if (parameter !== undefined) {
    if (parameter.kind === 'json') throw pathFailed('length() and size() take a path');
    const below = valuesBelow(parameter.path, model, evaluation);
    if (isList(below)) return below.items.length;
  }
  if (isList(model)) return model.items.length;
  return isMap(model) ? model.entries.size : null;
}

/** As in the original: the path continues with `[*]`, but a definite path gives the last result of that. */
function valuesBelow(path: CompiledPath, model: Value, evaluation: PathEvaluation): Value {
  if (path.isFunction || path.tokens.length === 0) return evaluation.valueOf(path, model, model);
  const longer: CompiledPath = {
    ...path,
    tokens: [...path.tokens, { kind: 'wildcard' }],
    upstreamDefinite: [...path.upstreamDefinite, true],
  };
  const results = evaluation.resultsOf(longer, model);
  if (!path.definite) return newList(results, 'json');
  const last = results.at(-1);
  if (last === undefined) throw pathNotFound(`no results for the path ${path.display}`);
  return last;
}
