import { JavaException } from './java-exception.ts';

/** In the order of Java's ordinals, which the old integer constants of BigDecimal share. */
export const ROUNDING_MODES = [
  'UP',
  'DOWN',
  'CEILING',
  'FLOOR',
  'HALF_UP',
  'HALF_DOWN',
  'HALF_EVEN',
  'UNNECESSARY',
] as const;

export type RoundingMode = (typeof ROUNDING_MODES)[number];

/** dividend / divisor to an integer. Throws ArithmeticException for UNNECESSARY with a remainder. */
export function divideRounded(dividend: bigint, divisor: bigint, mode: RoundingMode): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend - quotient * divisor;
  if (remainder === 0n) return quotient;
  const negative = dividend < 0n !== divisor < 0n;
  const twice = 2n * (remainder < 0n ? -remainder : remainder);
  const whole = divisor < 0n ? -divisor : divisor;
  const half = twice > whole ? 1 : twice < whole ? -1 : 0;
  return roundsAway(mode, negative, half, (quotient & 1n) === 1n) ? quotient + (negative ? -1n : 1n) : quotient;
}

/** Whether a number that is not exact moves away from zero. `half` compares what is cut off with one half. */
function roundsAway(mode: RoundingMode, negative: boolean, half: number, odd: boolean): boolean {
  switch (mode) {
    case 'UP':
      return true;
    case 'DOWN':
      return false;
    case 'CEILING':
      return !negative;
    case 'FLOOR':
      return negative;
    case 'HALF_UP':
      return half >= 0;
    case 'HALF_DOWN':
      return half > 0;
    case 'HALF_EVEN':
      return half > 0 || (half === 0 && odd);
    case 'UNNECESSARY':
      throw new JavaException('ArithmeticException', 'Rounding necessary');
  }
}
