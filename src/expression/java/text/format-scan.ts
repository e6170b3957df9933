/** One `%…` of a format text as it is written; an absent part is undefined. */
export interface WrittenSpecifier {
  readonly source: string;
  readonly index: string | undefined;
  readonly flags: string;
  readonly width: string | undefined;
  readonly precision: string | undefined;
  /** `t` or `T` before the letter of a field of a date. */
  readonly date: string | undefined;
  readonly conversion: string;
}

const FLAGS = /[-#+ 0,(<]*/y;
const DIGITS = /\d+/y;
const CONVERSION = /([tT])?([a-zA-Z%])/y;

/**
 * Reads `%[index$][flags][width][.precision][t]conversion` at a percent sign; undefined for what is none. Part by part: no
 * part can give up a character for the next one, and a regular expression of all of them would try that.
 */
export function scanSpecifier(format: string, start: number): WrittenSpecifier | undefined {
  let at = start + 1;
  const take = (part: RegExp): RegExpExecArray | null => {
    part.lastIndex = at;
    const match = part.exec(format);
    if (match !== null) at += match[0].length;
    return match;
  };
  const digits = take(DIGITS)?.[0];
  let index: string | undefined;
  if (digits !== undefined && format[at] === '$') {
    at++;
    index = digits;
  } else at = start + 1;
  const flags = take(FLAGS)?.[0] ?? '';
  const width = take(DIGITS)?.[0];
  let precision: string | undefined;
  if (format[at] === '.') {
    at++;
    precision = take(DIGITS)?.[0];
    if (precision === undefined) return undefined;
  }
  const [, date, conversion] = take(CONVERSION) ?? [];
  if (conversion === undefined) return undefined;
  return { source: format.slice(start, at), index, flags, width, precision, date, conversion };
}
