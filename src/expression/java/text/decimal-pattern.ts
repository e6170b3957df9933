import { illegalArgument } from '../java-exception.ts';
import { limitPattern } from '../limits.ts';

/** A DecimalFormat pattern, taken apart. Affixes still hold `%`, `‰`, `¤` and `-` as signs of the locale. */
export interface DecimalPattern {
  readonly positivePrefix: Affix;
  readonly positiveSuffix: Affix;
  readonly negativePrefix: Affix;
  readonly negativeSuffix: Affix;
  readonly multiplier: number;
  /** 0: no grouping. */
  readonly groupingSize: number;
  readonly minInteger: number;
  readonly maxInteger: number;
  readonly minFraction: number;
  readonly maxFraction: number;
  readonly pointAlways: boolean;
  /** 0: no exponent. */
  readonly exponentDigits: number;
}

/** Text, and symbols that the locale spells. */
export type Affix = readonly (string | { readonly symbol: 'percent' | 'perMille' | 'currency' | 'minus' })[];

type AffixPart = Affix[number];

const SYMBOLS: Readonly<Record<string, AffixPart>> = {
  '%': { symbol: 'percent' },
  '‰': { symbol: 'perMille' },
  '¤': { symbol: 'currency' },
  '-': { symbol: 'minus' },
};

/** What an empty pattern means: as many digits as there are. */
const EVERYTHING: DecimalPattern = {
  positivePrefix: [],
  positiveSuffix: [],
  negativePrefix: [{ symbol: 'minus' }],
  negativeSuffix: [],
  multiplier: 1,
  groupingSize: 3,
  minInteger: 0,
  maxInteger: 2147483647,
  minFraction: 0,
  maxFraction: 340,
  pointAlways: false,
  exponentDigits: 0,
};

export function parseDecimalPattern(pattern: string): DecimalPattern {
  limitPattern(pattern);
  if (pattern === '') return EVERYTHING;
  const positive = new HalfReader(pattern, 0, true).read();
  const isAlone = positive.end >= pattern.length;
  // Of the negative half only the affixes count.
  const negative = isAlone ? positive : new HalfReader(pattern, positive.end, false).read();
  const isSame = sameAffix(negative.prefix, positive.prefix) && sameAffix(negative.suffix, positive.suffix);
  return {
    positivePrefix: positive.prefix,
    positiveSuffix: positive.suffix,
    negativePrefix: isSame ? [{ symbol: 'minus' }, ...positive.prefix] : negative.prefix,
    negativeSuffix: isSame ? positive.suffix : negative.suffix,
    multiplier: positive.multiplier,
    ...positive.digits,
  };
}

const sameAffix = (a: Affix, b: Affix) => JSON.stringify(a) === JSON.stringify(b);

type Digits = Omit<
  DecimalPattern,
  'positivePrefix' | 'positiveSuffix' | 'negativePrefix' | 'negativeSuffix' | 'multiplier'
>;

interface Half {
  readonly prefix: Affix;
  readonly suffix: Affix;
  readonly multiplier: number;
  readonly digits: Digits;
  /** Where the other half begins, or the end of the pattern. */
  readonly end: number;
}

/** One half of a pattern, read as DecimalFormat.applyPattern does: a number may continue after a part of the suffix. */
class HalfReader {
  readonly #pattern: string;
  readonly #isPositive: boolean;
  #at: number;
  readonly #prefix: AffixPart[] = [];
  readonly #suffix: AffixPart[] = [];
  #affix = this.#prefix;
  #multiplier = 1;
  #left = 0;
  #zeros = 0;
  #right = 0;
  /** -1: there is none. */
  #grouping = -1;
  #point = -1;
  /** 0: there is none. */
  #exponentDigits = 0;

  constructor(pattern: string, start: number, isPositive: boolean) {
    this.#pattern = pattern;
    this.#at = start;
    this.#isPositive = isPositive;
  }

  read(): Half {
    while (this.#at < this.#pattern.length) {
      const character = this.#pattern.charAt(this.#at);
      if ('#0,.'.includes(character)) this.#number();
      else {
        this.#at++;
        if (character === ';') {
          if (this.#affix === this.#prefix || !this.#isPositive)
            throw this.#illegal("Unquoted special character ';' in");
          break;
        }
        this.#affixPart(character);
      }
    }
    return {
      prefix: this.#prefix,
      suffix: this.#suffix,
      multiplier: this.#multiplier,
      digits: this.#digits(),
      end: this.#at,
    };
  }

  #illegal(reason: string) {
    return illegalArgument(`${reason} pattern "${this.#pattern}"`);
  }

  #affixPart(character: string): void {
    if (character === "'") {
      this.#affix.push(this.#quoted());
      return;
    }
    if (character === '%' || character === '‰') {
      if (this.#multiplier !== 1) throw this.#illegal('Too many percent/per mille characters in');
      this.#multiplier = character === '%' ? 100 : 1000;
    }
    this.#affix.push(Object.hasOwn(SYMBOLS, character) ? (SYMBOLS[character] ?? character) : character);
  }

  /** From after the opening quote to after the closing one; two quotes are one character. */
  #quoted(): string {
    let text = '';
    if (this.#pattern[this.#at] === "'") {
      this.#at++;
      return "'";
    }
    for (; this.#at < this.#pattern.length; this.#at++) {
      if (this.#pattern[this.#at] !== "'") text += this.#pattern[this.#at];
      else if (this.#pattern[this.#at + 1] === "'") {
        text += "'";
        this.#at++;
      } else {
        this.#at++;
        return text;
      }
    }
    throw this.#illegal('Malformed');
  }

  #number(): void {
    for (; this.#at < this.#pattern.length; this.#at++) {
      const character = this.#pattern.charAt(this.#at);
      if (character === 'E') {
        this.#at++;
        if (this.#isPositive) {
          this.#exponent();
          break;
        }
        this.#at--;
      } else if (!'#0,.'.includes(character)) break;
      else if (this.#isPositive) this.#numberPart(character);
    }
    this.#affix = this.#suffix;
  }

  #numberPart(character: string): void {
    if (character === '.') {
      if (this.#point >= 0) throw this.#illegal('Multiple decimal separators in');
      this.#point = this.#left + this.#zeros + this.#right;
      return;
    }
    if (character === ',') {
      this.#grouping = 0;
      return;
    }
    if (character === '0') {
      if (this.#right > 0) throw this.#illegal("Unexpected '0' in");
      this.#zeros++;
    } else if (this.#zeros > 0) this.#right++;
    else this.#left++;
    if (this.#grouping >= 0 && this.#point < 0) this.#grouping++;
  }

  #exponent(): void {
    if (this.#exponentDigits > 0) throw this.#illegal('Multiple exponential symbols in');
    for (; this.#pattern[this.#at] === '0'; this.#at++) this.#exponentDigits++;
    if (this.#left + this.#zeros < 1 || this.#exponentDigits < 1) throw this.#illegal('Malformed exponential');
  }

  #digits(): Digits {
    const point = this.#point;
    let [left, zeros, right] = [this.#left, this.#zeros, this.#right];
    if (zeros === 0 && left > 0 && point >= 0) {
      // "#.##" is read as "#0.##" would be without its zero: one integer place at least counts.
      const places = Math.max(1, point);
      right = left - places;
      left = places - 1;
      zeros = 1;
    }
    const isOutside = point >= 0 ? point < left || point > left + zeros : right > 0;
    if (isOutside || this.#grouping === 0) throw this.#illegal('Malformed');
    const total = left + zeros + right;
    const minInteger = (point >= 0 ? point : total) - left;
    return {
      groupingSize: Math.max(0, this.#grouping),
      minInteger,
      maxInteger: this.#exponentDigits > 0 ? left + minInteger : 2147483647,
      minFraction: point >= 0 ? left + zeros - point : 0,
      maxFraction: point >= 0 ? total - point : 0,
      pointAlways: point === 0 || point === total,
      exponentDigits: this.#exponentDigits,
    };
  }
}
