import { bigDecimalToString, type JavaBigDecimal, parseBigDecimal } from '../../java/big-decimal.ts';
import { compare } from '../../java/big-decimal-arithmetic.ts';

/** A number in a filter: compared as a BigDecimal, which is made from its text when needed. */
export class FilterNumber {
  readonly kind = 'number';
  readonly #int: number | undefined;
  #decimal: JavaBigDecimal | undefined;
  #text: string | undefined;
  #cost: number | undefined;

  /** @throws JavaException for text that is not a number, NaN and the infinities included */
  constructor(number: number | string) {
    if (typeof number === 'number') this.#int = number;
    else this.#decimal = parseBigDecimal(number);
  }

  get value(): JavaBigDecimal {
    this.#decimal ??= parseBigDecimal(String(this.#int));
    return this.#decimal;
  }

  compareTo(other: FilterNumber): number {
    if (this.#int !== undefined && other.#int !== undefined) return this.#int - other.#int;
    return compare(this.value, other.value);
  }

  toString(): string {
    this.#text ??= this.#int === undefined ? bigDecimalToString(this.value) : String(this.#int);
    return this.#text;
  }

  /** Steps for comparing it with another number. */
  get cost(): number {
    this.#cost ??= this.#int === undefined ? this.value.unscaled.toString(16).length >> 4 : 0;
    return this.#cost;
  }
}

/** As a literal of a filter: digits, points, minuses and exponents. */
export function toFilterNumber(text: string): FilterNumber {
  return new FilterNumber(/^-?[1-9][0-9]{0,8}$/.test(text) ? Number(text) : text);
}
