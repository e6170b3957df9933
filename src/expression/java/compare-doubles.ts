import { isNegative } from './math.ts';

/** Double.compare: -0.0 is below 0.0, NaN above all. */
export function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return a === 0 ? Number(isNegative(b)) - Number(isNegative(a)) : 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
