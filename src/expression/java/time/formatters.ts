import { LRUCache } from 'lru-cache';
import { compilePattern } from './date-time-pattern.ts';
import { ItemList, JavaDateTimeFormatter } from './pattern-item.ts';

const insensitive = { kind: 'mode', mode: 'insensitive' } as const;
const sensitive = { kind: 'mode', mode: 'sensitive' } as const;
const lenient = { kind: 'mode', mode: 'lenient' } as const;
const strict = { kind: 'mode', mode: 'strict' } as const;
const offsetId = { kind: 'offset', pattern: '+HH:MM:ss', none: 'Z' } as const;

type Items = ItemList['items'];

const date = new ItemList()
  .number('Year', 4, 10, 'exceedsPad')
  .literal('-')
  .fixed('MonthOfYear', 2)
  .literal('-')
  .fixed('DayOfMonth', 2).items;

const fraction = new ItemList().fraction(0, 9, true).items;
const seconds = new ItemList().literal(':').fixed('SecondOfMinute', 2).add({ kind: 'optional', items: fraction }).items;
const time = new ItemList()
  .fixed('HourOfDay', 2)
  .literal(':')
  .fixed('MinuteOfHour', 2)
  .add({ kind: 'optional', items: seconds }).items;

const dateTime: Items = [insensitive, ...date, { kind: 'literal', text: 'T' }, ...time];
const offsetDateTime: Items = [...dateTime, lenient, offsetId, strict];
const region: Items = [
  { kind: 'literal', text: '[' },
  sensitive,
  { kind: 'zoneId', regionOnly: true },
  insensitive,
  { kind: 'literal', text: ']' },
];
const zonedDateTime: Items = [...offsetDateTime, { kind: 'optional', items: region }];

const optional = (items: Items): Items => [{ kind: 'optional', items }];

const make = (items: Items) => new JavaDateTimeFormatter(items, 'en-US', 'STRICT');

/** The constants of DateTimeFormatter. */
export const FORMATTERS = {
  ISO_LOCAL_DATE: make(date),
  ISO_LOCAL_TIME: make(time),
  ISO_LOCAL_DATE_TIME: make(dateTime),
  ISO_OFFSET_DATE: make([insensitive, ...date, offsetId]),
  ISO_DATE: make([insensitive, ...date, ...optional([offsetId])]),
  ISO_OFFSET_TIME: make([insensitive, ...time, offsetId]),
  ISO_TIME: make([insensitive, ...time, ...optional([offsetId])]),
  ISO_OFFSET_DATE_TIME: make(offsetDateTime),
  ISO_ZONED_DATE_TIME: make(zonedDateTime),
  ISO_DATE_TIME: make([...dateTime, ...optional([offsetId, ...optional(region)])]),
  ISO_ORDINAL_DATE: make([
    insensitive,
    ...new ItemList().number('Year', 4, 10, 'exceedsPad').literal('-').fixed('DayOfYear', 3).items,
    ...optional([offsetId]),
  ]),
  ISO_WEEK_DATE: make([
    insensitive,
    ...new ItemList()
      .number('IsoWeekBasedYear', 4, 10, 'exceedsPad')
      .literal('-W')
      .fixed('IsoWeekOfWeekBasedYear', 2)
      .literal('-')
      .fixed('DayOfWeek', 1).items,
    ...optional([offsetId]),
  ]),
  ISO_INSTANT: make([insensitive, { kind: 'instant' }]),
  BASIC_ISO_DATE: make([
    insensitive,
    ...new ItemList().fixed('Year', 4).fixed('MonthOfYear', 2).fixed('DayOfMonth', 2).items,
    ...optional([lenient, { kind: 'offset', pattern: '+HHMMss', none: 'Z' }, strict]),
  ]),
  RFC_1123_DATE_TIME: new JavaDateTimeFormatter(
    [
      insensitive,
      lenient,
      ...optional([
        { kind: 'text', field: 'DayOfWeek', style: 'short', standalone: false },
        { kind: 'literal', text: ', ' },
      ]),
      ...new ItemList()
        .number('DayOfMonth', 1, 2, 'notNegative')
        .literal(' ')
        .add({ kind: 'text', field: 'MonthOfYear', style: 'short', standalone: false })
        .literal(' ')
        .fixed('Year', 4)
        .literal(' ')
        .fixed('HourOfDay', 2)
        .literal(':')
        .fixed('MinuteOfHour', 2).items,
      ...optional(new ItemList().literal(':').fixed('SecondOfMinute', 2).items),
      { kind: 'literal', text: ' ' },
      { kind: 'offset', pattern: '+HHMM', none: 'GMT' },
    ],
    'en-US',
    'SMART',
  ),
} as const;

export type FormatStyle = 'FULL' | 'LONG' | 'MEDIUM' | 'SHORT';

const DATE_STYLES: Readonly<Record<FormatStyle, string>> = {
  FULL: 'EEEE, MMMM d, y',
  LONG: 'MMMM d, y',
  MEDIUM: 'MMM d, y',
  SHORT: 'M/d/yy',
};

const TIME_STYLES: Readonly<Record<FormatStyle, string>> = {
  FULL: 'h:mm:ss a zzzz',
  LONG: 'h:mm:ss a z',
  MEDIUM: 'h:mm:ss a',
  SHORT: 'h:mm a',
};

/** The pattern of a style in English (US): for ofLocalizedDate and similar methods, and DateFormat's instances. */
export function stylePattern(dateStyle: FormatStyle | null, timeStyle: FormatStyle | null): string {
  if (dateStyle === null) return timeStyle === null ? '' : TIME_STYLES[timeStyle];
  if (timeStyle === null) return DATE_STYLES[dateStyle];
  const isLong = (style: FormatStyle) => style === 'FULL' || style === 'LONG';
  const join = isLong(dateStyle) && isLong(timeStyle) ? " 'at' " : ', ';
  return DATE_STYLES[dateStyle] + join + TIME_STYLES[timeStyle];
}

const compiled = new LRUCache<string, JavaDateTimeFormatter>({ max: 200 });

/** DateTimeFormatter.ofPattern; the last patterns are kept. */
export function formatterOf(pattern: string, locale = 'en-US'): JavaDateTimeFormatter {
  const key = `${locale} ${pattern}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const formatter = new JavaDateTimeFormatter(compilePattern(pattern), locale);
  if (pattern.length <= 200) compiled.set(key, formatter);
  return formatter;
}
