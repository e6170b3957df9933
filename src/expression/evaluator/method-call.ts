import { isSubtype, type JavaType, OBJECT, type Signature, TYPES_BY_NAME } from '../java/index.ts';
import { EvaluationFailure, JavaArray, JavaList, type Run, type Value } from '../value.ts';
import { convertArgument, isAssignable, isPrimitive } from './convert-argument.ts';
import { payForCall, payForResult } from './cost.ts';
import { RunEnvironment } from './java-environment.ts';
import { isInterface, valueType } from './value-type.ts';

/** How well arguments match parameters, without reading the values: Spring's names. */
type Fit = 'exact' | 'close' | 'conversion';

/**
 * Chooses among methods of a name as Spring does: the first exact match; otherwise the nearest of those whose arguments are
 * assignable; otherwise the only one whose arguments can be converted. Several of those are an error.
 */
export function callBest(
  signatures: readonly Signature[],
  target: Value,
  args: readonly Value[],
  what: string,
  run: Run,
): Value {
  const [only] = signatures;
  const chosen = signatures.length === 1 && only && !only.varargs ? only : chooseMethod(signatures, args, what, run);
  return call(chosen, target, args, what, run);
}

/** Among constructors the last match counts, and several conversions are not an error. */
export function constructBest(signatures: readonly Signature[], args: readonly Value[], what: string, run: Run): Value {
  let close: Signature | undefined;
  let converting: Signature | undefined;
  for (const signature of [...signatures].sort(byParameters)) {
    const fit = fitOf(signature, args, run);
    if (fit === 'exact') return call(signature, null, args, what, run);
    if (fit === 'close') close = signature;
    if (fit === 'conversion') converting = signature;
  }
  const chosen = close ?? converting;
  if (chosen === undefined) throw noMethod(what, args.length);
  return call(chosen, null, args, what, run);
}

function call(chosen: Signature, target: Value, args: readonly Value[], what: string, run: Run): Value {
  payForCall(chosen.name, target, args, run);
  if (chosen.parameters.length !== args.length && !chosen.varargs) throw noMethod(what, args.length);
  const converted = (chosen.varargs ? gather(chosen, args, run) : args).map((value, i) => {
    const result = convertArgument(value, chosen.parameters[i] ?? 'java.lang.Object', run);
    if (result === undefined) throw noMethod(what, args.length);
    return result.value;
  });
  try {
    const result = chosen.invoke(target, converted, new RunEnvironment(run)) ?? null;
    if (typeof result === 'object' || typeof result === 'string') payForResult(chosen.name, result, run);
    return result;
  } catch (error) {
    // Java's NullPointerException, from a method whose table does not check each argument.
    if (error instanceof TypeError && converted.includes(null)) throw new EvaluationFailure(`${what} received null`);
    throw error;
  }
}

const byParameters = (a: Signature, b: Signature) => a.parameters.length - b.parameters.length;

function chooseMethod(signatures: readonly Signature[], args: readonly Value[], what: string, run: Run): Signature {
  const ordered = [...signatures].sort((a, b) => byParameters(a, b) || Number(a.varargs) - Number(b.varargs));
  let close: { readonly signature: Signature; readonly weight: number } | undefined;
  let conversions = 0;
  let converting: Signature | undefined;
  for (const signature of ordered) {
    const fit = fitOf(signature, args, run);
    if (fit === 'exact') return signature;
    if (fit === 'close') {
      const weight = weightOf(signature, args);
      if (close === undefined || weight < close.weight) close = { signature, weight };
    } else if (fit === 'conversion') {
      conversions++;
      converting = signature;
    }
  }
  if (close !== undefined) return close.signature;
  if (conversions > 1) throw new EvaluationFailure(`several methods ${what} match these arguments by conversion`);
  if (converting === undefined) throw noMethod(what, args.length);
  return converting;
}

/** Undefined if the arguments do not match. */
function fitOf(signature: Signature, args: readonly Value[], run: Run): Fit | undefined {
  const { parameters, varargs } = signature;
  const fixed = varargs ? parameters.length - 1 : parameters.length;
  if (varargs ? args.length < fixed : args.length !== fixed) return undefined;
  let fit: Fit = 'exact';
  for (let i = 0; i < args.length; i++) {
    const value = args[i] ?? null;
    const type = parameterType(signature, i, args);
    if (value === null) {
      if (isPrimitive(type)) return undefined;
    } else if (!isExactly(value, type)) {
      if (isAssignable(value, type)) {
        if (fit === 'exact') fit = 'close';
      } else if (isConvertible(value, type, run)) fit = 'conversion';
      else return undefined;
    }
  }
  return fit;
}

function isExactly(value: Value, type: string): boolean {
  if (value instanceof JavaArray) return type === `${value.component}[]`;
  const known = valueType(value);
  return known !== OBJECT && known.name === type;
}

/** For the choice of a method any text can be converted to a number; if it is not one, the call fails. */
function isConvertible(value: Value, type: string, run: Run): boolean {
  try {
    return convertArgument(value, type, run) !== undefined;
  } catch {
    return true;
  }
}

function parameterType(signature: Signature, i: number, args: readonly Value[]): string {
  const { parameters, varargs } = signature;
  const last = parameters.length - 1;
  if (!varargs || i < last) return parameters[i] ?? 'java.lang.Object';
  const array = parameters[last] ?? 'java.lang.Object[]';
  const isWhole = args.length === parameters.length && args[i] instanceof JavaArray && isAssignable(args[i], array);
  return isWhole ? array : array.slice(0, -2);
}

/** Spring's distance: two for each superclass on the way to the parameter's class, one for an interface. */
function weightOf({ parameters }: Signature, args: readonly Value[]): number {
  let weight = 0;
  for (const [i, parameter] of parameters.entries()) {
    const value = args[i] ?? null;
    if (value === null) continue;
    if (!isAssignable(value, parameter)) return Number.MAX_SAFE_INTEGER;
    const goal = isPrimitive(parameter) ? 'java.lang.Object' : parameter;
    for (const above of superclasses(valueType(value))) {
      const isGoal = above.name === goal;
      if (isGoal || isSubtype(above, goal)) weight += 2;
      if (isGoal || !isSubtype(above, goal)) break;
    }
    if (isInterface(goal)) weight++;
  }
  return weight;
}

function superclasses(type: JavaType): readonly JavaType[] {
  const chain: JavaType[] = [];
  let name = type.supertypes.find((each) => !isInterface(each));
  while (name !== undefined) {
    const above: JavaType | undefined = TYPES_BY_NAME.get(name);
    if (above === undefined || chain.includes(above)) break;
    chain.push(above);
    name = above.supertypes.find((each) => !isInterface(each));
  }
  return [...chain, OBJECT];
}

/** Variable arguments as one array, unless one array was given. */
function gather(signature: Signature, args: readonly Value[], run: Run): readonly Value[] {
  const last = signature.parameters.length - 1;
  const array = signature.parameters[last] ?? 'java.lang.Object[]';
  const component = array.slice(0, -2);
  const given = args[last];
  if (args.length === signature.parameters.length) {
    if (given === null || (given instanceof JavaArray && isAssignable(given, array))) return args;
    // A single list is the array itself, and so is a set, unless it already is an element.
    const isMany = given instanceof JavaArray || (given instanceof JavaList && isSpread(given, component));
    const whole = isMany ? convertArgument(given, array, run) : undefined;
    if (whole !== undefined) return [...args.slice(0, last), whole.value];
  }
  const items = args.slice(last).map((value) => {
    const result = convertArgument(value, component, run);
    if (result === undefined) throw noMethod('with these arguments', args.length);
    return result.value;
  });
  return [...args.slice(0, last), new JavaArray(component, items)];
}

const isSpread = (list: JavaList, component: string): boolean => list.kind !== 'set' || !isAssignable(list, component);

function noMethod(what: string, count: number): EvaluationFailure {
  return new EvaluationFailure(
    `there is no method ${what} for ${count} argument${count === 1 ? '' : 's'} of these types`,
  );
}
