import { JavaException } from './java-exception.ts';

/**
 * Bounds that the original lacks: an expression may use a caller's data for a width, a scale or a count, and none of
 * them may make the process allocate or compute without end.
 */
const MAX_TEXT_LENGTH = 1 << 23;
export const MAX_DIGITS = 10_000;
/** Depth of patterns of dates, numbers and messages, which are read by recursion. */
const MAX_PATTERN_LENGTH = 1000;

export function limitText(length: number): void {
  if (length > MAX_TEXT_LENGTH)
    throw new JavaException('OutOfMemoryError', `text of ${length} characters: the limit is ${MAX_TEXT_LENGTH}`);
}

export function limitPattern(pattern: string): void {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new JavaException(
      'IllegalArgumentException',
      `pattern of ${pattern.length} characters: the limit is ${MAX_PATTERN_LENGTH}`,
    );
  }
}

export function limitDigits(digits: number): void {
  if (digits > MAX_DIGITS)
    throw new JavaException('ArithmeticException', `number of ${digits} digits: the limit is ${MAX_DIGITS}`);
}
