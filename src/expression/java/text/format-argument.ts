import type { JavaBigDecimal } from '../big-decimal.ts';
import type { Temporal } from '../time/temporal-fields.ts';

/** What java.util.Formatter needs to know of an argument. */
export type FormatArgument =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'character'; readonly codePoint: number }
  /** bits 0: a BigInteger, which has a sign and no width. */
  | { readonly kind: 'integer'; readonly value: bigint; readonly bits: 8 | 16 | 32 | 64 | 0 }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'decimal'; readonly value: JavaBigDecimal }
  | { readonly kind: 'temporal'; readonly value: Temporal }
  | { readonly kind: 'other' };

export interface FormatValue {
  readonly argument: FormatArgument;
  /** Java's class name, for errors. */
  readonly type: string;
  /** Steps for writing it once. */
  readonly cost: number;
  /** String.valueOf. */
  text(): string;
  hash(): number;
}
