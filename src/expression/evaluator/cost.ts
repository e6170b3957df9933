import {
  EvaluationFailure,
  JavaArray,
  JavaBigDecimal,
  JavaBigInteger,
  JavaList,
  JavaMap,
  type Run,
  type Value,
} from '../value.ts';

/**
 * Steps for work that depends on the size of values. One step is meant to be about a microsecond, and what an
 * evaluation holds at a time about a hundred megabytes at the most when its budget is spent.
 */
const MAX_DEPTH = 200;

/** Reading every character once. */
const costOfText = (length: number): number => length >> 8;

/** A new text, which takes memory too. */
export const costOfNewText = (length: number): number => length >> 6;

/** Processing every character in our own code. */
const costOfCharacters = (length: number): number => length >> 5;

/** Methods that read at most one element of a collection. */
const SHALLOW: ReadonlySet<string> = new Set([
  ...['containsKey', 'element', 'entrySet', 'get', 'getFirst', 'getOrDefault', 'isEmpty', 'keySet', 'peek'],
  ...['peekFirst', 'peekLast', 'size', 'values'],
]);

/** Methods that read texts at the engine's own speed, or only compare or search. */
const FAST: ReadonlySet<string> = new Set([
  ...['binarySearch', 'charAt', 'codePointAt', 'codePointBefore', 'compareTo', 'concat', 'contains', 'containsValue'],
  ...['contentEquals', 'disjoint', 'endsWith', 'equals', 'frequency', 'hashCode', 'indexOf', 'indexOfSubList'],
  ...['intern', 'lastIndexOf', 'lastIndexOfSubList', 'length', 'matches', 'repeat', 'startsWith', 'subSequence'],
  ...['substring', 'trim'],
]);

/** Methods that make an array with an element for each character: charged before it is made. */
const MAKES_ARRAY: ReadonlySet<string> = new Set(['getBytes', 'toCharArray']);

const SEARCHES: ReadonlySet<string> = new Set(['contains', 'indexOf', 'lastIndexOf']);

/** For a long text the engine's own search is not linear, and ours is not as fast. */
const isLongSearch = (name: string, [wanted]: readonly Value[]): boolean =>
  SEARCHES.has(name) && typeof wanted === 'string' && wanted.length > 16;

/** Charges a method call, or a property that is one: for all that it may read, whatever it finds. */
export function payForCall(name: string, target: Value, args: readonly Value[], run: Run): void {
  run.step();
  if (SHALLOW.has(name)) return;
  const costOf = FAST.has(name) && !isLongSearch(name, args) ? costOfText : costOfCharacters;
  pay(target, run, costOf);
  for (const arg of args) pay(arg, run, costOf);
  if (typeof target !== 'string') return;
  if (MAKES_ARRAY.has(name)) run.step(target.length);
  if (name === 'replace') run.step(target.length >> 3);
}

/** Charges the result of a method. */
export function payForResult(name: string, result: Value, run: Run): void {
  if (!MAKES_ARRAY.has(name)) payNew(result, run);
}

/** Charges reading a whole value: its texts, elements and digits. */
export function pay(value: Value, run: Run, costOf = costOfText, depth = 0): void {
  if (typeof value === 'string') {
    if (value.length >= 32) run.step(costOf(value.length));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof JavaBigInteger) payDigits(value.value, run);
  else if (value instanceof JavaBigDecimal) payDigits(value.unscaled, run);
  else if (value instanceof JavaList || value instanceof JavaArray) {
    checkDepth(depth);
    run.step(value.items.length);
    for (const item of value.items) pay(item, run, costOf, depth + 1);
  } else if (value instanceof JavaMap) {
    checkDepth(depth);
    run.step(value.entries.size);
    for (const [key, item] of value.entries) {
      pay(key, run, costOf, depth + 1);
      pay(item, run, costOf, depth + 1);
    }
  }
}

/** Charges a new value. */
function payNew(value: Value, run: Run): void {
  if (typeof value === 'string') {
    if (value.length >= 64) run.step(costOfNewText(value.length));
  } else if (value instanceof JavaList || value instanceof JavaArray) run.step(value.items.length);
  else if (value instanceof JavaMap) run.step(value.entries.size);
  else pay(value, run);
}

/** Arithmetic is at worst quadratic in the number of digits. */
function payDigits(value: bigint, run: Run): void {
  if (BigInt.asIntN(64, value) !== value) run.step(value.toString(16).length >> 4);
}

function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new EvaluationFailure(`a value nests deeper than ${MAX_DEPTH} levels`);
}
