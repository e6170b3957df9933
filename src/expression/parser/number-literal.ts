import { JavaDouble, JavaFloat } from '../value.ts';
import type { SourceText } from './source-text.ts';
import type { Token } from './token.ts';

const MAX_INT = 2147483647;
const MAX_LONG = 9223372036854775807n;

/** The value of a token that the lexer found to be a number: an int, long, float or double. */
export function numberLiteral({ kind, text, start }: Token, source: SourceText): unknown {
  switch (kind) {
    case 'int':
    case 'hexInt': {
      const value = Number(text);
      return value > MAX_INT
        ? source.fail('the number does not fit a 32-bit int: write L after it for a long', start)
        : value;
    }
    case 'long':
    case 'hexLong': {
      const value = BigInt(text.slice(0, -1));
      return value > MAX_LONG ? source.fail('the number does not fit a 64-bit long', start) : value;
    }
    case 'float':
      return new JavaFloat(Math.fround(Number(text.slice(0, -1))));
    default:
      return new JavaDouble(Number(text.replace(/[dD]$/, '')));
  }
}
