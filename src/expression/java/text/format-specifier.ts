import { JavaException } from '../java-exception.ts';
import type { WrittenSpecifier } from './format-scan.ts';

export const formatException = (type: string, message: string) => new JavaException(type, message);

/** One `%…` of a format text, checked as far as it is the same for all arguments. */
export class Specifier {
  /** 1-based; 0: the next one, -1: the previous one (`%<s`). */
  readonly index: number;
  readonly width: number;
  readonly precision: number;
  /** Lower case; `t` for dates, whose own letter is `dateField`. */
  readonly conversion: string;
  readonly dateField: string;
  readonly upper: boolean;
  readonly locale: string;
  readonly #flags: string;
  readonly #source: string;

  constructor(written: WrittenSpecifier, locale: string) {
    const { source, index, flags, width, precision, date, conversion } = written;
    this.#source = source;
    this.#flags = flags;
    this.index = flags.includes('<') ? -1 : index === undefined ? 0 : Number(index);
    this.width = width === undefined ? -1 : size(width, 'IllegalFormatWidthException');
    this.precision = precision === undefined ? -1 : size(precision, 'IllegalFormatPrecisionException');
    this.upper = date === 'T' || (date === undefined && /[A-Z]/.test(conversion));
    this.conversion = date === undefined ? conversion.toLowerCase() : 't';
    this.dateField = date === undefined ? '' : conversion;
    this.locale = locale;
    if (index !== undefined && Number(index) === 0) {
      throw formatException('IllegalFormatArgumentIndexException', 'Illegal format argument index = 0');
    }
    this.#check(conversion, date !== undefined);
  }

  has(flag: string): boolean {
    return this.#flags.includes(flag);
  }

  /** Throws for any of these flags, which mean nothing with this conversion or argument. */
  refuse(flags: string): void {
    for (const flag of flags) {
      if (this.has(flag)) {
        throw formatException(
          'FormatFlagsConversionMismatchException',
          `Conversion = ${this.conversion}, Flags = ${flag}`,
        );
      }
    }
  }

  mismatch(type: string): JavaException {
    return formatException('IllegalFormatConversionException', `${this.conversion} != ${type}`);
  }

  missing(): JavaException {
    return formatException('MissingFormatArgumentException', `Format specifier '${this.#source}'`);
  }

  /** To the width, on the left or on the right. */
  justify(text: string): string {
    return this.has('-') ? text.padEnd(this.width) : text.padStart(this.width);
  }

  #check(conversion: string, isDate: boolean): void {
    if (isDate && !/^[HIklMSLQNpsTzZaAbBCdehjmyYrRcDF]$/.test(conversion)) {
      throw formatException('UnknownFormatConversionException', `Conversion = 't${conversion}'`);
    }
    if ('dox'.includes(this.conversion) && this.precision >= 0)
      throw formatException('IllegalFormatPrecisionException', String(this.precision));
    if (!isDate && !/^[bBhHsScCdoxXeEfgGaAn%]$/.test(conversion)) {
      throw formatException('UnknownFormatConversionException', `Conversion = '${conversion}'`);
    }
    const unique = new Set(this.#flags);
    if (unique.size !== this.#flags.length)
      throw formatException('DuplicateFormatFlagsException', `Flags = '${this.#flags}'`);
    if (this.conversion === 'n') {
      if (this.width >= 0) throw formatException('IllegalFormatWidthException', String(this.width));
      if (this.precision >= 0) throw formatException('IllegalFormatPrecisionException', String(this.precision));
      if (this.#flags !== '') throw formatException('IllegalFormatFlagsException', `Flags = '${this.#flags}'`);
    }
    if ((this.has('-') || this.has('0')) && this.width < 0)
      throw formatException('MissingFormatWidthException', this.#source);
    if ('bhsct%'.includes(this.conversion)) {
      if (this.conversion === '%' && /[^-]/.test(this.#flags))
        throw formatException('IllegalFormatFlagsException', `Flags = '${this.#flags}'`);
      this.refuse('bs'.includes(this.conversion) || this.conversion === 'h' ? '+ 0,(' : '#+ 0,(');
      if (this.conversion === 'b' || this.conversion === 'h') this.refuse(this.conversion === 'b' ? '#' : '');
      if ('ct%'.includes(this.conversion) && this.precision >= 0)
        throw formatException('IllegalFormatPrecisionException', String(this.precision));
    } else if ((this.has('+') && this.has(' ')) || (this.has('-') && this.has('0'))) {
      throw formatException('IllegalFormatFlagsException', `Flags = '${this.#flags}'`);
    }
  }
}

function size(digits: string, error: string): number {
  const value = Number(digits);
  if (value > 2147483647) throw formatException(error, digits.slice(0, 20));
  return value;
}
