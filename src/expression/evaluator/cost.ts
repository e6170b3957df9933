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

/** Looking at every character once. */
const costOfText = (length: number): number => length >> 8;

/** A new text, which takes memory too. */
export const costOfNewText = (length: number): number => length >> 6;

/** Looking at every character in code of our own, or making something of it. */
const costOfCharacters = (length: number): number => length >> 5;

/** Methods that look at one element of a collection, or at none. */
const SHALLOW: ReadonlySet<string> = new Set([
  ...['containsKey', 'element', 'entrySet', 'get', 'getFirst', 'getOrDefault', 'isEmpty', 'keySet', 'peek'],
  ...['peekFirst', 'peekLast', 'size', 'values'],
]);

/** Methods that read texts at the engine's own speed, or are no more than a comparison or a search. */
const FAST: ReadonlySet<string> = new Set([
  ...['binarySearch', 'charAt', 'codePointAt', 'codePointBefore', 'compareTo', 'concat', 'contains', 'containsValue'],
  ...['contentEquals', 'disjoint', 'endsWith', 'equals', 'frequency', 'hashCode', 'indexOf', 'indexOfSubList'],
  ...['intern', 'lastIndexOf', 'lastIndexOfSubList', 'length', 'matches', 'repeat', 'startsWith', 'subSequence'],
  ...['substring', 'trim'],
]);

/** Methods that make an array with an element for each character: it is paid for before it is made. */
const MAKES_ARRAY: ReadonlySet<string> = new Set(['getBytes', 'toCharArray']);

const SEARCHES: ReadonlySet<string> = new Set(['contains', 'indexOf', 'lastIndexOf']);

/** For a long text the engine's own search is not linear, and ours is not as fast. */
const isLongSearch = (name: string, [wanted]: readonly Value[]): boolean =>
  SEARCHES.has(name) && typeof wanted === 'string' && wanted.length > 16;

/** Pays for calling a method or reading a property that is one: for what it may look at, whatever it finds there. */
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

/** Pays for what a method has made. */
export function payForResult(name: string, result: Value, run: Run): void {
  if (!MAKES_ARRAY.has(name)) payNew(result, run);
}

/** Pays for looking at all of a value: its texts, elements and digits. */
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

/** Pays for a value that has just been made. */
function payNew(value: Value, run: Run): void {
  if (typeof value === 'string') {
    if (value.length >= 64) run.step(costOfNewText(value.length));
  } else if (value instanceof JavaList || value instanceof JavaArray) run.step(value.items.length);
  else if (value instanceof JavaMap) run.step(value.entries.size);
  else pay(value, run);
}

/** Arithmetic takes the square of the digits at the worst. */
function payDigits(value: bigint, run: Run): void {
  if (BigInt.asIntN(64, value) !== value) run.step(value.toString(16).length >> 4);
}

function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new EvaluationFailure(`a value nests deeper than ${MAX_DEPTH} levels`);
}
