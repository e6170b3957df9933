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

/** A regular expression over a text: every character for every part of the pattern. */
export const costOfRegex = (length: number, pattern: number): number => (length >> 4) * (1 + (pattern >> 5));

/** Pays for looking at all of a value: its texts, elements and digits. */
export function pay(value: Value, run: Run, depth = 0): void {
  if (typeof value === 'string') {
    if (value.length >= 256) run.step(costOfText(value.length));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof JavaBigInteger) payDigits(value.value, run);
  else if (value instanceof JavaBigDecimal) payDigits(value.unscaled, run);
  else if (value instanceof JavaList || value instanceof JavaArray) {
    checkDepth(depth);
    run.step(value.items.length);
    for (const item of value.items) pay(item, run, depth + 1);
  } else if (value instanceof JavaMap) {
    checkDepth(depth);
    run.step(value.entries.size);
    for (const [key, item] of value.entries) {
      pay(key, run, depth + 1);
      pay(item, run, depth + 1);
    }
  }
}

/** Pays for a value that has just been made. */
export function payNew(value: Value, run: Run): void {
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
