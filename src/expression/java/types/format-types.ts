import { JavaDouble } from '../boxes.ts';
import { defineType, type JavaEnvironment } from '../descriptor.ts';
import { enumConstants, type JavaEnum } from '../java-enum.ts';
import { illegalArgument, JavaException, nullPointer, unsupported } from '../java-exception.ts';
import type { JavaLocale } from '../locale.ts';
import { nextDown, nextUp } from '../math.ts';
import { ROUNDING_MODES, type RoundingMode } from '../rounding.ts';
import { JavaChoiceFormat, parseChoice } from '../text/choice-format.ts';
import { JavaDecimalFormat, parseDecimal } from '../text/decimal-format.ts';
import {
  type AnyFormat,
  formatNumber,
  formatObject,
  formatWith,
  integerFormat,
  numberOf,
  STYLES,
} from '../text/format-object.ts';
import { JavaMessageFormat } from '../text/message-format.ts';
import { type FormatStyle, stylePattern } from '../time/formatters.ts';
import { JavaDate } from '../time/java-date.ts';
import { formatSimpleDate, JavaSimpleDateFormat, parseSimpleDate } from '../time/simple-date-format.ts';
import { JavaTimeZone } from '../time/time-zone.ts';

export const ROUNDING = enumConstants('java.math.RoundingMode', ROUNDING_MODES);

function styleOf(style: number): FormatStyle {
  const found = STYLES[style];
  if (found === undefined) throw illegalArgument(`Illegal date style ${style}`);
  return found;
}

const dateFormat = (date: number | null, time: number | null, locale?: JavaLocale) =>
  new JavaSimpleDateFormat(
    stylePattern(date === null ? null : styleOf(date), time === null ? null : styleOf(time)),
    locale?.tag,
  );

export const FORMAT = defineType('java.text.Format', {
  methods: {
    'format(Object)': formatObject,
    '@parseObject(String)': (environment: JavaEnvironment, format: AnyFormat, text: string | null) => {
      if (format instanceof JavaSimpleDateFormat) return parseDate(environment, format, text);
      if (format instanceof JavaDecimalFormat) return parseNumber(format, text);
      throw new JavaException('UnsupportedOperationException', 'parseObject of this format is not supported');
    },
  },
});

function parseDate(environment: JavaEnvironment, format: JavaSimpleDateFormat, text: string | null): JavaDate {
  if (text === null) throw nullPointer('source');
  return new JavaDate(parseSimpleDate(format, text, BigInt(environment.now())));
}

function parseNumber(format: JavaDecimalFormat | JavaChoiceFormat, text: string | null): unknown {
  if (text === null) throw nullPointer('source');
  if (format instanceof JavaChoiceFormat)
    throw new JavaException('UnsupportedOperationException', 'parse of a ChoiceFormat is not supported');
  const value = parseDecimal(format, text);
  return typeof value === 'number' ? new JavaDouble(value) : value;
}

const instance = (pattern: string) => (locale?: JavaLocale) => new JavaDecimalFormat(pattern, locale?.tag);

export const DATE_FORMAT = defineType('java.text.DateFormat', {
  supertypes: ['Format'],
  constants: { FULL: 0, LONG: 1, MEDIUM: 2, SHORT: 3, DEFAULT: 2 },
  statics: {
    'getInstance()': () => dateFormat(3, 3),
    'getDateInstance()': () => dateFormat(2, null),
    'getDateInstance(int)': (style: number) => dateFormat(style, null),
    'getDateInstance(int,Locale)': (style: number, locale: JavaLocale) => dateFormat(style, null, locale),
    'getTimeInstance()': () => dateFormat(null, 2),
    'getTimeInstance(int)': (style: number) => dateFormat(null, style),
    'getTimeInstance(int,Locale)': (style: number, locale: JavaLocale) => dateFormat(null, style, locale),
    'getDateTimeInstance()': () => dateFormat(2, 2),
    'getDateTimeInstance(int,int)': (date: number, time: number) => dateFormat(date, time),
    'getDateTimeInstance(int,int,Locale)': dateFormat,
  },
  methods: {
    'format(Date)': (format: JavaSimpleDateFormat, date: JavaDate | null) => {
      if (date === null) throw nullPointer('date');
      return formatSimpleDate(format, date.time);
    },
    '@parse(String)': parseDate,
    'isLenient():boolean': () => true,
    'getTimeZone()': (format: JavaSimpleDateFormat) => new JavaTimeZone(format.zone),
    'setTimeZone(TimeZone):void': (format: JavaSimpleDateFormat, zone: JavaTimeZone) => {
      format.zone = zone.zone;
    },
  },
});

export const SIMPLE_DATE_FORMAT = defineType('java.text.SimpleDateFormat', {
  supertypes: ['DateFormat'],
  constructors: {
    '()': () => dateFormat(3, 3),
    '(String)': (pattern: string | null) => new JavaSimpleDateFormat(required(pattern)),
    '(String,Locale)': (pattern: string | null, locale: JavaLocale) =>
      new JavaSimpleDateFormat(required(pattern), locale.tag),
  },
  methods: { 'toPattern()': (format: JavaSimpleDateFormat) => format.pattern },
});

function required(pattern: string | null): string {
  if (pattern === null) throw nullPointer('pattern');
  return pattern;
}

type Numbers = JavaDecimalFormat;

type AnyNumbers = Numbers | JavaChoiceFormat;

/** A ChoiceFormat inherits these settings in Java, and none of them means anything there. */
function decimal(format: AnyNumbers): Numbers {
  if (format instanceof JavaDecimalFormat) return format;
  throw unsupported('this setting of a ChoiceFormat');
}

const reshape =
  (key: 'minFraction' | 'maxFraction' | 'minInteger' | 'maxInteger') => (any: AnyNumbers, value: number) => {
    const format = decimal(any);
    const digits = Math.max(0, Math.min(value, key.endsWith('Fraction') ? 340 : 2147483647));
    const pattern = { ...format.pattern, [key]: key === 'minInteger' ? Math.min(digits, 309) : digits };
    // The other bound gives way.
    if (key === 'minFraction') pattern.maxFraction = Math.max(pattern.maxFraction, digits);
    else if (key === 'maxFraction') pattern.minFraction = Math.min(pattern.minFraction, digits);
    else if (key === 'minInteger') pattern.maxInteger = Math.max(pattern.maxInteger, digits);
    else pattern.minInteger = Math.min(pattern.minInteger, digits);
    format.pattern = pattern;
  };

export const NUMBER_FORMAT = defineType('java.text.NumberFormat', {
  supertypes: ['Format'],
  statics: {
    'getInstance()': instance('#,##0.###'),
    'getInstance(Locale)': instance('#,##0.###'),
    'getNumberInstance()': instance('#,##0.###'),
    'getNumberInstance(Locale)': instance('#,##0.###'),
    'getIntegerInstance()': () => integerFormat('en-US'),
    'getIntegerInstance(Locale)': (locale: JavaLocale) => integerFormat(locale.tag),
    'getPercentInstance()': instance('#,##0%'),
    'getPercentInstance(Locale)': (locale: JavaLocale) => localized('#,##0%', locale),
    'getCurrencyInstance()': instance('¤#,##0.00'),
    'getCurrencyInstance(Locale)': (locale: JavaLocale) => localized('¤#,##0.00', locale),
  },
  methods: {
    'format(double)': (format: Numbers | JavaChoiceFormat, value: number) =>
      formatNumber(format, new JavaDouble(value)),
    'format(long)': formatNumber,
    'parse(String)': parseNumber,
    'isGroupingUsed():boolean': (format: AnyNumbers) => decimal(format).pattern.groupingSize > 0,
    'isParseIntegerOnly():boolean': (format: AnyNumbers) => decimal(format).integerOnly,
    'getMinimumFractionDigits():int': (format: AnyNumbers) => decimal(format).pattern.minFraction,
    'getMaximumFractionDigits():int': (format: AnyNumbers) => decimal(format).pattern.maxFraction,
    'getMinimumIntegerDigits():int': (format: AnyNumbers) => decimal(format).pattern.minInteger,
    'getMaximumIntegerDigits():int': (format: AnyNumbers) => decimal(format).pattern.maxInteger,
    'getRoundingMode()': (format: AnyNumbers) => ROUNDING[decimal(format).rounding],
    'setMinimumFractionDigits(int):void': reshape('minFraction'),
    'setMaximumFractionDigits(int):void': reshape('maxFraction'),
    'setMinimumIntegerDigits(int):void': reshape('minInteger'),
    'setMaximumIntegerDigits(int):void': reshape('maxInteger'),
    'setGroupingUsed(boolean):void': (format: AnyNumbers, used: boolean) => {
      decimal(format).pattern = {
        ...decimal(format).pattern,
        groupingSize: used ? decimal(format).pattern.groupingSize || 3 : 0,
      };
    },
    'setParseIntegerOnly(boolean):void': (format: AnyNumbers, only: boolean) => {
      decimal(format).integerOnly = only;
    },
    'setRoundingMode(RoundingMode):void': (format: AnyNumbers, mode: JavaEnum) => {
      decimal(format).rounding = mode.name as RoundingMode;
    },
  },
});

/** The languages around France, Germany and Spain write the sign after the number. */
function localized(plain: string, locale: JavaLocale): Numbers {
  // The yen and the won have no hundredth part.
  const pattern = /-(?:JP|KR)$/.test(locale.tag) ? plain.replace('.00', '') : plain;
  const behind = /^(?:fr|de|es|it|ru|pl|sv|da|nb|fi|cs)/.test(locale.tag);
  if (!behind) return new JavaDecimalFormat(pattern, locale.tag);
  const isItalianPercent = locale.tag.startsWith('it') && pattern.endsWith('%');
  const number = pattern.replace(/[¤%]/, '');
  const sign = pattern.includes('¤') ? '¤' : '%';
  return new JavaDecimalFormat(isItalianPercent ? pattern : `${number}\u00a0${sign}`, locale.tag);
}

export const DECIMAL_FORMAT = defineType('java.text.DecimalFormat', {
  supertypes: ['NumberFormat'],
  constructors: {
    '()': () => new JavaDecimalFormat('#,##0.###'),
    '(String)': (pattern: string | null) => new JavaDecimalFormat(required(pattern)),
  },
  methods: {
    'getMultiplier():int': (format: Numbers) => format.pattern.multiplier,
    'getGroupingSize():int': (format: Numbers) => format.pattern.groupingSize,
    'isDecimalSeparatorAlwaysShown():boolean': (format: Numbers) => format.pattern.pointAlways,
    'isParseBigDecimal():boolean': (format: Numbers) => format.decimals,
    'setParseBigDecimal(boolean):void': (format: Numbers, decimals: boolean) => {
      format.decimals = decimals;
    },
  },
});

export const CHOICE_FORMAT = defineType('java.text.ChoiceFormat', {
  supertypes: ['NumberFormat'],
  constructors: {
    '(String)': (pattern: string | null) => parseChoice(required(pattern)),
    '(double[],String[])': (limits: readonly unknown[], texts: readonly string[]) =>
      new JavaChoiceFormat(limits.map(numberOf), texts),
  },
  statics: {
    'nextDouble(double):double': (value: number) => nextUp(value, false),
    'nextDouble(double,boolean):double': (value: number, up: boolean) =>
      up ? nextUp(value, false) : nextDown(value, false),
    'previousDouble(double):double': (value: number) => nextDown(value, false),
  },
  methods: {
    'getLimits():double[]': (format: JavaChoiceFormat) => format.limits.map((limit) => new JavaDouble(limit)),
    'getFormats():Object[]': (format: JavaChoiceFormat) => format.texts,
  },
});

export const MESSAGE_FORMAT = defineType('java.text.MessageFormat', {
  supertypes: ['Format'],
  constructors: {
    '(String)': (pattern: string | null) => new JavaMessageFormat(required(pattern)),
    '(String,Locale)': (pattern: string | null, locale: JavaLocale) =>
      new JavaMessageFormat(required(pattern), locale.tag),
  },
  statics: {
    'format(String,Object...)': (pattern: string | null, values: readonly unknown[] | null) =>
      formatWith(new JavaMessageFormat(required(pattern)), values),
  },
  methods: { 'toPattern()': (format: JavaMessageFormat) => format.pattern },
});
