import { defineType } from '../descriptor.ts';
import type { JavaEnum } from '../java-enum.ts';
import { JavaException, nullPointer } from '../java-exception.ts';
import type { JavaLocale } from '../locale.ts';
import { FORMATTERS, type FormatStyle, formatterOf, stylePattern } from '../time/formatters.ts';
import { JavaInstant } from '../time/java-date.ts';
import { JavaLocalDate } from '../time/local-date.ts';
import { JavaLocalDateTime } from '../time/local-date-time.ts';
import { JavaDateTimeFormatter } from '../time/pattern-item.ts';
import { print } from '../time/print.ts';
import { parseTemporal } from '../time/resolve.ts';
import { temporalOf } from '../time/temporal-of.ts';
import { type JavaZone, UTC_OFFSET, zonedOfEpochSecond } from '../time/zone.ts';

type Formatter = JavaDateTimeFormatter;

function format(formatter: Formatter, value: unknown): string {
  if (value === null) throw nullPointer('temporal');
  if (value instanceof JavaInstant) {
    const { local, offset } = zonedOfEpochSecond(value.second, value.nano, UTC_OFFSET);
    // An instant has no fields of a date unless the formatter has a zone.
    if (formatter.zone === undefined && formatter !== FORMATTERS.ISO_INSTANT)
      throw new JavaException('UnsupportedTemporalTypeException', 'Unsupported field: YearOfEra');
    return print(formatter, { date: local.date, time: local.time, offset, zone: UTC_OFFSET });
  }
  const temporal = temporalOf(value);
  if (temporal === undefined) throw new JavaException('ClassCastException', 'the argument is not a TemporalAccessor');
  return print(formatter, temporal);
}

/** A parsed TemporalAccessor: of Java's own kind where the text gave one. */
function parse(formatter: Formatter, text: string | null): unknown {
  if (text === null) throw nullPointer('text');
  const { date, time } = parseTemporal(formatter, text);
  if (date instanceof JavaLocalDate) return time === undefined ? date : new JavaLocalDateTime(date, time);
  throw new JavaException('UnsupportedOperationException', 'parse of a text without a date is not supported');
}

const style = (value: JavaEnum): FormatStyle => {
  if (value === null) throw nullPointer('formatStyle');
  return value.name as FormatStyle;
};

const change = (
  formatter: Formatter,
  changes: { locale?: string; resolver?: Formatter['resolver']; zone?: string | undefined },
) =>
  new JavaDateTimeFormatter(
    formatter.items,
    changes.locale ?? formatter.locale,
    changes.resolver ?? formatter.resolver,
    'zone' in changes ? changes.zone : formatter.zone,
  );

const withLocale = (formatter: Formatter, locale: JavaLocale) => change(formatter, { locale: locale.tag });

export const DATE_TIME_FORMATTER = defineType('java.time.format.DateTimeFormatter', {
  constants: FORMATTERS,
  statics: {
    'ofPattern(String)': (pattern: string | null) => formatterOf(required(pattern)),
    'ofPattern(String,Locale)': (pattern: string | null, locale: JavaLocale) =>
      formatterOf(required(pattern), locale.tag),
    'ofLocalizedDate(FormatStyle)': (date: JavaEnum) => formatterOf(stylePattern(style(date), null)),
    'ofLocalizedTime(FormatStyle)': (time: JavaEnum) => formatterOf(stylePattern(null, style(time))),
    'ofLocalizedDateTime(FormatStyle)': (both: JavaEnum) => formatterOf(stylePattern(style(both), style(both))),
    'ofLocalizedDateTime(FormatStyle,FormatStyle)': (date: JavaEnum, time: JavaEnum) =>
      formatterOf(stylePattern(style(date), style(time))),
  },
  methods: {
    'format(TemporalAccessor)': format,
    'parse(CharSequence)': parse,
    'withLocale(Locale)': withLocale,
    'localizedBy(Locale)': withLocale,
    'withZone(ZoneId)': (formatter: Formatter, zone: JavaZone | null) => change(formatter, { zone: zone?.id }),
    'withResolverStyle(ResolverStyle)': (formatter: Formatter, resolver: JavaEnum) =>
      change(formatter, { resolver: resolver.name as Formatter['resolver'] }),
  },
});

function required(pattern: string | null): string {
  if (pattern === null) throw nullPointer('pattern');
  return pattern;
}
