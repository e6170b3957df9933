import { isSubtype, type JavaType, OBJECT, type Signature, typesByName } from '../java/index.ts';
import { EvaluationFailure, JavaArray, JavaList, type Run, type Value } from '../value.ts';
import { boxed, convertArgument, isAssignable, isPrimitive } from './convert-argument.ts';
import { javaEnvironment } from './java-environment.ts';
import { valueType } from './value-type.ts';

interface Candidate {
  readonly signature: Signature;
  /** Less is nearer; undefined: some argument must be converted. */
  readonly rank: number | undefined;
}

/**
 * Chooses among methods of a name as Spring does: all arguments assignable, the nearest types first; else the only one
 * whose arguments can be converted; several of those are an error.
 */
export function invokeBest(
  signatures: readonly Signature[],
  target: Value,
  args: readonly Value[],
  what: string,
  run: Run,
): Value {
  run.step();
  const [only] = signatures;
  const chosen = signatures.length === 1 && only && !only.varargs ? only : choose(signatures, args, what, run);
  if (chosen.parameters.length !== args.length && !chosen.varargs) throw noMethod(what, args.length);
  const converted = (chosen.varargs ? gather(chosen, args, run) : args).map((value, i) => {
    const result = convertArgument(value, chosen.parameters[i] ?? 'java.lang.Object', run);
    if (result === undefined) throw noMethod(what, args.length);
    return result.value;
  });
  return chosen.invoke(target, converted, javaEnvironment);
}

function choose(signatures: readonly Signature[], args: readonly Value[], what: string, run: Run): Signature {
  const ordered = [...signatures].sort(
    (a, b) => a.parameters.length - b.parameters.length || Number(a.varargs) - Number(b.varargs),
  );
  let close: Candidate | undefined;
  let conversions = 0;
  let byConversion: Signature | undefined;
  for (const signature of ordered) {
    const rank = rankOf(signature, args, run);
    if (rank === 'no') continue;
    if (rank === 'conversion') {
      conversions++;
      byConversion ??= signature;
    } else if (close === undefined || rank < (close.rank ?? 0)) close = { signature, rank };
  }
  if (close !== undefined) return close.signature;
  if (conversions > 1) throw new EvaluationFailure(`several methods ${what} fit these arguments by conversion`);
  if (byConversion === undefined) throw noMethod(what, args.length);
  return byConversion;
}

function rankOf(signature: Signature, args: readonly Value[], run: Run): number | 'conversion' | 'no' {
  const { parameters, varargs } = signature;
  const fixed = varargs ? parameters.length - 1 : parameters.length;
  if (varargs ? args.length < fixed : args.length !== fixed) return 'no';
  let rank = 0;
  let conversion = false;
  for (let i = 0; i < args.length; i++) {
    const value = args[i] ?? null;
    const type = parameterType(signature, i, args);
    if (value === null) {
      if (isPrimitive(type)) return 'no';
    } else if (isAssignable(value, type)) rank += distance(valueType(value), boxed(type), isPrimitive(type));
    else if (isConvertible(value, type, run)) conversion = true;
    else return 'no';
  }
  return conversion ? 'conversion' : rank;
}

/** A text that is no number can still be converted as far as the choice of a method goes; the call then fails. */
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

/** Two for each superclass in between, and one for an interface. */
function distance(type: JavaType, name: string, primitive: boolean): number {
  if (primitive || type.name === name) return 0;
  if (name === 'java.lang.Object') return 2 + (type === OBJECT ? 0 : 2);
  const isInterface = !type.supertypes.includes(name) || typesByName.get(name)?.constructors.length === 0;
  return isSubtype(type, name) ? (isInterface ? 1 : 2) : 2;
}

/** Variable arguments as one array, unless one array was given. */
function gather(signature: Signature, args: readonly Value[], run: Run): readonly Value[] {
  const last = signature.parameters.length - 1;
  const array = signature.parameters[last] ?? 'java.lang.Object[]';
  const given = args[last];
  if (args.length === signature.parameters.length) {
    if (given === null || (given instanceof JavaArray && isAssignable(given, array))) return args;
    // A list that stands alone is the array itself.
    const isMany = given instanceof JavaArray || given instanceof JavaList;
    const whole = isMany ? convertArgument(given, array, run) : undefined;
    if (whole !== undefined) return [...args.slice(0, last), whole.value];
  }
  const component = array.slice(0, -2);
  const items = args.slice(last).map((value) => {
    const result = convertArgument(value, component, run);
    if (result === undefined) throw noMethod('with these arguments', args.length);
    return result.value;
  });
  return [...args.slice(0, last), new JavaArray(component, items)];
}

export function noMethod(what: string, count: number): EvaluationFailure {
  return new EvaluationFailure(
    `there is no method ${what} for ${count} argument${count === 1 ? '' : 's'} of these types`,
  );
}
