import { JavaBigDecimal, JavaBigInteger } from '../big-decimal.ts';
import { JavaArray, JavaDouble, JavaFloat, JavaShort } from '../boxes.ts';
import { illegalArgument, JavaException } from '../java-exception.ts';
import { javaText } from '../object.ts';
import { type FormatStyle, stylePattern } from '../time/formatters.ts';
import { JavaDate } from '../time/java-date.ts';
import { formatSimpleDate, JavaSimpleDateFormat } from '../time/simple-date-format.ts';
import { formatChoice, JavaChoiceFormat, parseChoice } from './choice-format.ts';
import { formatDecimal, formatDouble, JavaDecimalFormat } from './decimal-format.ts';
import { formatMessage, JavaMessageFormat, type MessageElement } from './message-format.ts';

/** DateFormat's styles in the order of its constants. */
export const STYLES: readonly FormatStyle[] = ['FULL', 'LONG', 'MEDIUM', 'SHORT'];

export type AnyFormat = JavaSimpleDateFormat | JavaDecimalFormat | JavaMessageFormat | JavaChoiceFormat;

/** Format.format(Object): what the format is for, else an error. */
export function formatObject(format: AnyFormat, value: unknown): string {
  if (format instanceof JavaSimpleDateFormat) return formatSimpleDate(format, millisOf(value));
  if (format instanceof JavaMessageFormat) return formatWith(format, messageValues(value));
  return formatNumber(format, value);
}

function messageValues(value: unknown): readonly unknown[] | null {
  if (value === null) return null;
  if (value instanceof JavaArray) return value.items;
  throw new JavaException('ClassCastException', 'a message takes an array');
}

function millisOf(value: unknown): bigint {
  if (value instanceof JavaDate) return value.time;
  if (typeof value === 'number' || typeof value === 'bigint') return BigInt(value);
  if (value instanceof JavaDouble || value instanceof JavaFloat) return BigInt(Math.trunc(value.value));
  throw illegalArgument('Cannot format given Object as a Date');
}

export function formatNumber(format: JavaDecimalFormat | JavaChoiceFormat, value: unknown): string {
  if (format instanceof JavaChoiceFormat) return formatChoice(format, numberOf(value));
  if (typeof value === 'number' || typeof value === 'bigint')
    return formatDecimal(format, new JavaBigDecimal(BigInt(value), 0));
  if (value instanceof JavaBigDecimal) return formatDecimal(format, value);
  if (value instanceof JavaBigInteger) return formatDecimal(format, new JavaBigDecimal(value.value, 0));
  return formatDouble(format, numberOf(value));
}

export function numberOf(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (value instanceof JavaDouble || value instanceof JavaFloat || value instanceof JavaShort) return value.value;
  if (value instanceof JavaBigDecimal) return Number(`${value.unscaled}e${-value.scale}`);
  if (value instanceof JavaBigInteger) return Number(value.value);
  throw illegalArgument('Cannot format given Object as a Number');
}

export function formatWith(format: JavaMessageFormat, values: readonly unknown[] | null): string {
  return formatMessage(format, (element) => formatElement(element, values, format.locale));
}

function formatElement(element: MessageElement, values: readonly unknown[] | null, locale: string): string {
  if (values === null || element.index >= values.length) return `{${element.index}}`;
  const value = values[element.index];
  if (value === null) return 'null';
  switch (element.type) {
    case 'number':
      return formatNumber(numberFormat(element.style, locale), value);
    case 'date':
    case 'time':
      return formatSimpleDate(messageDate(element, locale), millisOf(value));
    case 'choice': {
      const text = formatChoice(parseChoice(element.style), numberOf(value));
      // A chosen text may be a pattern itself.
      return text.includes('{') ? formatWith(new JavaMessageFormat(text, locale), values) : text;
    }
    default:
      if (value instanceof JavaDate)
        return formatSimpleDate(new JavaSimpleDateFormat(stylePattern('SHORT', 'SHORT'), locale), value.time);
      return isNumber(value) ? formatNumber(numberFormat('', locale), value) : javaText(value);
  }
}

const isNumber = (value: unknown) =>
  typeof value === 'number' ||
  typeof value === 'bigint' ||
  value instanceof JavaDouble ||
  value instanceof JavaFloat ||
  value instanceof JavaShort ||
  value instanceof JavaBigDecimal ||
  value instanceof JavaBigInteger;

function numberFormat(style: string, locale: string): JavaDecimalFormat {
  switch (style.trim().toLowerCase()) {
    case '':
      return new JavaDecimalFormat('#,##0.###', locale);
    case 'integer':
      return integerFormat(locale);
    case 'percent':
      return new JavaDecimalFormat('#,##0%', locale);
    case 'currency':
      return new JavaDecimalFormat('¤#,##0.00', locale);
    default:
      return new JavaDecimalFormat(style, locale);
  }
}

function messageDate({ type, style }: MessageElement, locale: string): JavaSimpleDateFormat {
  const name = style.trim().toUpperCase();
  const known = name === '' ? 'MEDIUM' : STYLES.find((each) => each === name);
  if (known === undefined) return new JavaSimpleDateFormat(style, locale);
  return new JavaSimpleDateFormat(type === 'date' ? stylePattern(known, null) : stylePattern(null, known), locale);
}

export function integerFormat(locale: string): JavaDecimalFormat {
  const format = new JavaDecimalFormat('#,##0', locale);
  format.integerOnly = true;
  return format;
}
